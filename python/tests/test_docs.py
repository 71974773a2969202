"""The programs that readers copy."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from spatial_reward import TabletopEnv

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.usefixtures("gl", "cli")
def test_the_first_program_of_the_pages_runs_as_it_stands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("gymnasium_robotics")
    pages = [ROOT / "README.md", ROOT / "docs" / "gymnasium.md", ROOT / "python" / "README.md"]
    programs = {
        re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)[0] for page in pages
    }
    (program,) = programs
    monkeypatch.chdir(ROOT)
    exec(program, {"__name__": "__main__"})
    reward, answer = capsys.readouterr().out.split(" ", 1)
    assert -1 < float(reward) < 0
    assert " m" in answer


@pytest.mark.usefixtures("cli")
@pytest.mark.parametrize("page", ["docs/simulator.md", "python/README.md"])
def test_the_program_with_the_table_top_measures_what_is_true(
    page: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (program,) = [
        block
        for block in re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
        if "make_tabletop_env" in block
    ]
    monkeypatch.chdir(ROOT)
    exec(program, {"__name__": "__main__"})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == (5 if "for " in program else 1)
    for line in lines:
        measured, *true = [float(number) for number in re.findall(r"(\d\.\d+) m", line)]
        assert 0.03 < measured < 1
        if "true" in line:
            assert measured == pytest.approx(true[0], abs=0.02)


def test_the_page_names_the_arguments_of_the_table_top() -> None:
    page = (ROOT / "docs" / "simulator.md").read_text()
    table = page.split("has these arguments:")[1].split("\n\n")[1]
    cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    named = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert named == list(inspect.signature(TabletopEnv).parameters)


@pytest.mark.usefixtures("gl", "cli")
def test_the_example_prints_the_measured_and_the_true_distance(monkeypatch: Any) -> None:
    pytest.importorskip("gymnasium_robotics")
    monkeypatch.setenv("PYTHONPATH", ":".join(sys.path))
    example = ROOT / "python" / "examples" / "fetch_reach.py"
    done = subprocess.run([sys.executable, example], capture_output=True, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    assert len(rows) == 15
    for _, _, measured_cm, _, sigma_cm, _, true_cm, *_ in rows:
        assert abs(float(measured_cm) - float(true_cm)) < 3 * float(sigma_cm)

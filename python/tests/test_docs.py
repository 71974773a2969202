"""The programs that readers copy."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

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

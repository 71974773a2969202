"""What the tests share: the built server, environments without OpenGL, and whether there is OpenGL.

Every test asks the real server, `node dist/cli/main.js serve`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from squares import TASK

from spatial_reward import ServerStartError, SpatialRewardClient
from spatial_reward.server import find_cli


@pytest.fixture(scope="session")
def cli() -> list[str]:
    """The command line; without it nothing here can run."""
    try:
        return find_cli()
    except ServerStartError as error:
        pytest.exit(str(error), returncode=1)


@pytest.fixture(scope="session")
def client(cli: list[str]) -> Iterator[SpatialRewardClient]:
    """One server that many tests share. Those that kill servers start their own."""
    with SpatialRewardClient(TASK, vlm="rgbd") as client:
        yield client


@pytest.fixture
def own_client(cli: list[str]) -> Iterator[SpatialRewardClient]:
    with SpatialRewardClient(TASK, vlm="rgbd") as client:
        yield client


def _find_gl() -> str | None:
    """A backend that MuJoCo can draw with on this machine, without a display."""
    draws = "import mujoco; c = mujoco.GLContext(8, 8); c.make_current(); c.free()"
    for backend in [os.environ["MUJOCO_GL"]] if "MUJOCO_GL" in os.environ else ["egl", "osmesa"]:
        done = subprocess.run(
            [sys.executable, "-c", draws],
            env={**os.environ, "MUJOCO_GL": backend},
            capture_output=True,
            check=False,
        )
        if done.returncode == 0:
            return backend
    return None


def pytest_configure(config: pytest.Config) -> None:
    # Before MuJoCo is imported: it chooses its backend then.
    backend = _find_gl()
    config.stash[_GL] = backend
    if backend is not None:
        os.environ["MUJOCO_GL"] = backend


_GL = pytest.StashKey["str | None"]()


@pytest.fixture(scope="session")
def gl(request: pytest.FixtureRequest) -> str:
    """MuJoCo's backend; the test is skipped where there is none."""
    pytest.importorskip("mujoco")
    backend = request.config.stash[_GL]
    if backend is None:
        pytest.skip("no OpenGL: on Debian, apt install libegl1 libgl1-mesa-dri")
    return backend

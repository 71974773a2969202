from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from squares import TASK

from spatial_reward import Connection, NodeServer, ServerStartError, SpatialRewardClient

SERVE = ["serve", "--vlm", "rgbd"]


@pytest.mark.usefixtures("cli")
def test_it_listens_on_a_private_socket_and_is_gone_with_its_folder_after_close() -> None:
    server = NodeServer(SERVE)
    path = Path(server.address.removeprefix("unix:"))
    assert server.address.startswith("unix:")
    assert path.parent.stat().st_mode & 0o077 == 0
    server.close()
    server.close()
    assert not server.alive
    assert not path.parent.exists()


@pytest.mark.usefixtures("cli")
def test_it_can_listen_on_a_port_of_this_machine_instead() -> None:
    with NodeServer(SERVE, unix_socket=False) as server:
        assert server.address.startswith("http://127.0.0.1:")


@pytest.mark.usefixtures("cli")
def test_what_the_server_says_when_it_does_not_start_is_told() -> None:
    with pytest.raises(ServerStartError, match=r"exit code 2(.|\n)*--no-such-option"):
        NodeServer([*SERVE, "--no-such-option"])
    with pytest.raises(ServerStartError, match="no_such_model"):
        SpatialRewardClient(TASK, vlm="no_such_model")


def test_a_command_line_that_was_not_built_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ServerStartError, match="npm run build"):
        NodeServer(SERVE, cli=tmp_path / "dist" / "cli" / "main.js")


def test_a_machine_without_node_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    main = tmp_path / "main.js"
    main.touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerStartError, match=r"Node\.js 20"):
        NodeServer(SERVE, cli=main)


@pytest.mark.usefixtures("cli")
def test_a_killed_python_process_leaves_no_server_behind(tmp_path: Path) -> None:
    program = (
        "import sys, time; from spatial_reward import NodeServer;"
        f"s = NodeServer({SERVE!r}); print(s.pid, flush=True); time.sleep(600)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    python = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment
    )
    assert python.stdout is not None
    pid = int(python.stdout.readline())
    # Its end is seen through a file descriptor of the process, which any process may wait for.
    descriptor = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
    if descriptor is None:
        pytest.skip("needs pidfd_open (Linux)")
    python.send_signal(signal.SIGKILL)
    python.wait()
    assert select.select([descriptor], [], [], 60)[0], "the server still runs"
    os.close(descriptor)
    python.stdout.close()


@pytest.mark.usefixtures("cli")
def test_a_forked_process_that_ends_leaves_the_server_to_its_parent() -> None:
    server = NodeServer(SERVE)
    child = os.fork()
    if child == 0:
        server.close()
        os._exit(0)
    os.waitpid(child, 0)
    Connection(server.address).request("GET", "/health")
    assert server.alive
    server.close()
    assert not server.alive

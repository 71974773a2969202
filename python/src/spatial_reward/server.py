"""The Node process behind this package: found, started and ended here."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import weakref
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from .errors import ServerStartError

# The longest path that a Unix socket can have on Linux (108 bytes with its end) and on macOS (104).
_LONGEST_SOCKET_PATH = 103
_STDERR_LINES = 40


class NodeServer:
    """A server of the bridge as a child process.

    It ends when `close` is called, and also when this Python process ends, however that happens:
    the server watches its standard input.

    Args:
        arguments: The command and its options, such as `["serve", "--task", "pick.yaml"]`. Where
            it listens is decided here: on a Unix socket in a private folder where there are any,
            else on a free port of 127.0.0.1.
        cli: The bridge's `dist/cli/main.js`, or an executable. Without it see `find_cli`.
        start_timeout_s: How long it may take to listen, in seconds.
        unix_socket: False listens on a port of 127.0.0.1 all the same.
        echo: Whether what the server says on stderr is passed on to ours.

    Raises:
        ServerStartError: With the last lines that the server said.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        cli: str | os.PathLike[str] | None = None,
        start_timeout_s: float = 120.0,
        unix_socket: bool = hasattr(socket, "AF_UNIX"),
        echo: bool = False,
    ) -> None:
        self._folder = tempfile.mkdtemp(prefix="spatial-reward-")
        socket_path = os.path.join(self._folder, "s")
        use_socket = unix_socket and len(os.fsencode(socket_path)) <= _LONGEST_SOCKET_PATH
        where = ["--socket", socket_path] if use_socket else ["--port", "0"]
        command = [*find_cli(cli), *arguments, *where, "--until-stdin-closes"]
        self._said: deque[str] = deque(maxlen=_STDERR_LINES)
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise ServerStartError(f"{command[0]} cannot be started: {error}") from error
        self._end = weakref.finalize(self, _end, self._process, self._folder, os.getpid())
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        lines: queue.Queue[bytes] = queue.Queue()
        _in_background(_read_stdout, self._process.stdout, lines)
        self._stderr_thread = _in_background(_read_stderr, self._process.stderr, self._said, echo)
        try:
            line = lines.get(timeout=start_timeout_s)
        except queue.Empty:
            self.close()
            raise ServerStartError(
                f"The server does not listen after {start_timeout_s:g} s. {self.last_words()}"
            ) from None
        try:
            self.info: Mapping[str, Any] = json.loads(line)
            self.address = str(self.info["listening"])
        except (ValueError, KeyError, TypeError):
            self._stderr_thread.join(5)
            self.close()
            raise ServerStartError(
                f"`{' '.join(command)}` did not start. {self.last_words()}"
            ) from None

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def wait(self, timeout_s: float) -> int | None:
        """The exit code, waited for; None where the process still runs after that time."""
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def last_words(self) -> str:
        """How the process ended, if it did, and the last lines that it wrote to stderr."""
        code = self._process.poll()
        ended = "" if code is None else f"It ended with {_exit(code)}. "
        said = "\n".join(self._said)
        return f"{ended}It said:\n{said}" if said else f"{ended}It said nothing."

    def close(self) -> None:
        """Ends the process gracefully, within seconds. May be called again."""
        self._end()

    def __enter__(self) -> NodeServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def find_cli(cli: str | os.PathLike[str] | None = None) -> list[str]:
    """The command that runs the bridge.

    Tried in this order: `cli`; the environment variable SPATIAL_REWARD_CLI; the clone that this
    package was installed from (`pip install ./python`); `spatial-reward` on the PATH
    (`npm install -g`).

    Raises:
        ServerStartError: There is none, or Node is missing.
    """
    given = cli if cli is not None else os.environ.get("SPATIAL_REWARD_CLI")
    if given is not None:
        path = Path(given)
        if not path.is_file():
            raise ServerStartError(
                f"{path} does not exist. Build the bridge with `npm ci && npm run build`; its "
                "command line is dist/cli/main.js."
            )
        return [*_node(), str(path)] if path.suffix in {".js", ".mjs"} else [str(path)]
    for clone in _clones():
        built = clone / "dist" / "cli" / "main.js"
        if built.is_file():
            return [*_node(), str(built)]
    on_path = shutil.which("spatial-reward")
    if on_path:
        return [on_path]
    raise ServerStartError(
        "The bridge's command line was not found. In the clone that this package comes from, run "
        "`npm ci && npm run build`, or name dist/cli/main.js as `cli=` or in SPATIAL_REWARD_CLI."
    )


def _clones() -> Iterable[Path]:
    """Clones of the bridge that this package may come from."""
    yield Path(__file__).resolve().parents[3]
    try:
        # pip writes down where a package was installed from (PEP 610).
        origin = metadata.distribution("spatial-reward").read_text("direct_url.json")
        url = urlsplit(json.loads(origin)["url"]) if origin else None
    except (metadata.PackageNotFoundError, ValueError, KeyError, TypeError):
        return
    if url is not None and url.scheme == "file":
        yield Path(unquote(url.path)).parent


def _node() -> list[str]:
    node = shutil.which("node")
    if node is None:
        raise ServerStartError("`node` is not on the PATH: install Node.js 20.20 or newer.")
    return [node]


def _in_background(work: Any, *arguments: Any) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread


def _read_stdout(stream: IO[bytes], lines: queue.Queue[bytes]) -> None:
    with stream:
        lines.put(stream.readline())
        # What follows is thrown away, so that a full pipe never stops the server.
        for _ in stream:
            pass


def _read_stderr(stream: IO[bytes], said: deque[str], echo: bool) -> None:
    with stream:
        for raw in stream:
            line = raw.decode(errors="replace").rstrip()
            said.append(line)
            if echo:
                print(line, file=sys.stderr, flush=True)


def _end(process: subprocess.Popen[bytes], folder: str, owner: int) -> None:
    """Closes its stdin, which ends it gracefully; where that does not help, by signals."""
    if os.getpid() != owner:
        return  # A copy in a forked process: the server is its parent's.
    assert process.stdin is not None
    for stop in (process.stdin.close, process.terminate, process.kill):
        with contextlib.suppress(OSError):
            stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
            break
    shutil.rmtree(folder, ignore_errors=True)


def _exit(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"

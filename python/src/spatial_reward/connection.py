"""HTTP to the server, over TCP or a Unix socket, with msgpack both ways."""

from __future__ import annotations

import http.client
import io
import json
import os
import select
import socket
import time
from typing import Any
from urllib.parse import quote, urlsplit

import msgpack

from .errors import ServerAnswerError, ServerError, ServerGoneError, SpatialRewardError

_MSGPACK = "application/msgpack"
# A server closes a connection after the idle time that it announces; a request at that moment would
# be lost. So a connection that is nearly that old is not used again.
_IDLE_MARGIN_S = 1.0
_FIRST_WAIT_S = 0.01
# The largest answers are pictures of worlds: 64 instances of 640x480 with depth are 150 MB.
_MOST_BYTES = 1 << 29
_PART_BYTES = 1 << 20


class Connection:
    """One client's connection, kept open between requests.

    Not to be used by two threads at once. After a fork the child gets a connection of its own.

    Args:
        address: `http://host:port`, `https://host:port` or `unix:/path/of/socket`.
        token: Sent as a bearer token.
        timeout_s: How long an answer may take, in seconds.
    """

    def __init__(self, address: str, *, token: str | None = None, timeout_s: float = 60.0) -> None:
        self.address = address
        self.timeout_s = timeout_s
        self._headers = {"Accept": _MSGPACK}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token.strip()}"
        self._http: http.client.HTTPConnection | None = None
        self._owner = os.getpid()
        self._expires_s = float("inf")
        _open(address, timeout_s)  # Tells of a wrong address now; connects at the first request.

    def request(self, method: str, path: str, body: object = None) -> Any:
        """Sends one request and gives its answer, unpacked; None for an empty answer.

        Where the server is busy (429) it is asked again after the time that it names, until
        `timeout_s` has passed.

        Raises:
            ServerError: The server refused the request.
            ServerGoneError: There is no server there, or it died before it answered.
            ServerAnswerError: What answers is no reward server, or a broken one.
        """
        packed = None if body is None else msgpack.packb(body, use_bin_type=True)
        deadline_s = time.monotonic() + self.timeout_s
        wait_s = _FIRST_WAIT_S
        while True:
            status, headers, payload = self._exchange(method, path, packed)
            if status != 429:
                break
            wait_s = _retry_after_s(headers, wait_s)
            if time.monotonic() + wait_s > deadline_s:
                break
            time.sleep(wait_s)
            wait_s *= 2
        answer = _unpack(payload, headers.get("Content-Type", ""), self.address)
        if status >= 400:
            raise _server_error(status, answer)
        return answer

    def close(self) -> None:
        """Closes the connection; a later request opens it again."""
        if self._http is not None and self._owner == os.getpid():
            self._http.close()
        self._http = None

    def _exchange(
        self, method: str, path: str, packed: bytes | None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = self._usable()
        headers = self._headers if packed is None else {**self._headers, "Content-Type": _MSGPACK}
        try:
            connection.request(method, quote(path), packed, headers)
            response = connection.getresponse()
            payload = self._read(response)
        except TimeoutError as error:
            self.close()
            raise ServerGoneError(
                f"The server at {self.address} did not answer within {self.timeout_s:g} s."
            ) from error
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise ServerGoneError(
                f"The server at {self.address} is gone: {error or type(error).__name__}"
            ) from error
        except BaseException:
            # An interrupted exchange (Ctrl-C) would leave its answer for the next request.
            self.close()
            raise
        if response.will_close:
            self.close()
        self._expires_s = time.monotonic() + _announced_idle_s(response.headers) - _IDLE_MARGIN_S
        return response.status, response.headers, payload

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        parts: list[bytes] = []
        size = response.length or 0
        read = 0
        while size <= _MOST_BYTES:
            part = response.read1(_PART_BYTES)
            if not part:
                if response.length:
                    raise http.client.IncompleteRead(b"", response.length)
                response.close()  # The connection stays.
                return b"".join(parts)
            parts.append(part)
            read += len(part)
            size = max(size, read)
        raise ServerAnswerError(f"{self.address} sends an answer of more than {_MOST_BYTES} bytes.")

    def _usable(self) -> http.client.HTTPConnection:
        if self._owner != os.getpid():
            # The parent's socket: closing our copy would not end it, using it would mix answers.
            self._http = None
            self._owner = os.getpid()
        if self._http is not None and (
            time.monotonic() > self._expires_s or _was_closed(self._http.sock)
        ):
            self.close()
        if self._http is None:
            self._http = _open(self.address, self.timeout_s)
            self._expires_s = float("inf")
        if self._http.sock is not None:
            self._http.sock.settimeout(self.timeout_s)
        return self._http


class _TimedReader(io.RawIOBase):
    """What a socket receives until its time-out has passed since now, not since the last byte."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline_s = time.monotonic() + (sock.gettimeout() or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left_s = self._deadline_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        self._sock.settimeout(left_s)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(sock))


class _UnixConnection(http.client.HTTPConnection):
    response_class = _TimedResponse

    def __init__(self, path: str, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _open(address: str, timeout_s: float) -> http.client.HTTPConnection:
    if address.startswith("unix:"):
        return _UnixConnection(address[len("unix:") :], timeout_s)
    url = urlsplit(address)
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise SpatialRewardError(
            f"{address!r} is no address of a server: http://host:port or unix:/path."
        )
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.hostname, url.port, timeout=timeout_s)
    connection.response_class = _TimedResponse
    return connection


def _was_closed(sock: socket.socket | None) -> bool:
    """Whether something lies in a connection that nothing was asked on: its end, as a rule."""
    if sock is None:
        return False
    try:
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        return bool(poll.poll(0))
    except (OSError, ValueError):
        return True


def _announced_idle_s(headers: http.client.HTTPMessage) -> float:
    for part in headers.get("Keep-Alive", "").split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "timeout" and value.isdigit():
            return float(value)
    return float("inf")


def _retry_after_s(headers: http.client.HTTPMessage, otherwise_s: float) -> float:
    try:
        return max(0.0, float(headers["Retry-After"]))
    except (KeyError, TypeError, ValueError):
        return otherwise_s


def _unpack(payload: bytes, content_type: str, address: str) -> Any:
    if not payload:
        return None
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind.endswith("msgpack"):
            return msgpack.unpackb(payload, raw=False)
        if kind.endswith("json"):
            return json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise ServerAnswerError(f"{address} sent an answer that cannot be read: {error}") from error
    return payload.decode(errors="replace")


def _server_error(status: int, problem: object) -> ServerError:
    if not isinstance(problem, dict):
        problem = {"detail": str(problem or "")}
    return ServerError.of(status, problem)

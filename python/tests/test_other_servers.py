"""What answers at an address need not be a reward server, or a sound one."""

from __future__ import annotations

import json
import math
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator

import msgpack
import numpy as np
import pytest

from spatial_reward import (
    Connection,
    Frame,
    ServerAnswerError,
    ServerError,
    ServerGoneError,
    SpatialRewardClient,
    connection,
)

SESSION = {
    "session": "s",
    "task": "t",
    "measurements": ["reach"],
    "terms": ["near"],
    "may_be_negative": True,
}
REACH = {
    "value": 0.1,
    "sigma": 0.01,
    "raw": 0.1,
    "unit": "m",
    "question": "q",
    "answer": "10 cm",
    "model": "rgbd",
    "validity": "ok",
    "reason": "",
}
ROW = {
    "stamp_ns": "0",
    "camera": "c",
    "episode": "1",
    "reward": -0.1,
    "validity": "ok",
    "reason": "",
    "progress": 0.5,
    "stage": None,
    "success": False,
    "ended": None,
    "terms": {"near": -0.1},
    "measurements": {"reach": REACH},
    "latency_ms": 1.0,
    "model": "rgbd",
}
FRAME = Frame(np.zeros((2, 2, 3), np.uint8))
Serve = Callable[..., SpatialRewardClient]


def http(body: bytes, kind: str = "application/msgpack", extra: str = "") -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode() + body


def hear(caller: socket.socket) -> bool:
    """Waits for a whole request; whether there was one."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        part = caller.recv(1 << 16)
        if not part:
            return False
        heard += part
    head, _, body = heard.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    while length and len(body) < int(length[1]):
        body += caller.recv(1 << 16)
    return True


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A client of a server that gives these answers in turn, the last one again and again."""
    open_sockets: list[socket.socket] = []

    def start(
        *answers: bytes, drip: bytes | None = None, timeout_s: float = 20.0
    ) -> SpatialRewardClient:
        listening = socket.create_server(("127.0.0.1", 0))
        open_sockets.append(listening)

        def run() -> None:
            left = list(answers)
            try:
                while True:
                    caller, _ = listening.accept()
                    open_sockets.append(caller)
                    while hear(caller):
                        is_last = len(left) == 1
                        caller.sendall(left[0] if is_last else left.pop(0))
                        while is_last and drip is not None:
                            caller.sendall(drip)
                            time.sleep(0.05)
            except OSError:
                return

        threading.Thread(target=run, daemon=True).start()
        port = listening.getsockname()[1]
        return SpatialRewardClient(url=f"http://127.0.0.1:{port}", timeout_s=timeout_s)

    yield start
    for each in open_sockets:
        each.close()


def packed(answer: object) -> bytes:
    return http(msgpack.packb(answer))


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"reward": math.nan}, "reward"),
        ({"reward": math.inf}, "reward"),
        ({"reward": "1"}, "reward"),
        ({"reward": True}, "reward"),
        ({"reward": None}, "reward"),
        ({"validity": "invalid"}, "reward"),
        ({"validity": "certain"}, "validity"),
        ({"terms": {"near": math.nan}}, "terms.near"),
        ({"terms": []}, "terms"),
        ({"progress": math.nan}, "progress"),
        ({"progress": 7}, "progress"),
        ({"success": "yes"}, "success"),
        ({"ended": "crash"}, "ended"),
        ({"measurements": {"reach": {**REACH, "value": math.inf}}}, "measurements.reach.value"),
        ({"measurements": {"reach": {**REACH, "sigma": -1}}}, "measurements.reach.sigma"),
        ({"measurements": {"reach": 3}}, "measurements.reach"),
        ({"reason": None}, "reason"),
    ],
)
def test_a_reward_that_cannot_be_one_is_told_with_its_field(
    serve: Serve, changed: dict[str, object], named: str
) -> None:
    session = serve(packed(SESSION), packed({**ROW, **changed})).session()
    with pytest.raises(ServerAnswerError, match=rf"{named}\b"):
        session.step(FRAME)


@pytest.mark.parametrize("field", ["reward", "progress", "terms", "value", "sigma"])
def test_an_integer_that_no_float_holds_is_told_with_its_field(serve: Serve, field: str) -> None:
    huge = 10**400
    nested: dict[str, dict[str, object]] = {
        "terms": {"terms": {"near": huge}},
        "value": {"measurements": {"reach": {**REACH, "value": huge}}},
        "sigma": {"measurements": {"reach": {**REACH, "sigma": huge}}},
    }
    changed = nested.get(field, {field: huge})
    answer = http(json.dumps({**ROW, **changed}).encode(), "application/json")
    with pytest.raises(ServerAnswerError, match=rf"{field}\b"):
        serve(packed(SESSION), answer).session().step(FRAME)


def test_a_sound_reward_of_any_server_is_taken(serve: Serve) -> None:
    invalid = {**ROW, "reward": None, "progress": None, "validity": "invalid", "terms": {}}
    session = serve(packed(SESSION), packed(ROW), packed(invalid)).session()
    assert session.step(FRAME) == ROW
    assert session.step(FRAME) == invalid


@pytest.mark.parametrize("missing", ["reward", "validity", "terms", "measurements", "ended"])
def test_a_reward_without_a_field_is_told_with_it(serve: Serve, missing: str) -> None:
    row = {key: value for key, value in ROW.items() if key != missing}
    session = serve(packed(SESSION), packed(row)).session()
    with pytest.raises(ServerAnswerError, match=missing):
        session.step(FRAME)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 204 No Content\r\n\r\n",
        packed([]),
        packed({}),
        packed({**SESSION, "measurements": 3}),
        http(b"<html>hello</html>", "text/html"),
        http(b"[" * 200_000, "application/json"),
        http(json.dumps(SESSION).encode()[:-4], "application/json"),
        http(b"\x91" * 200_000),
    ],
    ids=["nothing", "a list", "empty", "odd", "a page", "deep JSON", "cut JSON", "deep msgpack"],
)
def test_what_is_no_reward_server_is_told_as_such(serve: Serve, answer: bytes) -> None:
    with pytest.raises(ServerAnswerError, match=r"http://127\.0\.0\.1"):
        serve(answer).session()


@pytest.mark.parametrize(
    "rewards", [[], [ROW], [ROW, ROW, ROW], {}, [ROW, 3], [ROW, {"error": 3}], None]
)
def test_a_batch_of_another_length_is_nobodys(serve: Serve, rewards: object) -> None:
    client = serve(
        packed(SESSION), packed({**SESSION, "session": "r"}), packed({"rewards": rewards})
    )
    a, b = client.session(), client.session()
    with pytest.raises(ServerAnswerError):
        client.step_batch([(a, FRAME), (b, FRAME)])


def test_an_answer_without_an_end_is_cut_off_in_time_and_size(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Type: application/msgpack\r\n\r\n"
    for begun in (endless, b"HTTP/1.1 200 OK\r\n"):
        with pytest.raises(ServerGoneError, match="did not answer within 1 s"):
            serve(packed(SESSION), begun, drip=b"x", timeout_s=1.0).session().step(FRAME)
    monkeypatch.setattr(connection, "_MOST_BYTES", 100_000)
    with pytest.raises(ServerAnswerError, match="100000 bytes"):
        serve(packed(SESSION), endless, drip=b"x" * 50_000).session().step(FRAME)
    claimed = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n"
    with pytest.raises(ServerAnswerError, match="100000 bytes"):
        serve(packed(SESSION), claimed).session().step(FRAME)


def test_a_time_to_wait_that_is_none_is_no_error_of_its_own(serve: Serve) -> None:
    busy = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nRetry-After: %s\r\n\r\n"
    for told in [b"nan", b"inf", b"-5", b"1e400", b"soon"]:
        with pytest.raises(ServerError, match="429"):
            Connection(serve(busy % told).address, timeout_s=0.05).request("GET", "/health")

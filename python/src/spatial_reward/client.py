"""A client of the reward server, which it starts and ends itself if there is none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from .connection import Connection
from .errors import ServerAnswerError, ServerError, ServerGoneError, SpatialRewardError
from .frame import CAMERA_FRAME, Frame, pack_frame
from .rewards import DenseReward, read_fields, read_reward
from .server import NodeServer

TaskLike: TypeAlias = "str | os.PathLike[str]"
T = TypeVar("T")

# What goes into one request of a batch: below the server's own limits for bodies (134 MB) and for
# steps that wait (256).
_BATCH_BYTES = 64_000_000
_BATCH_STEPS = 64


class SpatialRewardClient:
    """Asks for rewards: of its own server, or of one that runs already.

    Not to be used by two threads at once. After a fork each process gets a connection of its own.

    Args:
        task: A task file, the YAML text of one (it has more than one line), or, with `url`, the
            name of a task in the server's folder. With `url` it may be left out: the task that the
            server was started with.
        vlm: The model of a server that is started here: `embedded`, `rgbd`, `endpoint:…`.
        url: A server that runs already: `http://host:port` or `unix:/path`.
        token: The token of that server.
        options: More options of `spatial-reward serve`, such as `["--calibration", "fit.json"]`.
        cli: The bridge's `dist/cli/main.js`, if it is not found by itself.
        timeout_s: How long one answer may take, in seconds.
        restarts: How often a server of our own that died is started again. An episode that was
            under way then begins anew: stages and filters are those of a first image.

    Raises:
        ServerStartError: The server did not start.
    """

    def __init__(
        self,
        task: TaskLike | None = None,
        *,
        vlm: str = "embedded",
        url: str | None = None,
        token: str | None = None,
        options: Sequence[str] = (),
        cli: str | os.PathLike[str] | None = None,
        timeout_s: float = 60.0,
        restarts: int = 0,
    ) -> None:
        self._task = _task_fields(task, joined=url is not None)
        self._token = token
        self._timeout_s = timeout_s
        self._restarts_left = restarts
        self._arguments = ["serve", "--vlm", vlm, *options]
        self._cli = cli
        self._server: NodeServer | None = None
        self._generation = 0
        self._closed = False
        if url is not None:
            self._connection = Connection(url, token=token, timeout_s=timeout_s)
        else:
            self._start()

    @property
    def address(self) -> str:
        """Where the server listens."""
        return self._connection.address

    @property
    def server(self) -> NodeServer | None:
        """The process that was started here; None for a server that ran already."""
        return self._server

    @property
    def generation(self) -> int:
        """How often the server has been started again. Sessions of before are lost."""
        return self._generation

    def session(self, *, task: TaskLike | None = None, camera: str | None = None) -> RewardSession:
        """Begins the rewards of one environment.

        Args:
            task: Another task than the client's.
            camera: One of the task's cameras, where it has several.
        """
        fields = self._task if task is None else _task_fields(task, joined=self._server is None)
        more = {} if camera is None else {"camera": camera}
        return RewardSession(self, {**fields, **more, "optical_frame": CAMERA_FRAME})

    def step_batch(
        self, steps: Sequence[tuple[RewardSession, Frame]]
    ) -> list[DenseReward | ServerError]:
        """The rewards of several environments, in order: in one request, or few large ones.

        A step that was refused has its error in the place of its reward.
        """
        rewards: list[DenseReward | ServerError] = []
        for batch in _batches([(session, pack_frame(frame)) for session, frame in steps]):
            rewards += self.recovered(lambda batch=batch: self._ask_batch(batch))  # type: ignore[misc]
        return rewards

    def _ask_batch(
        self, batch: Sequence[tuple[RewardSession, dict[str, Any]]]
    ) -> list[DenseReward | ServerError]:
        bodies = [{"session": session.open_id(), **step} for session, step in batch]
        answer = self.request_once("POST", "/v1/step_batch", {"steps": bodies})
        rows = read_fields(answer, self.address, "rewards").get("rewards")
        if not isinstance(rows, list) or len(rows) != len(bodies):
            raise ServerAnswerError(
                f"{self.address} did not give {len(bodies)} rewards for {len(bodies)} steps."
            )
        return [_reward_or_error(row, self.address) for row in rows]

    def request(self, method: str, path: str, body: object = None) -> Any:
        """Any other request of the server's API, such as `request("GET", "/health")`."""
        return self.recovered(lambda: self.request_once(method, path, body))

    def request_once(self, method: str, path: str, body: object = None) -> Any:
        """The same without starting a server that died again."""
        return self._connection.request(method, path, body)

    def recovered(self, ask: Callable[[], T]) -> T:
        """What `ask` gives; it is asked again of a new server where the old one died."""
        while True:
            if self._closed:
                raise SpatialRewardError("This client is closed.")
            try:
                return ask()
            except ServerGoneError as error:
                if self._server is None:
                    raise
                if self._server.wait(1.0) is None:
                    raise  # It lives: it was slow, and a second one would be as slow.
                if self._restarts_left <= 0:
                    raise ServerGoneError(
                        f"The server died. {self._server.last_words()}"
                    ) from error
                self._restarts_left -= 1
                self._generation += 1
                self._start()

    def close(self) -> None:
        """Ends the server that was started here, and the connection. May be called again."""
        self._closed = True
        self._connection.close()
        if self._server is not None:
            self._server.close()

    def __enter__(self) -> SpatialRewardClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        if self._server is not None:
            self._connection.close()
            self._server.close()
        self._server = NodeServer(self._arguments, cli=self._cli)
        self._connection = Connection(
            self._server.address, token=self._token, timeout_s=self._timeout_s
        )


class RewardSession:
    """The rewards of one environment. What a step gives depends on its episode alone.

    Attributes:
        task: The task's name.
        measurements: The names of what is measured.
        terms: The names of what a reward is the sum of.
        may_be_negative: Whether the task's own terms (without shaping, and without what the end of
            an episode adds) can be below 0 in sum.
    """

    def __init__(self, client: SpatialRewardClient, body: Mapping[str, object]) -> None:
        self._client = client
        self._body = body
        self._id = ""
        self._generation = -1
        self.restarts = -1
        self.task = ""
        self.measurements: tuple[str, ...] = ()
        self.terms: tuple[str, ...] = ()
        self.may_be_negative = True
        client.recovered(self.open_id)

    def open_id(self) -> str:
        """Its id; begun anew where the server was started again since."""
        if self._generation != self._client.generation:
            self._begin()
        return self._id

    def step(self, frame: Frame) -> DenseReward:
        """The reward of the next image of the episode.

        Raises:
            ObservationError: The frame cannot be right; nothing was sent.
            ServerError: The server refused it, such as one of another size than the last.
            ServerGoneError: The server died, and is not to be started again.
            ServerAnswerError: What answers is no reward server, or a broken one.
        """
        step = pack_frame(frame)
        answer = self._client.recovered(
            lambda: self._client.request_once("POST", f"/v1/sessions/{self.open_id()}/step", step)
        )
        return read_reward(answer, self._client.address)

    def reset(self) -> None:
        """Begins the next episode."""

        def ask() -> None:
            try:
                self._client.request_once("POST", f"/v1/sessions/{self.open_id()}/reset", {})
            except ServerError as error:
                # Sessions that are idle for long are ended. Between episodes nothing is lost.
                if error.status != 404:
                    raise
                self._begin()

        self._client.recovered(ask)

    def close(self) -> None:
        """Ends the session."""
        if self._generation == self._client.generation:
            self._client.request_once("DELETE", f"/v1/sessions/{self._id}")
        self._generation = -1

    def _begin(self) -> None:
        address = self._client.address
        told = self._client.request_once("POST", "/v1/sessions", self._body)
        answer = read_fields(told, address, "a session")
        try:
            self._id = str(answer["session"])
            self.task = str(answer["task"])
            self.measurements = tuple(answer["measurements"])
            self.terms = tuple(answer["terms"])
            self.may_be_negative = bool(answer["may_be_negative"])
        except (KeyError, TypeError) as error:
            raise ServerAnswerError(
                f"{address} gave a session that cannot be right: {error!r}. "
                "Is it a spatial-reward server?"
            ) from error
        self._generation = self._client.generation
        self.restarts += 1


def _batches(
    steps: Sequence[tuple[RewardSession, dict[str, Any]]],
) -> Iterator[list[tuple[RewardSession, dict[str, Any]]]]:
    batch: list[tuple[RewardSession, dict[str, Any]]] = []
    size = 0
    for session, step in steps:
        step_size = sum(
            len(step[part]["data"]) for part in ("image", "depth", "labels") if part in step
        )
        if batch and (size + step_size > _BATCH_BYTES or len(batch) == _BATCH_STEPS):
            yield batch
            batch, size = [], 0
        batch.append((session, step))
        size += step_size
    if batch:
        yield batch


def _task_fields(task: TaskLike | None, *, joined: bool) -> dict[str, object]:
    if task is None:
        if not joined:
            raise SpatialRewardError("A server that is started here needs a task: a YAML file.")
        return {}
    text = os.fspath(task)
    if "\n" in text:
        return {"task_text": text}
    try:
        return {"task_text": Path(text).read_text(encoding="utf-8")}
    except FileNotFoundError:
        if joined and not isinstance(task, os.PathLike) and "/" not in text:
            return {"task": text}
        raise


def _reward_or_error(row: object, address: str) -> DenseReward | ServerError:
    problem = read_fields(row, address, "a reward").get("error")
    if problem is None:
        return read_reward(row, address)
    fields = read_fields(problem, address, "a reward or an error")
    status = fields.get("status")
    return ServerError.of(status if isinstance(status, int) else 500, fields)

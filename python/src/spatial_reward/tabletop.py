"""The bridge's own simulator, a table top, as a Gymnasium environment."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from .connection import Connection
from .errors import SpatialRewardError
from .frame import CAMERA_FRAME, Frame, Pose
from .server import NodeServer

TabletopTask: TypeAlias = Literal["reach", "reach_tray", "push", "pick_and_place"]
Observed: TypeAlias = Literal["state", "pixels", "both"]

_OPTICAL_FRAME = "camera_color_optical_frame"
# Farther from the middle of the table than anything ever falls, metres.
_FAR_M = 100.0
_DTYPES = {"rgb8": "u1", "32FC1": "<f4", "8UC1": "u1"}


class TabletopEnv(gym.Env[Any, NDArray[np.float32]]):
    """A robot at a table with a red mug, a blue tray and other things; see docs/simulator.md.

    The action is the gripper's velocity, x, y, z from -1 to 1 (0.4 m/s); `pick_and_place` has a
    fourth number for the fingers (-1 closes, 1 opens). The seed of a reset is the scene; without
    one, scenes are drawn from the environment's random numbers.

    `info` has `is_success`, `reach_m` and `place_m`, by the truth. Success does not end an episode:
    its last step does, as `truncated`.

    Args:
        task: What is to be done.
        observed: "state" (numbers, named by `state_names`), "pixels" (the image), or "both" (a dict
            of the two).
        reward: By the truth: "dense", minus the metres that are still to go, or "sparse", 1 where
            the task is done. `SpatialRewardWrapper` puts another in its place.
        width: Of the image, pixels.
        height: Of the image, pixels.
        rate_hz: Steps a second.
        max_steps: Steps of an episode; that of the task where absent.
        render_mode: "rgb_array", or None where nobody renders.
        server: A `NodeServer(["sim", "serve"])` that several environments share. Without it, one
            is started here and ends with the environment.

    Raises:
        ServerStartError: The simulator cannot be started.
        ServerError: It refuses what is asked for, and says why.
    """

    def __init__(
        self,
        task: TabletopTask = "reach",
        *,
        observed: Observed = "state",
        reward: Literal["dense", "sparse"] = "dense",
        width: int = 128,
        height: int = 128,
        rate_hz: float = 5.0,
        max_steps: int | None = None,
        render_mode: Literal["rgb_array"] | None = None,
        server: NodeServer | None = None,
    ) -> None:
        _check("observed", observed, "state", "pixels", "both")
        _check("reward", reward, "dense", "sparse")
        _check("render_mode", render_mode, None, "rgb_array")
        self.metadata = {"render_modes": ["rgb_array"], "render_fps": rate_hz}
        self.render_mode = render_mode
        self.dt = 1 / rate_hz
        self._observed = observed
        self._parts = [] if observed == "state" else ["image"]
        self._reward = reward
        self._own_server = server is None
        self._server = server or NodeServer(["sim", "serve"])
        self._connection = Connection(self._server.address)
        self._world: str | None = None
        wanted: dict[str, object] = {"task": task, "width": width, "height": height}
        wanted |= {"rate_hz": rate_hz, "parts": []}
        if max_steps is not None:
            wanted["steps"] = max_steps
        try:
            begun = self._connection.request("POST", "/v1/worlds", wanted)
        except BaseException:
            self.close()
            raise
        self._world = begun["world"]
        self.max_steps = int(begun["steps"])
        self.state_names: Sequence[str] = tuple(begun["state"])
        self.action_space = gym.spaces.Box(-1, 1, (int(begun["action_size"]),), np.float32)
        state = gym.spaces.Box(-_FAR_M, _FAR_M, (len(self.state_names),), np.float32)
        pixels = gym.spaces.Box(0, 255, (height, width, 3), np.uint8)
        both = gym.spaces.Dict({"state": state, "pixels": pixels})
        spaces: dict[str, gym.Space[Any]] = {"state": state, "pixels": pixels, "both": both}
        self.observation_space = spaces[observed]

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begins an episode in the scene of the seed."""
        super().reset(seed=seed)
        scene = int(self.np_random.integers(2**31)) if seed is None else seed
        moment = self._ask("reset", {"seeds": [scene], "parts": self._parts})
        return self._observation(moment), _info(moment)

    def step(self, action: NDArray[np.float32]) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Goes on by one step."""
        actions = [np.asarray(action, np.float64).ravel().tolist()]
        moment = self._ask("step", {"actions": actions, "parts": self._parts})
        reward = float(moment["success"] if self._reward == "sparse" else moment["reward"])
        return (
            *(self._observation(moment), reward, False, bool(moment["truncated"])),
            _info(moment),
        )

    def render(self) -> Any:
        """The image of the present moment, `(height, width, 3)` of uint8."""
        if self.render_mode is None:
            return None
        return _pixels(self._ask("observe", {"parts": ["image"]})["image"])

    def frame(self) -> Frame:
        """What the camera sees and the robot knows at the present moment, with depth and labels."""
        seen = self._ask("observe", {})
        labels = seen["labels"]
        return Frame(
            image=_pixels(seen["image"]),
            depth=_pixels(seen["depth"]),
            labels=_pixels(labels),
            label_names={int(number): name for number, name in labels["names"].items()},
            camera=seen["camera"]["k"],
            poses=[_pose(row) for row in seen["poses"]],
            joints=seen["joints"],
            time_s=seen["step"] * self.dt,
        )

    def close(self) -> None:
        """Ends the world, and the simulator where it was started here."""
        world, self._world = self._world, None
        if world is not None:
            with contextlib.suppress(SpatialRewardError):
                self._connection.request("DELETE", f"/v1/worlds/{world}")
        self._connection.close()
        if self._own_server:
            self._server.close()

    def _ask(self, verb: str, body: dict[str, object]) -> dict[str, Any]:
        if self._world is None:
            raise SpatialRewardError("The environment is closed.")
        answer = self._connection.request("POST", f"/v1/worlds/{self._world}/{verb}", body)
        moment: dict[str, Any] = answer["observations"][0]
        return moment

    def _observation(self, moment: dict[str, Any]) -> Any:
        state = np.clip(np.asarray(moment["state"], np.float32), -_FAR_M, _FAR_M)
        if self._observed == "state":
            return state
        pixels = _pixels(moment["image"])
        return pixels if self._observed == "pixels" else {"state": state, "pixels": pixels}


def make_tabletop_env(task: TabletopTask = "reach", **options: Any) -> TabletopEnv:
    """The table top as a Gymnasium environment; `options` are those of `TabletopEnv`.

    Example:
        >>> env = make_tabletop_env("reach", render_mode="rgb_array")
        >>> env = SpatialRewardWrapper(env, "examples/tasks/reach.yaml", vlm="rgbd")
    """
    return TabletopEnv(task, **options)


def _check(name: str, value: object, *known: object) -> None:
    if value not in known:
        raise ValueError(f"{name} is {value!r}; it must be one of {known}.")


def _info(moment: dict[str, Any]) -> dict[str, Any]:
    truth = moment["truth"]
    return {
        "is_success": bool(moment["success"]),
        "reach_m": float(truth["reach_m"]),
        "place_m": float(truth["place_m"]),
    }


def _pose(row: dict[str, Any]) -> Pose:
    frame = CAMERA_FRAME if row["frame"] == _OPTICAL_FRAME else row["frame"]
    return Pose(frame, row["parent"], row["position"], row["orientation"])


def _pixels(image: dict[str, Any]) -> NDArray[Any]:
    encoding = image["encoding"]
    values: NDArray[Any] = np.frombuffer(image["data"], _DTYPES[encoding])
    channels = (3,) if encoding == "rgb8" else ()
    # A copy, which belongs to whoever gets it and can be written to.
    pixels: NDArray[Any] = values.reshape((image["height"], image["width"], *channels)).copy()
    return pixels

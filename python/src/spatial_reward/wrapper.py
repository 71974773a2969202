"""A Gymnasium wrapper whose rewards are seen in camera images."""

from __future__ import annotations

import contextlib
import os
from typing import Any, SupportsFloat, TypeVar

import gymnasium as gym
from numpy.typing import ArrayLike

from .client import SpatialRewardClient, TaskLike
from .episode import INFO_KEY, Between, EpisodeReward, OnInvalid, time_step, timed, warn_of_zero
from .errors import SpatialRewardError
from .frames import FrameSource, default_frames
from .mujoco import Instances
from .rewards import DenseReward

Obs = TypeVar("Obs")
Act = TypeVar("Act")


class SpatialRewardWrapper(gym.Wrapper[Obs, Act, Obs, Act], gym.utils.RecordConstructorArgs):
    """Replaces the reward by that of a task file, or mixes both.

    Each `reset` and `step` sends the image and adds `info["spatial_reward"]`: the server's
    `DenseReward` (reward, terms, validity, reason, progress, stage, success, ended, measurements)
    and

    - `used`: what went into the reward of this step, after `on_invalid`;
    - `invalid_steps`: how many steps of this episode had an invalid reward;
    - `restarts`: how often the server was started again for this environment.

    At a reset the reward of the first image is told in the info and given to nobody: shaping counts
    from it.

    Args:
        env: With `render_mode="rgb_array"`, unless `frames` takes the images from elsewhere.
        task: A task file, or its YAML text. May be left out with a `client`.
        client: A client that several environments share. Without it, one is made here, which
            starts a server, and is closed with the environment.
        vlm: The model of that server.
        frames: Where the images come from. Without it: MuJoCo's camera where the environment has
            one, else `env.render()`.
        instances: Things in a MuJoCo model by what the task calls them, see `MujocoFrames`. Depth
            and instances are rendered where this is given, as `rgbd` needs them.
        camera: The 3x3 camera matrix K of what `env.render()` gives, in pixels.
        camera_name: Which of the task's cameras the images are of, where it has several.
        weight: By how much the reward of the images counts.
        env_weight: By how much the environment's own reward counts.
        on_invalid: What an invalid reward is: "zero"; "hold", the task's own terms of the last
            valid image of the episode, the first one included (before there is one: the lowest
            ones so far); or "raise" (`InvalidRewardError`). Without it: "hold" where the task's own
            terms can be negative, since 0 would be better than those, else "zero".
        interval: Ask at every n-th step, and at the last one of an episode.
        between: The reward of the steps between: "zero" or "hold" (that of the last asked step).
            Shaping wants "zero", with the task's `gamma` to the power of n; a reward that is a
            distance wants "hold".
        dt_s: Seconds from step to step. Without it: `env.unwrapped.dt`, else 1/`render_fps`; else
            the server counts steps at the task's rate.
        terminate: Whether a task that ends (success, failure, time-out) ends the episode, as
            `terminated`, or `truncated` for a time-out.
        options: More options of `spatial-reward serve`.
        restarts: How often a server that died is started again; see `SpatialRewardClient`.
    """

    def __init__(
        self,
        env: gym.Env[Obs, Act],
        task: TaskLike | None = None,
        *,
        client: SpatialRewardClient | None = None,
        vlm: str = "embedded",
        frames: FrameSource | None = None,
        instances: Instances | None = None,
        camera: ArrayLike | None = None,
        camera_name: str | None = None,
        weight: float = 1.0,
        env_weight: float = 0.0,
        on_invalid: OnInvalid | None = None,
        interval: int = 1,
        between: Between = "zero",
        dt_s: float | None = None,
        terminate: bool = False,
        options: tuple[str, ...] = (),
        restarts: int = 0,
    ) -> None:
        gym.utils.RecordConstructorArgs.__init__(
            self,
            _disable_deepcopy=True,
            task=None if task is None else os.fspath(task),
            client=client,
            vlm=vlm,
            frames=frames,
            instances=instances,
            camera=camera,
            camera_name=camera_name,
            weight=weight,
            env_weight=env_weight,
            on_invalid=on_invalid,
            interval=interval,
            between=between,
            dt_s=dt_s,
            terminate=terminate,
            options=options,
            restarts=restarts,
        )
        super().__init__(env)
        self._episode = EpisodeReward(on_invalid, between, interval)
        self._dt_s = time_step(dt_s, env, interval)
        self._frames = frames or default_frames(env, instances, camera)
        self._weight = weight
        self._env_weight = env_weight
        self._terminate = terminate
        self._own_client = client is None
        self._client = client or SpatialRewardClient(
            task, vlm=vlm, options=options, restarts=restarts
        )
        own_task = None if client is None else task
        self._session = self._client.session(task=own_task, camera=camera_name)
        self._episode.suit(self._session.may_be_negative)
        warn_of_zero(on_invalid, self._session.may_be_negative, stacklevel=2)

    @property
    def client(self) -> SpatialRewardClient:
        """The client that asks; to be shared with other environments."""
        return self._client

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Obs, dict[str, Any]]:
        """Resets the environment and begins an episode of the task with its first image."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._session.reset()
        self._episode.begin()
        row = self._ask(observation)
        self._episode.began(row)
        return observation, {**info, INFO_KEY: self._info(row, 0.0)}

    def step(self, action: Act) -> tuple[Obs, SupportsFloat, bool, bool, dict[str, Any]]:
        """Steps the environment; the reward is that of the image after it."""
        observation, env_reward, terminated, truncated, info = self.env.step(action)
        if self._episode.next_step() or terminated or truncated:
            row = self._ask(observation)
            used = self._episode.used(row)
            info = {**info, INFO_KEY: self._info(row, used)}
            if self._terminate and row["ended"] is not None:
                terminated = terminated or row["ended"] != "timeout"
                truncated = truncated or row["ended"] == "timeout"
        else:
            used = self._episode.unasked
        reward = self._weight * used + self._env_weight * float(env_reward)
        return observation, reward, terminated, truncated, info

    def close(self) -> None:
        """Closes the environment, and the server where it was started here."""
        with contextlib.suppress(SpatialRewardError):
            self._session.close()
        if self._own_client:
            self._client.close()
        close = getattr(self._frames, "close", None)
        if close is not None:
            close()
        super().close()

    def _ask(self, observation: Obs) -> DenseReward:
        frame = self._frames(self.env, observation)
        return self._session.step(timed(frame, self._episode.step, self._dt_s))

    def _info(self, row: DenseReward, used: float) -> dict[str, Any]:
        return self._episode.info(row, self._session.restarts, used)

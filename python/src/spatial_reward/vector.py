"""The wrapper for vectorised environments: one request for all of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv, VectorWrapper
from gymnasium.vector.utils import iterate
from numpy.typing import ArrayLike, NDArray

from .client import SpatialRewardClient, TaskLike
from .episode import INFO_KEY, Between, EpisodeReward, OnInvalid, time_step, timed, warn_of_zero
from .errors import ObservationError, ServerError, SpatialRewardError
from .frame import Frame
from .frames import FrameSource, ObservedFrames, RenderedFrames, default_frames
from .mujoco import Instances
from .rewards import DenseReward

if TYPE_CHECKING:
    _Wrapper = VectorWrapper[Any, Any, Any, Any, NDArray[Any]]
else:
    # Older Gymnasium has no type parameters here.
    _Wrapper = VectorWrapper


class SpatialRewardVectorWrapper(_Wrapper):
    """`SpatialRewardWrapper` for a `VectorEnv`: each step is one request for all environments.

    `infos["spatial_reward"]` is an array with what `SpatialRewardWrapper` tells of each
    environment, None where nothing was asked.

    The environments may reset themselves in the next step (Gymnasium's default), in the same step,
    or not at all. In the same step only where the images are part of the observation: what can be
    rendered then is the next episode, and the last image of an episode is lost.

    Args:
        env: The environments. Those of a `SyncVectorEnv` are looked at one by one, with their
            MuJoCo cameras too; of others, `render()` must give one image for each.
        task: This and all others as `SpatialRewardWrapper` has them; episodes end as the
            environments end them.
        frames: One source for all, or one for each environment.
    """

    def __init__(
        self,
        env: VectorEnv[Any, Any, NDArray[Any]],
        task: TaskLike | None = None,
        *,
        client: SpatialRewardClient | None = None,
        vlm: str = "embedded",
        frames: FrameSource | Sequence[FrameSource] | None = None,
        instances: Instances | None = None,
        camera: ArrayLike | None = None,
        camera_name: str | None = None,
        weight: float = 1.0,
        env_weight: float = 0.0,
        on_invalid: OnInvalid | None = None,
        interval: int = 1,
        between: Between = "zero",
        dt_s: float | None = None,
        options: tuple[str, ...] = (),
        restarts: int = 0,
    ) -> None:
        super().__init__(env)
        self._episodes = [EpisodeReward(on_invalid, between, interval) for _ in range(env.num_envs)]
        self._cameras = _Cameras(env, frames, instances, camera)
        self._dt_s = time_step(dt_s, self._cameras.envs[0] if self._cameras.envs else env, interval)
        self._mode = env.metadata.get("autoreset_mode", AutoresetMode.NEXT_STEP)
        if self._mode == AutoresetMode.SAME_STEP and not self._cameras.observed:
            raise SpatialRewardError(
                "These environments reset themselves in the step that ends an episode, so its last "
                "image cannot be rendered. Take the images from the observations "
                "(frames=ObservedFrames(...)), or make the environments with "
                "autoreset_mode=AutoresetMode.NEXT_STEP."
            )
        self._weight = weight
        self._env_weight = env_weight
        self._own_client = client is None
        self._client = client or SpatialRewardClient(
            task, vlm=vlm, options=options, restarts=restarts
        )
        own_task = None if client is None else task
        self._sessions = [
            self._client.session(task=own_task, camera=camera_name) for _ in range(env.num_envs)
        ]
        for episode, session in zip(self._episodes, self._sessions, strict=True):
            episode.suit(session.may_be_negative)
        warn_of_zero(on_invalid, self._sessions[0].may_be_negative, stacklevel=2)
        self._was_done = np.zeros(env.num_envs, dtype=bool)

    @property
    def client(self) -> SpatialRewardClient:
        """The client that asks; to be shared with other environments."""
        return self._client

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Resets the environments (those of `options["reset_mask"]`) and begins their episodes."""
        mask = (options or {}).get("reset_mask")
        begun = np.ones(self.num_envs, bool) if mask is None else np.array(mask, dtype=bool)
        observations, infos = self.env.reset(seed=seed, options=options)
        told = self._nothing_told()
        self._begin(np.flatnonzero(begun), self._each(observations), told)
        self._was_done &= ~begun
        return observations, {**infos, **_as_info(told)}

    def step(
        self, actions: Any
    ) -> tuple[Any, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Steps all environments; the rewards are those of the images after it."""
        observations, env_rewards, terminations, truncations, infos = self.env.step(actions)
        done = np.asarray(terminations | truncations, dtype=bool)
        told = self._nothing_told()
        used = np.zeros(self.num_envs)

        # With NEXT_STEP this step was the reset of those that were done: it gives no reward.
        began = self._was_done if self._mode == AutoresetMode.NEXT_STEP else done & False
        asked: list[int] = []
        for i in np.flatnonzero(~began):
            if self._episodes[i].next_step() or done[i]:
                asked.append(int(i))
            else:
                used[i] = self._episodes[i].unasked
        at_once = self._mode == AutoresetMode.SAME_STEP
        seen = self._each(observations)
        if at_once:
            for i in np.flatnonzero(done):
                seen[i] = infos["final_obs"][i]
        for index, row in self._ask(asked, seen):
            used[index] = self._episodes[index].used(row)
            told[index] = self._info(index, row, float(used[index]))

        begins = np.flatnonzero(done if at_once else began)
        self._begin(begins, self._each(observations), None if at_once else told)
        self._was_done = done
        rewards = self._weight * used + self._env_weight * np.asarray(env_rewards, dtype=float)
        return observations, rewards, terminations, truncations, {**infos, **_as_info(told)}

    def close(self, **kwargs: Any) -> None:
        """Closes the environments, and the server where it was started here."""
        for session in self._sessions:
            with contextlib.suppress(SpatialRewardError):
                session.close()
        if self._own_client:
            self._client.close()
        self._cameras.close()
        super().close(**kwargs)

    def _begin(
        self, begins: Iterable[int], observations: Sequence[Any], told: NDArray[Any] | None
    ) -> None:
        """Begins episodes with their first images, whose rewards are nobody's."""
        indices = [int(i) for i in begins]
        for i in indices:
            self._episodes[i].begin()
            self._sessions[i].reset()
        for i, row in self._ask(indices, observations):
            self._episodes[i].began(row)
            if told is not None:
                told[i] = self._info(i, row, 0.0)

    def _ask(
        self, indices: Sequence[int], observations: Sequence[Any]
    ) -> list[tuple[int, DenseReward]]:
        if not indices:
            return []
        frames = self._cameras.frames(indices, observations)
        steps = [
            (self._sessions[i], timed(frame, self._episodes[i].step, self._dt_s))
            for i, frame in zip(indices, frames, strict=True)
        ]
        rows: list[tuple[int, DenseReward]] = []
        for i, row in zip(indices, self._client.step_batch(steps), strict=True):
            if isinstance(row, ServerError):
                raise ServerError(row.status, row.title, f"environment {i}: {row.detail}", row.code)
            rows.append((i, row))
        return rows

    def _info(self, i: int, row: DenseReward, used: float) -> dict[str, Any]:
        return self._episodes[i].info(row, self._sessions[i].restarts, used)

    def _each(self, observations: Any) -> list[Any]:
        """The observation of each environment."""
        return list(iterate(self.env.observation_space, observations))

    def _nothing_told(self) -> NDArray[Any]:
        return np.full(self.num_envs, None, dtype=object)


class _Cameras:
    """The cameras of all environments."""

    def __init__(
        self,
        env: VectorEnv[Any, Any, NDArray[Any]],
        frames: FrameSource | Sequence[FrameSource] | None,
        instances: Instances | None,
        camera: ArrayLike | None,
    ) -> None:
        self._env = env
        self.envs: Sequence[gym.Env[Any, Any]] | None = getattr(env.unwrapped, "envs", None)
        if isinstance(frames, Sequence):
            self._sources = list(frames)
        elif frames is not None:
            self._sources = [frames] * env.num_envs
        elif self.envs is not None:
            self._sources = [default_frames(one, instances, camera) for one in self.envs]
        elif instances is not None:
            raise ValueError("instances= needs a SyncVectorEnv, whose MuJoCo models can be seen.")
        else:
            self._sources = [RenderedFrames(camera)] * env.num_envs
        if len(self._sources) != env.num_envs:
            raise ValueError(f"frames: {len(self._sources)} for {env.num_envs} environments.")
        self.observed = all(isinstance(source, ObservedFrames) for source in self._sources)
        rendered = all(isinstance(source, RenderedFrames) for source in self._sources)
        if self.envs is None and not self.observed and not rendered:
            raise ValueError(
                f"The environments of {env} cannot be looked at one by one: frames= must be "
                "ObservedFrames or RenderedFrames."
            )

    def frames(self, indices: Sequence[int], observations: Sequence[Any]) -> list[Frame]:
        """The frames of some environments."""
        if self.observed:
            return [self._sources[i](_Picture(None), observations[i]) for i in indices]
        if self.envs is not None:
            return [self._sources[i](self.envs[i], observations[i]) for i in indices]
        images = self._env.render()
        if images is None or len(images) != self._env.num_envs:
            raise ObservationError(
                f"{self._env} renders no image for each environment: make them with "
                'render_mode="rgb_array".'
            )
        return [self._sources[i](_Picture(images[i]), None) for i in indices]

    def close(self) -> None:
        for source in self._sources:
            close = getattr(source, "close", None)
            if close is not None:
                close()


class _Picture(gym.Env[Any, Any]):
    """What an environment of another process has rendered."""

    def __init__(self, image: Any) -> None:
        self._image = image

    def render(self) -> Any:
        return self._image


def _as_info(told: NDArray[Any]) -> dict[str, Any]:
    """As Gymnasium has infos of vectors: the values, and who has one."""
    return {INFO_KEY: told, f"_{INFO_KEY}": np.array([one is not None for one in told])}

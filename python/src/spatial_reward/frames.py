"""Where the frames of an environment come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, cast

import gymnasium as gym
import numpy as np
from numpy.typing import ArrayLike

from .errors import ObservationError
from .frame import Frame
from .mujoco import Instances, MujocoFrames, has_mujoco, rendered
from .tabletop import TabletopEnv

FrameSource: TypeAlias = Callable[[gym.Env[Any, Any], Any], Frame]
Key: TypeAlias = "str | Sequence[str]"


class RenderedFrames:
    """The image that `env.render()` gives.

    Args:
        camera: The 3x3 camera matrix K in pixels, if it is known.
    """

    def __init__(self, camera: ArrayLike | None = None) -> None:
        self._camera = camera

    def __call__(self, env: gym.Env[Any, Any], observation: object) -> Frame:
        """The frame of the environment as it stands."""
        return Frame(rendered(env), camera=self._camera)


class ObservedFrames:
    """Images that are part of the observation.

    Args:
        image: The key of the image in the observation; several keys where it lies deeper
            (`("pixels", "top")`), none (`()`) where the observation is the image.
        depth: The key of the depth image, if there is one.
        labels: The key of the image of instances, if there is one.
        label_names: What the instances are called.
        camera: The 3x3 camera matrix K in pixels, if it is known.
    """

    def __init__(
        self,
        image: Key = "pixels",
        *,
        depth: Key | None = None,
        labels: Key | None = None,
        label_names: Mapping[int, str] | None = None,
        camera: ArrayLike | None = None,
    ) -> None:
        self._image = image
        self._depth = depth
        self._labels = labels
        self._label_names = dict(label_names or {})
        self._camera = camera

    def __call__(self, env: object, observation: object) -> Frame:
        """The frame in an observation."""
        return Frame(
            image=_part(observation, self._image),
            depth=None if self._depth is None else _part(observation, self._depth),
            labels=None if self._labels is None else _part(observation, self._labels),
            label_names=self._label_names,
            camera=self._camera,
        )


def default_frames(
    env: gym.Env[Any, Any], instances: Instances | None, camera: ArrayLike | None
) -> FrameSource:
    """The table top's camera, MuJoCo's where the environment has them, else what it renders."""
    if isinstance(env.unwrapped, TabletopEnv):
        return lambda env, _: cast("TabletopEnv", env.unwrapped).frame()
    if has_mujoco(env) and camera is None:
        return MujocoFrames(instances, depth=instances is not None)
    if instances is not None:
        raise ValueError(
            f"instances= names things of a MuJoCo model, and {env} has no renderer of Gymnasium's "
            "MuJoCo classes: give frames= for labels of another simulator."
        )
    return RenderedFrames(camera)


def _part(observation: object, key: Key) -> Any:
    part = observation
    for name in [key] if isinstance(key, str) else key:
        if not isinstance(part, Mapping) or name not in part:
            there = (
                f"has {', '.join(map(str, part))}" if isinstance(part, Mapping) else "is no dict"
            )
            raise ObservationError(f"The observation has no {name!r}: it {there}.")
        part = part[name]
    return np.asarray(part) if not isinstance(part, bytes) else part

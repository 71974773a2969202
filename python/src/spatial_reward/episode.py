"""What an episode's rewards become where some are invalid or not asked for."""

from __future__ import annotations

import dataclasses
import math
import warnings
from typing import Any, Literal, TypeAlias

from .errors import InvalidRewardError
from .frame import Frame
from .rewards import DenseReward

OnInvalid: TypeAlias = Literal["zero", "hold", "raise"]
Between: TypeAlias = Literal["zero", "hold"]

INFO_KEY = "spatial_reward"

# Terms that a step adds once: to hold them would be to pay them again.
_OF_ONE_STEP = ("shaping", "success", "failure")


class EpisodeReward:
    """The rewards of one environment's episode as the learner gets them.

    Args:
        on_invalid: What an invalid reward is. None leaves it to `suit`.
        between: What the reward of a step is that nothing was asked at.
        interval: Every how many steps something is asked.

    Raises:
        ValueError: There is no such choice.
    """

    def __init__(self, on_invalid: OnInvalid | None, between: Between, interval: int) -> None:
        if on_invalid not in {None, "zero", "hold", "raise"}:
            raise ValueError(f'on_invalid must be "zero", "hold" or "raise", not {on_invalid!r}.')
        if between not in {"zero", "hold"}:
            raise ValueError(f'between must be "zero" or "hold", not {between!r}.')
        if isinstance(interval, bool) or not isinstance(interval, int) or interval < 1:
            raise ValueError(f"interval must be a whole number from 1, not {interval!r}.")
        self._on_invalid = on_invalid
        self._between = between
        self._interval = interval
        self._lowest = 0.0
        self.begin()

    def suit(self, may_be_negative: bool) -> None:
        """Chooses what an invalid reward is where the user has not: what no policy would seek.

        Args:
            may_be_negative: Whether the task's own terms can be below 0 in sum: then the last one
                is held, else it is 0.
        """
        if self._on_invalid is None:
            self._on_invalid = "hold" if may_be_negative else "zero"

    def begin(self) -> None:
        """Forgets the last episode."""
        self.step = 0
        self._invalid = 0
        self._held: float | None = None
        self._last_used = 0.0

    def began(self, row: DenseReward) -> None:
        """Takes what the first image of an episode shows: nobody's reward, and there to be held."""
        if _is_valid(row):
            self._hold(row)

    def next_step(self) -> bool:
        """Counts a step; whether its image is to be asked about."""
        self.step += 1
        return self.step % self._interval == 0

    def used(self, row: DenseReward) -> float:
        """The reward of a step that was asked about.

        Raises:
            InvalidRewardError: It is invalid and the user wants to know.
        """
        reward = row["reward"]
        if reward is not None and _is_valid(row):
            self._hold(row)
            self._last_used = reward
            return reward
        self._invalid += 1
        if self._on_invalid == "raise":
            raise InvalidRewardError(
                f"Step {self.step}: {row['reason'] or 'the reward is invalid'}"
            )
        held = self._lowest if self._held is None else self._held
        self._last_used = held if self._on_invalid == "hold" else 0.0
        return self._last_used

    def _hold(self, row: DenseReward) -> None:
        once = [row["terms"].get(name) or 0.0 for name in _OF_ONE_STEP]
        self._held = (row["reward"] or 0.0) - sum(once)
        self._lowest = min(self._lowest, self._held)

    @property
    def unasked(self) -> float:
        """The reward of a step that nothing was asked at."""
        return self._last_used if self._between == "hold" else 0.0

    def info(self, row: DenseReward, restarts: int, used: float) -> dict[str, Any]:
        """What the step's info tells: the row, without what differs when it is repeated."""
        told = {key: value for key, value in row.items() if key not in {"latency_ms", "episode"}}
        return {**told, "used": used, "invalid_steps": self._invalid, "restarts": restarts}


def warn_of_zero(on_invalid: OnInvalid | None, may_be_negative: bool, stacklevel: int) -> None:
    """Warns where an invalid reward would be among the best ones that there are."""
    if on_invalid == "zero" and may_be_negative:
        warnings.warn(
            'on_invalid="zero": rewards of this task can be negative, and an invalid one that '
            "counts as 0 is better than those. A policy may learn to hide things from the camera. "
            'Leave on_invalid out, or choose "hold" or "raise".',
            UserWarning,
            stacklevel=stacklevel + 1,
        )


def _is_valid(row: DenseReward) -> bool:
    reward = row["reward"]
    return reward is not None and row["validity"] != "invalid" and math.isfinite(reward)


def timed(frame: Frame, step: int, dt_s: float | None) -> Frame:
    """The frame with the time of its step, where it has none of its own."""
    if frame.time_s is not None or dt_s is None:
        return frame
    return dataclasses.replace(frame, time_s=step * dt_s)


def time_step(dt_s: float | None, env: Any, interval: int) -> float | None:
    """Seconds from step to step: as given, or else as the environment tells.

    Raises:
        ValueError: Nothing tells it, and it is needed.
    """
    fps = (env.metadata or {}).get("render_fps")
    told = [dt_s] if dt_s is not None else [getattr(env.unwrapped, "dt", None), fps and 1 / fps]
    for seconds in told:
        if isinstance(seconds, (int, float)) and math.isfinite(seconds) and seconds > 0:
            return float(seconds)
    if dt_s is not None:
        raise ValueError(f"dt_s must be a positive number of seconds, not {dt_s!r}.")
    if interval > 1:
        raise ValueError(f"{env} does not tell its time step: give dt_s=, in seconds.")
    return None

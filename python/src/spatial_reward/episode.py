"""What an episode's rewards become where some are invalid or not asked for."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Literal, TypeAlias

from .errors import InvalidRewardError
from .frame import Frame
from .rewards import DenseReward

OnInvalid: TypeAlias = Literal["zero", "hold", "raise"]
Between: TypeAlias = Literal["zero", "hold"]

INFO_KEY = "spatial_reward"


class EpisodeReward:
    """The rewards of one environment's episode as the learner gets them.

    Args:
        on_invalid: What an invalid reward is.
        between: What the reward of a step is that nothing was asked at.
        interval: Every how many steps something is asked.

    Raises:
        ValueError: There is no such choice.
    """

    def __init__(self, on_invalid: OnInvalid, between: Between, interval: int) -> None:
        if on_invalid not in {"zero", "hold", "raise"}:
            raise ValueError(f'on_invalid must be "zero", "hold" or "raise", not {on_invalid!r}.')
        if between not in {"zero", "hold"}:
            raise ValueError(f'between must be "zero" or "hold", not {between!r}.')
        if isinstance(interval, bool) or not isinstance(interval, int) or interval < 1:
            raise ValueError(f"interval must be a whole number from 1, not {interval!r}.")
        self._on_invalid = on_invalid
        self._between = between
        self._interval = interval
        self.begin()

    def begin(self) -> None:
        """Forgets the last episode."""
        self.step = 0
        self._invalid = 0
        self._last_valid = 0.0
        self._last_used = 0.0

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
        if reward is not None and row["validity"] != "invalid" and math.isfinite(reward):
            self._last_valid = self._last_used = reward
            return reward
        self._invalid += 1
        if self._on_invalid == "raise":
            raise InvalidRewardError(
                f"Step {self.step}: {row['reason'] or 'the reward is invalid'}"
            )
        self._last_used = self._last_valid if self._on_invalid == "hold" else 0.0
        return self._last_used

    @property
    def unasked(self) -> float:
        """The reward of a step that nothing was asked at."""
        return self._last_used if self._between == "hold" else 0.0

    def info(self, row: DenseReward, restarts: int, used: float) -> dict[str, Any]:
        """What the step's info tells: the row, without what differs when it is repeated."""
        told = {key: value for key, value in row.items() if key not in {"latency_ms", "episode"}}
        return {**told, "used": used, "invalid_steps": self._invalid, "restarts": restarts}


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

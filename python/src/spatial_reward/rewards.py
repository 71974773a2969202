"""What the server tells of one step."""

from __future__ import annotations

from typing import Literal, TypedDict

Validity = Literal["ok", "stale", "invalid"]


class Measurement(TypedDict):
    """One measured quantity of the task; lengths in metres."""

    value: float | bool | str | None
    sigma: float | None
    raw: float | bool | str | None
    unit: str | None
    question: str
    answer: str
    model: str | None
    validity: Validity
    reason: str


class DenseReward(TypedDict):
    """The reward of one image: a row of `spatial-reward annotate --format jsonl`.

    `reward` is None where `validity` is "invalid"; `reason` says why. `ended` is "success",
    "failure" or "timeout" from the image that ended the task's episode on.
    """

    stamp_ns: str
    camera: str
    episode: str
    reward: float | None
    validity: Validity
    reason: str
    progress: float | None
    stage: str | None
    success: bool
    ended: str | None
    terms: dict[str, float | None]
    measurements: dict[str, Measurement]
    latency_ms: float
    model: str

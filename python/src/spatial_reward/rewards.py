"""What the server tells of one step."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Literal, TypedDict, TypeGuard, cast

from .errors import ServerAnswerError

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


def read_reward(answer: object, address: str) -> DenseReward:
    """An answer as the reward that it has to be, whoever gave it.

    Raises:
        ServerAnswerError: It is none. The first field that cannot be right is named.
    """
    row = read_fields(answer, address, "a reward")

    def check(name: str, value: object, is_right: bool) -> None:
        if not is_right:
            raise ServerAnswerError(
                f"{address} gave a reward whose {name} cannot be right: {repr(value)[:80]}"
            )

    def field(name: str) -> Any:
        check(name, "it is missing", name in row)
        return row[name]

    validity = field("validity")
    check("validity", validity, validity in ("ok", "stale", "invalid"))
    reward = field("reward")
    check("reward", reward, reward is None if validity == "invalid" else _is_number(reward))
    progress = field("progress")
    is_share = progress is None or (_is_number(progress) and 0 <= progress <= 1)
    check("progress", progress, is_share)
    ended = field("ended")
    check("ended", ended, ended in (None, "success", "failure", "timeout"))
    for name, kind in (("success", bool), ("reason", str), ("terms", dict), ("measurements", dict)):
        check(name, field(name), isinstance(row[name], kind))
    for name, value in row["terms"].items():
        check(f"terms.{name}", value, value is None or _is_number(value))
    for name, measured in row["measurements"].items():
        check(f"measurements.{name}", measured, isinstance(measured, dict))
        for key in ("value", "raw", "sigma"):
            value = measured.get(key)
            is_right = not _is_numeric(value) or _is_number(value)
            if key == "sigma":
                is_right = value is None or (_is_number(value) and value >= 0)
            check(f"measurements.{name}.{key}", value, is_right)
    return cast(DenseReward, answer)


def read_fields(answer: object, address: str, what: str) -> Mapping[str, Any]:
    """An answer that has to have named fields.

    Raises:
        ServerAnswerError: It has none: what answers is something else.
    """
    if isinstance(answer, dict):
        return answer
    raise ServerAnswerError(
        f"{address} did not give {what}, but {repr(answer)[:80]}. Is it a spatial-reward server?"
    )


def _is_number(value: object) -> bool:
    # JSON has integers that no float holds.
    return _is_numeric(value) and abs(value) <= sys.float_info.max


def _is_numeric(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)

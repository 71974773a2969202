"""What the model is taught: to point, to measure, to answer."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from .data import CELL
from .kinds import KINDS, QUANTITIES
from .model import SCALE_M

FIRST_QUANTITY = len(KINDS) - len(QUANTITIES)
# An error of this size counts 1: metres, the last three as ratios; and of a form's numbers.
GEOMETRY_SCALE = torch.tensor([0.02, 0.02, 0.04, 0.015, 0.015, 0.015, 0.15, 0.15, 0.15])
FORM_SCALE = 0.2
WEIGHTS = {
    "point": 1.0, "cells": 1.0, "forms": 0.5, "pooled": 0.5, "length": 0.5, "held": 1.0, "kind": 0.1,
    "seen": 0.2,
}


def targets(batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Masks of what each question can teach."""
    a, b = batch["a"], batch["b"]
    valid = 1 - batch["void"]
    needed = torch.stack([torch.ones_like(b, dtype=torch.bool), b >= 0], -1).float()
    points = needed * batch["present"] * valid[..., None]
    complete = valid * (batch["present"] * needed + 1 - needed).prod(-1)
    is_length = (batch["kind"] >= FIRST_QUANTITY).float()
    return {
        "which": torch.stack([a, b.clamp(min=0)], -1),
        "needed": needed * valid[..., None],
        "points": points,
        "lengths": complete * is_length,
        "relations": complete * (1 - is_length),
    }


def shares_of(batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """(N, things, cells): share of each cell that is the thing's."""
    return batch["cells"].flatten(2).float() / (CELL // 2) ** 2


def mean(values: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return (values * mask).sum() / mask.sum().clamp(min=1)


def rows(table: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """Rows of each picture's table (N, things, C) by index (N, K) → (N, K, C)"""
    return torch.gather(table, 1, index[..., None].expand(-1, -1, table.shape[2]))


def length_nll(out: dict[str, torch.Tensor], value: torch.Tensor) -> torch.Tensor:
    """Negative log likelihood of the logistic mixture in u."""
    u = torch.asinh(value / SCALE_M)[..., None]
    x = (u - out["means"]) / out["scales"]
    log = out["weights"] - x - 2 * F.softplus(-x) - torch.log(out["scales"])
    return -torch.logsumexp(log, -1)


def geometry_error(guess: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    scale = GEOMETRY_SCALE.to(guess.device)
    return F.smooth_l1_loss(guess / scale, truth / scale, reduction="none", beta=0.5).mean(-1)


def form_error(guess: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    return F.smooth_l1_loss(guess / FORM_SCALE, truth / FORM_SCALE, reduction="none").mean(-1)


def losses(
    out: dict[str, torch.Tensor], batch: dict[str, torch.Tensor], teach_what: str = "all"
) -> dict[str, torch.Tensor]:
    teach = targets(batch)
    n, q = batch["a"].shape
    shares = shares_of(batch)
    index = teach["which"].reshape(n, -1)
    pick = lambda table: rows(table, index).reshape(n, q, 2, -1)  # noqa: E731
    mask = pick(shares)
    goal = mask / mask.sum(-1, keepdim=True).clamp(min=1e-6)
    point = -(goal * F.log_softmax(out["scores"], -1)).sum(-1)
    # As deep as the goal's own entropy: then 0 is perfect.
    point = point + (goal * torch.log(goal + 1e-9)).sum(-1)
    best, owner = shares.max(1)
    area = torch.gather(shares.sum(2), 1, owner)
    weight = (best > 0.35).float() / area.clamp(min=1).sqrt()
    parts = {
        "point": mean(point, teach["points"]),
        "cells": mean(geometry_error(out["cells"], rows(batch["geometry"], owner)), weight),
        "forms": mean(form_error(out["forms"], rows(batch["forms"], owner)), weight),
        "pooled": mean(geometry_error(out["shapes"], pick(batch["geometry"])), teach["points"]),
        "length": mean(length_nll(out, batch["value"]), teach["lengths"]),
        "held": mean(
            F.binary_cross_entropy_with_logits(out["held"], batch["held"], reduction="none"),
            teach["relations"],
        ),
        "kind": mean(
            F.cross_entropy(
                out["kind"].flatten(0, 1), batch["kind"].flatten(), reduction="none"
            ),
            (1 - batch["void"]).flatten(),
        ),
        "seen": mean(
            F.binary_cross_entropy_with_logits(out["seen"], batch["present"], reduction="none"),
            teach["needed"],
        ),
    }
    taught = [
        WEIGHTS[key] * value
        for key, value in parts.items()
        if teach_what == "all" or key in ("point", "kind", "seen", "forms")
    ]
    parts["total"] = sum(taught[1:], start=taught[0])
    return parts


@torch.no_grad()
def figures(
    out: dict[str, torch.Tensor], batch: dict[str, torch.Tensor]
) -> dict[str, tuple[float, float]]:
    """Sums and counts of right answers."""
    teach = targets(batch)
    guess = SCALE_M * torch.sinh((out["weights"].exp() * out["means"]).sum(-1))
    value = batch["value"]
    ratio = guess / torch.where(value.abs() < 1e-3, torch.full_like(value, 1e-3), value)
    far = teach["lengths"] * (batch["kind"] == FIRST_QUANTITY)
    peak = out["scores"].argmax(-1)
    n, q = batch["a"].shape
    shares = shares_of(batch)
    rows = torch.arange(n, device=peak.device)[:, None, None].expand(n, q, 2)
    hit = (shares[rows, teach["which"], peak] > 0.2).float()
    held = ((out["held"] > 0).float() == batch["held"]).float()
    yes_no = teach["relations"] * (batch["kind"] < 12)
    seen = ((out["seen"] > 0).float() == batch["present"]).float()
    named = (out["kind"].argmax(-1) == batch["kind"]).float()
    sums = {
        "point": (hit, teach["points"]),
        "distance 10 %": (((ratio - 1).abs() < 0.1).float(), far),
        "distance x1.5": (((ratio > 2 / 3) & (ratio < 1.5)).float(), far),
        "distance x2": (((ratio > 0.5) & (ratio < 2)).float(), far),
        "length 10 %": (((ratio - 1).abs() < 0.1).float(), teach["lengths"]),
        "yes/no": (held, yes_no),
        "relations": (held, teach["relations"]),
        "seen": (seen, teach["needed"]),
        "kind": (named, 1 - batch["void"]),
    }
    return {key: (float((v * m).sum()), float(m.sum())) for key, (v, m) in sums.items()}

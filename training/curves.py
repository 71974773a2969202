"""A run's log as a picture."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

SHOWN = ["point", "distance 10 %", "distance x1.5", "yes/no", "seen", "kind"]


def draw(run: Path) -> None:
    """Writes `curves.png` beside `log.jsonl`."""
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    losses = [line for line in lines if "total" in line]
    checks = [line for line in lines if "check" in line]
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    for key in ["point", "cells", "pooled", "held"]:
        left.plot([line["step"] for line in losses], [line[key] for line in losses], label=key, lw=1)
    left.set(xlabel="step", ylabel="loss", yscale="log", title="training")
    left.legend()
    for number, key in enumerate(SHOWN):
        for name, style in [("val", "-"), ("test", "--")]:
            found = [(line["step"], line[key]) for line in checks if line["check"] == name]
            if found:
                right.plot(*zip(*found, strict=True), style, color=f"C{number}",
                           label=key if name == "val" else None)
    right.set(xlabel="step", ylabel="share right", ylim=(0, 1),
              title="pictures never trained on (solid: val, dashed: test)")
    right.legend(loc="lower right")
    for axes in (left, right):
        axes.grid(alpha=0.3)
    figure.savefig(run / "curves.png", dpi=130)

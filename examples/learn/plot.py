"""Draws the curves of train.py and prints the tables of RESULTS.md.

    python examples/learn/plot.py [--out out/learn] [--results examples/learn/results.jsonl]

Reads the runs below `--out` into the results file; without runs, it draws the results file as it is.
Needs: pip install matplotlib numpy
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).resolve().parent
# Of a complete run; and what is compared with what.
TASKS = {
    "reach_tray": ("Gripper to the tray", 1500, [("embedded", "true")]),
    "carry": ("Mug carried to the tray", 3000, [("sick_fused", "sick_raw")]),
}
STYLES = {
    "true": ("#222222", "true distance"),
    "embedded": ("#1b7837", "`embedded` from pictures"),
    "rgbd": ("#762a83", "`rgbd` from depth and labels"),
    "sick_fused": ("#2166ac", "sick model, calibrated and fused"),
    "sick_raw": ("#d6604d", "sick model, raw"),
    "wrong_target": ("#b8860b", "true distance to the wrong thing"),
    "sparse": ("#35978f", "1 at success"),
    "shuffled": ("#999999", "true distance, shuffled"),
}

Runs = dict[str, list[dict]]


def collect(out: Path) -> list[dict]:
    """The runs: task, reward, seed, successes at each point, seconds."""
    rows = []
    for path in sorted(out.glob("*/progress.json")):
        task, reward, seed = path.parent.name.rsplit("-", 2)
        progress = json.loads(path.read_text())
        points = [
            [point["steps"], int(sum(point["successes"])), len(point["successes"])]
            for point in progress["points"]
        ]
        rows.append(
            {
                "task": task,
                "reward": reward,
                "seed": int(seed),
                "points": points,
                "validities": progress["validities"],
                "seconds": round(progress["seconds"]),
            }
        )
    return rows


def draws(ends: list[tuple[int, int]], random: np.random.Generator, n: int = 20_000) -> np.ndarray:
    """Bootstrap of the mean success: over seeds, and in each over its episodes."""
    rates = np.array([successes / episodes for successes, episodes in ends])
    episodes = np.array([episodes for _, episodes in ends])
    chosen = random.integers(len(ends), size=(n, len(ends)))
    return (random.binomial(episodes[chosen], rates[chosen]) / episodes[chosen]).mean(axis=1)


def table(runs: Runs, pairs: list[tuple[str, str]], random: np.random.Generator) -> None:
    sampled = {}
    print("| reward | seeds | success of each | mean | 95 % |\n|---|---|---|---|---|")
    for reward in [name for name in STYLES if name in runs]:
        ends = [tuple(run["points"][-1][1:]) for run in runs[reward]]
        sampled[reward] = draws(ends, random)
        low, high = 100 * np.quantile(sampled[reward], [0.025, 0.975])
        rates = [100 * successes / episodes for successes, episodes in ends]
        each = ", ".join(f"{rate:.0f}" for rate in rates)
        title = STYLES[reward][1]
        print(
            f"| {title} | {len(ends)} | {each} | {np.mean(rates):.0f} % | {low:.0f}..{high:.0f} % |"
        )
    for one, other in pairs:
        if one in sampled and other in sampled:
            difference = 100 * (sampled[one] - sampled[other])
            low, high = np.quantile(difference, [0.025, 0.975])
            print(f"{one} less {other}: {difference.mean():.0f} points ({low:.0f}..{high:.0f})")


def draw(axes: plt.Axes, title: str, steps: int, runs: Runs) -> None:
    for reward in [name for name in STYLES if name in runs]:
        curves = [{at: won / all_ for at, won, all_ in run["points"]} for run in runs[reward]]
        # Points that all runs have.
        points = sorted(set.intersection(*(set(curve) for curve in curves)))
        rates = np.array([[0.0, *(curve[at] for at in points)] for curve in curves])
        color, words = STYLES[reward]
        seeds = "1 seed" if len(curves) == 1 else f"{len(curves)} seeds"
        label = f"{words.replace('`', '')} ({seeds})"
        at = [0, *points]
        axes.plot(at, rates.mean(axis=0), color=color, marker="o", markersize=3, label=label)
        axes.fill_between(
            at, rates.min(axis=0), rates.max(axis=0), color=color, alpha=0.13, linewidth=0
        )
    axes.set_title(title, fontsize=10)
    axes.set_xlabel("steps of training")
    axes.set_xlim(0, steps)
    axes.set_ylim(-0.02, 1.02)
    axes.grid(alpha=0.2)
    axes.legend(fontsize=7, loc="upper left", frameon=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE.parent.parent / "out" / "learn")
    parser.add_argument("--results", type=Path, default=HERE / "results.jsonl")
    options = parser.parse_args()
    rows = collect(options.out)
    if rows:
        options.results.write_text("".join(json.dumps(row) + "\n" for row in rows))
    rows = [json.loads(line) for line in options.results.read_text().splitlines()]

    random = np.random.default_rng(1)
    figure, panels = plt.subplots(1, len(TASKS), figsize=(10, 4), dpi=110, sharey=True)
    for axes, (task, (title, steps, pairs)) in zip(panels, TASKS.items(), strict=True):
        runs: Runs = {}
        for row in rows:
            if row["task"] == task and row["points"] and row["points"][-1][0] >= steps:
                runs.setdefault(row["reward"], []).append(row)
        print(f"\n{task}")
        table(runs, pairs, random)
        draw(axes, title, steps, runs)
    panels[0].set_ylabel("success, by the truth")
    figure.text(
        0.5, 0.01, "Mean of the seeds; band from the least to the most.", ha="center", fontsize=8
    )
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    figure.savefig(HERE / "curves.png")


if __name__ == "__main__":
    main()

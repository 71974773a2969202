"""Draws the curves of train.py and prints the table of RESULTS.md.

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
STEPS = 1250
COLORS = {
    "true": "#222222",
    "embedded": "#1b7837",
    "sick_fused": "#2166ac",
    "sick_raw": "#d6604d",
    "wrong_target": "#b8860b",
    "shuffled": "#999999",
}
TITLES = {
    "true": "true distance",
    "embedded": "`embedded` from pictures",
    "sick_fused": "sick model, calibrated and fused",
    "sick_raw": "sick model, raw",
    "wrong_target": "`embedded`, asked about the mug",
    "shuffled": "true distance, shuffled",
}


def collect(out: Path) -> dict[str, list[dict]]:
    """The runs by reward: seed, steps, successes at each point."""
    runs: dict[str, list[dict]] = {}
    for path in sorted(out.glob("reach_tray-*/progress.json")):
        _, reward, seed = path.parent.name.rsplit("-", 2)
        progress = json.loads(path.read_text())
        points = [
            [point["steps"], int(sum(point["successes"])), len(point["successes"])]
            for point in progress["points"]
        ]
        run = {"seed": int(seed), "points": points, "validities": progress["validities"]}
        runs.setdefault(reward, []).append(run)
    return runs


def final(runs: list[dict]) -> list[tuple[int, int]]:
    """Successes and episodes at the end of each run that is complete."""
    return [tuple(run["points"][-1][1:]) for run in runs if run["points"][-1][0] >= STEPS]


def draws(ends: list[tuple[int, int]], random: np.random.Generator, n: int = 10_000) -> np.ndarray:
    """Bootstrap of the mean success: over seeds, and in each over its episodes."""
    rates = np.array([successes / episodes for successes, episodes in ends])
    episodes = np.array([episodes for _, episodes in ends])
    chosen = random.integers(len(ends), size=(n, len(ends)))
    return (random.binomial(episodes[chosen], rates[chosen]) / episodes[chosen]).mean(axis=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE.parent.parent / "out" / "learn")
    parser.add_argument("--results", type=Path, default=HERE / "results.jsonl")
    options = parser.parse_args()
    runs = collect(options.out)
    if runs:
        rows = [{"reward": reward, **run} for reward in runs for run in runs[reward]]
        options.results.write_text("".join(json.dumps(row) + "\n" for row in rows))
    runs = {}
    for row in map(json.loads, options.results.read_text().splitlines()):
        runs.setdefault(row["reward"], []).append(row)

    random = np.random.default_rng(1)
    sampled = {}
    print("| reward | complete seeds | success of each | mean | 95 % |\n|---|---|---|---|---|")
    for reward in [name for name in TITLES if name in runs]:
        ends = final(runs[reward])
        if not ends:
            print(f"| {TITLES[reward]} | 0 | | | |")
            continue
        sampled[reward] = draws(ends, random)
        low, high = np.quantile(sampled[reward], [0.025, 0.975])
        each = ", ".join(f"{100 * successes / episodes:.0f}" for successes, episodes in ends)
        mean = np.mean([successes / episodes for successes, episodes in ends])
        print(
            f"| {TITLES[reward]} | {len(ends)} | {each} | {100 * mean:.0f} % | "
            f"{100 * low:.0f}..{100 * high:.0f} % |"
        )
    for one, other in [("sick_fused", "sick_raw"), ("embedded", "true")]:
        if one in sampled and other in sampled:
            low, high = np.quantile(sampled[one] - sampled[other], [0.025, 0.975])
            print(f"{one} less {other}: {100 * low:.0f}..{100 * high:.0f} points")

    figure, axes = plt.subplots(figsize=(7.2, 4), dpi=110)
    for reward in [name for name in TITLES if name in runs]:
        rates: dict[int, list[float]] = {0: [0.0]}
        complete = [run for run in runs[reward] if run["points"][-1][0] >= STEPS]
        if not complete:
            continue
        for run in complete:
            for steps, successes, episodes in run["points"]:
                rates.setdefault(steps, []).append(successes / episodes)
        steps = sorted(rates)
        color = COLORS[reward]
        mean = [np.mean(rates[at]) for at in steps]
        seeds = "1 seed" if len(complete) == 1 else f"{len(complete)} seeds"
        label = f"{TITLES[reward].replace('`', '')} ({seeds})"
        axes.plot(steps, mean, color=color, marker="o", markersize=3, label=label)
        low, high = ([side(rates[at]) for at in steps] for side in (min, max))
        axes.fill_between(steps, low, high, color=color, alpha=0.12, linewidth=0)
    axes.set_xlabel("steps of training")
    axes.set_ylabel("success, by the truth")
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlim(0, STEPS)
    axes.grid(alpha=0.2)
    axes.legend(fontsize=7, loc="upper left", frameon=False)
    axes.set_title("Gripper to the tray: mean of the seeds, band from the least to the most", fontsize=9)
    figure.tight_layout()
    figure.savefig(HERE / "curves.png")


if __name__ == "__main__":
    main()

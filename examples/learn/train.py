"""Trains policies from rewards of different origin, and measures them by the truth.

    python examples/learn/train.py [--out out/learn] [--until 03:20] [--only reach_tray-true-0,...]

Runs what PLAN says, in its order. Interrupted, the same command goes on from the checkpoints; what
is done is not done again. `plot.py` draws the curves and prints the tables of RESULTS.md.

Needs Node (after `npm ci`), and: pip install stable-baselines3 torch numpy gymnasium
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from collections import deque
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from stable_baselines3 import SAC

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# Steps of training, steps between two points of a curve, episodes at each of them and at the end.
STEPS = {"reach_tray": 1500, "carry": 3000}
POINT_EVERY = {"reach_tray": 500, "carry": 1000}
POINT_EPISODES = 10
FINAL_EPISODES = 50

# The rewards that are compared have five seeds, the others three. What answers a question comes
# first, so that a plan that is not completed has something of everything.
CARRY = ["sick_fused", "sick_raw"]
REACH = ["true", "embedded"]
PLAN = [
    *[
        run
        for seed in range(2)
        for run in [
            *[("carry", reward, seed) for reward in [*CARRY, "true", "shuffled"]],
            *[("reach_tray", reward, seed) for reward in [*REACH, "wrong_target"]],
        ]
    ],
    *[("carry", reward, seed) for seed in range(2, 5) for reward in CARRY],
    *[("carry", reward, 2) for reward in ["true", "shuffled"]],
    *[("reach_tray", reward, 2) for reward in [*REACH, "wrong_target"]],
    *[("reach_tray", reward, seed) for seed in range(3, 5) for reward in REACH],
    *[("reach_tray", "shuffled", seed) for seed in range(3)],
    *[("carry", "sparse", seed) for seed in range(3)],
    *[("reach_tray", reward, seed) for seed in range(5) for reward in CARRY],
    *[("reach_tray", "rgbd", seed) for seed in range(3)],
]

# What the policy sees of a moment's `state` (STATE_NAMES of the simulator).
SEEN = {
    # The gripper's place, and the way to the tray.
    "reach_tray": [0, 1, 2, 13, 14, 15],
    # The gripper's place and opening, and the ways to the mug and from there to the tray.
    "carry": [0, 1, 2, 3, 10, 11, 12, 16, 17, 18],
}

EVALUATION_SEEDS = 1_000_000
# Of the last rewards, from which a shuffled one is drawn.
SHUFFLED_FROM = 500


class World(gym.Env[np.ndarray, np.ndarray]):
    """world.ts as a Gymnasium environment; rewards are those of its model."""

    def __init__(self, task: str, reward: str, seed: int, command: list[str]) -> None:
        self.kind = reward
        self.seen = SEEN[task]
        of_truth = reward in {"shuffled", "sparse"}
        words = [*command, task, "true" if of_truth else reward]
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        self.first = seed * 10_000
        self.episode = 0
        self.random = np.random.default_rng(seed)
        self.recent: deque[float] = deque(maxlen=SHUFFLED_FROM)
        self.validities: dict[str, int] = {}
        self.observation_space = gym.spaces.Box(-20, 20, (len(self.seen),), np.float32)
        self.action_space = gym.spaces.Box(-1, 1, (3,), np.float32)

    def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if line == "":
            raise RuntimeError(f"world.ts ended with {self.process.wait()}")
        return json.loads(line)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        moment = self.ask({"reset": self.first + self.episode})
        self.episode += 1
        return self.observed(moment), {}

    def step(self, action):
        moment = self.ask({"action": action.tolist()})
        validity = moment["validity"]
        self.validities[validity] = self.validities.get(validity, 0) + 1
        return self.observed(moment), self.reward(moment), False, moment["truncated"], {}

    def observed(self, moment: dict[str, Any]) -> np.ndarray:
        # Lengths of the table are some decimetres; networks like numbers about 1.
        state = np.asarray(moment["state"], np.float32)[self.seen]
        return np.clip(state * 5, -20, 20)

    def reward(self, moment: dict[str, Any]) -> float:
        if self.kind == "sparse":
            return float(moment["success"])
        if self.kind == "shuffled":
            self.recent.append(moment["reward"])
            return float(self.random.choice(self.recent))
        return float(moment["reward"])

    def evaluate(self, policy: SAC, episodes: int) -> dict[str, list[float]]:
        """Episodes of seeds that no training has: success at the last step, by the truth."""
        ends = []
        for episode in range(episodes):
            moment = self.ask({"reset": EVALUATION_SEEDS + episode, "evaluation": True})
            while not moment["truncated"]:
                action, _ = policy.predict(self.observed(moment), deterministic=True)
                moment = self.ask({"action": action.tolist()})
            ends.append(moment)
        return {
            "successes": [end["success"] for end in ends],
            "reach_m": [end["reach"] for end in ends],
            "place_m": [end["place"] for end in ends],
        }

    def close(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait()


def policy_of(world: World, seed: int) -> SAC:
    return SAC(
        "MlpPolicy",
        world,
        learning_rate=1e-3,
        buffer_size=20_000,
        learning_starts=150,
        batch_size=128,
        gamma=0.9,
        tau=0.02,
        policy_kwargs={"net_arch": [64, 64]},
        seed=seed,
        device="cpu",
    )


def train(
    task: str, reward: str, seed: int, folder: Path, command: list[str], until: float
) -> bool:
    """One run, from its last checkpoint on. Returns whether it is complete."""
    progress_path = folder / "progress.json"
    folder.mkdir(parents=True, exist_ok=True)
    world = World(task, reward, seed, command)
    try:
        if progress_path.exists():
            progress = json.loads(progress_path.read_text())
            policy = SAC.load(folder / "policy.zip", env=world, device="cpu")
            policy.load_replay_buffer(folder / "buffer.pkl")
            world.episode = progress["episodes"]
            world.validities = progress["validities"]
            # Before it has learnt anew, it need not act at random again.
            policy.learning_starts = 0 if progress["steps"] > 150 else 150
        else:
            progress = {"steps": 0, "points": [], "seconds": 0.0, "cpu_seconds": 0.0}
            policy = policy_of(world, seed)
        while progress["steps"] < STEPS[task]:
            if time.time() > until:
                return False
            began, cpu = time.time(), cpu_seconds()
            policy.learn(POINT_EVERY[task], reset_num_timesteps=False)
            progress["steps"] += POINT_EVERY[task]
            is_last = progress["steps"] >= STEPS[task]
            # It must begin its next episode afresh: the evaluation moved the world.
            policy._last_obs = None
            result = world.evaluate(policy, FINAL_EPISODES if is_last else POINT_EPISODES)
            progress["points"].append({"steps": progress["steps"], **result})
            progress["episodes"] = world.episode
            progress["validities"] = world.validities
            progress["seconds"] += time.time() - began
            progress["cpu_seconds"] += cpu_seconds() - cpu
            policy.save(folder / "policy.zip")
            policy.save_replay_buffer(folder / "buffer.pkl")
            scratch = folder / "progress.tmp"
            scratch.write_text(json.dumps(progress))
            scratch.replace(progress_path)
            rate = np.mean(result["successes"])
            print(
                f"{time.strftime('%H:%M:%S')} {folder.name} {progress['steps']} steps: "
                f"success {rate:.2f}, reach {np.median(result['reach_m']):.3f} m, "
                f"{progress['seconds']:.0f} s",
                flush=True,
            )
        return True
    finally:
        world.close()


def cpu_seconds() -> float:
    """Of this process alone; that of the world is in its `seconds`."""
    times = os.times()
    return times.user + times.system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "learn")
    parser.add_argument("--only", default="", help="names of runs, with commas between")
    parser.add_argument("--until", default="", help="HH:MM at which to stop at a checkpoint")
    parser.add_argument("--world", default="", help="a bundled world.ts to run in place of it")
    options = parser.parse_args()
    torch.set_num_threads(1)
    command = (
        ["node", options.world]
        if options.world
        else ["node", "--import", "tsx", str(HERE / "world.ts")]
    )
    until = float("inf")
    if options.until:
        clock = time.strptime(time.strftime("%Y-%m-%d ") + options.until, "%Y-%m-%d %H:%M")
        until = time.mktime(clock)
    chosen = [name for name in options.only.split(",") if name]
    for task, reward, seed in PLAN:
        name = f"{task}-{reward}-{seed}"
        if chosen and name not in chosen:
            continue
        folder = options.out / name
        done = folder / "progress.json"
        if done.exists() and json.loads(done.read_text())["steps"] >= STEPS[task]:
            continue
        if not train(task, reward, seed, folder, command, until):
            print("stopped at a checkpoint; the same command goes on from here")
            return


if __name__ == "__main__":
    main()

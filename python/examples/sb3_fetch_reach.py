"""Stable-Baselines3 learns FetchReach from what a camera sees.

    pip install ./python "gymnasium-robotics>=1.4" "mujoco<3.4" stable-baselines3
    MUJOCO_GL=egl python python/examples/sb3_fetch_reach.py --steps 20000

The policy gets the environment's own observation; only the reward comes from the images. At the
end the environment's true success is measured without any image.
"""

import argparse
from pathlib import Path
from typing import Any

import gymnasium as gym
import gymnasium_robotics
import numpy as np
from stable_baselines3 import SAC
from stable_baselines3.common.monitor import Monitor

from spatial_reward import SpatialRewardWrapper

TASK = Path(__file__).parent / "tasks" / "fetch_reach.yaml"
VIEW = {"distance": 1.4, "azimuth": 132.0, "elevation": -20.0, "lookat": np.array([1.3, 0.75, 0.5])}
INSTANCES = {
    "the gripper": ["robot0:r_gripper_finger_link", "robot0:l_gripper_finger_link"],
    "the red ball": ["target0"],
}


def success_rate(model: SAC, episodes: int) -> float:
    """The share of episodes that end within 5 cm, as the simulator knows it."""
    env: Any = gym.make("FetchReach-v4")
    successes = 0.0
    for episode in range(episodes):
        observation, _ = env.reset(seed=1000 + episode)
        done, info = False, {"is_success": 0.0}
        while not done:
            action, _ = model.predict(observation, deterministic=True)
            observation, _, terminated, truncated, info = env.step(action)
            done = terminated or truncated
        successes += float(info["is_success"])
    env.close()
    return successes / episodes


def main() -> None:
    """Trains and tests."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--episodes", type=int, default=20)
    options = parser.parse_args()

    gym.register_envs(gymnasium_robotics)
    env = SpatialRewardWrapper(
        gym.make(
            "FetchReachDense-v4",
            render_mode="rgb_array",
            width=240,
            height=180,
            default_camera_config=VIEW,
        ),
        TASK,
        vlm="rgbd",
        instances=INSTANCES,
        # Where the ball is hidden there is no number: the last one holds.
        on_invalid="hold",
        terminate=True,
        restarts=3,
    )
    model = SAC("MultiInputPolicy", Monitor(env), learning_starts=500, gamma=0.95, seed=1)
    model.learn(options.steps, log_interval=20, progress_bar=False)
    print(f"success: {success_rate(model, options.episodes):.0%} of {options.episodes} episodes")
    env.close()


if __name__ == "__main__":
    main()

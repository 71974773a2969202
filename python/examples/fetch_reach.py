"""FetchReach of gymnasium-robotics, rewarded by what its camera sees.

    pip install ./python "gymnasium-robotics>=1.4" "mujoco<3.4"
    MUJOCO_GL=egl python python/examples/fetch_reach.py

Moves the gripper to the red ball and prints the measured distance beside the true one. On Debian
the headless rendering needs `apt install libegl1 libgl1-mesa-dri`.
"""

from pathlib import Path

import gymnasium as gym
import gymnasium_robotics
import numpy as np

from spatial_reward import SpatialRewardWrapper

TASK = Path(__file__).parent / "tasks" / "fetch_reach.yaml"

gym.register_envs(gymnasium_robotics)
env = SpatialRewardWrapper(
    gym.make(
        "FetchReachDense-v4",
        render_mode="rgb_array",
        width=320,
        height=240,
        default_camera_config={
            "distance": 1.4,
            "azimuth": 132.0,
            "elevation": -20.0,
            "lookat": np.array([1.3, 0.75, 0.5]),
        },
    ),
    TASK,
    # Measures in MuJoCo's depth and segmentation; "embedded" looks at the colours alone.
    vlm="rgbd",
    instances={
        "the gripper": ["robot0:r_gripper_finger_link", "robot0:l_gripper_finger_link"],
        "the red ball": ["target0"],
    },
)

observation, _ = env.reset(seed=1)
print("step  reward  measured          true    progress")
for step in range(1, 16):
    to_goal = observation["desired_goal"] - observation["achieved_goal"]
    action = np.append(np.clip(3 * to_goal, -1, 1), 0.0).astype(np.float32)
    observation, reward, _, _, info = env.step(action)
    seen = info["spatial_reward"]
    true_m = np.linalg.norm(observation["desired_goal"] - observation["achieved_goal"])
    reach = seen["measurements"]["reach"]
    print(
        f"{step:4}  {reward:6.3f}  {100 * reach['value']:4.1f} ± {100 * reach['sigma']:.1f} cm"
        f"  {100 * true_m:6.1f} cm  {seen['progress']:8.2f}"
    )
env.close()

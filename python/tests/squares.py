"""An environment without OpenGL: two flat squares before a wall."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from spatial_reward import Frame

WIDTH, HEIGHT = 160, 120
# Steps of 2 cm are 3 pixels: the squares are exactly where they are said to be.
CAMERA = np.array([[150.0, 0, 80.0], [0, 150.0, 60.0], [0, 0, 1]])
DEPTH_M = 1.0
HALF_PX = 7

# The reward is the distance of the squares' centres, in metres.
TASK = """
name: approach
objects:
  hand: { phrase: the hand, labels: [1] }
  block: { phrase: the block, labels: [2] }
measurements:
  reach: { kind: distance, subject: hand, object: block, smoothing: none }
reward:
  terms: { near: -1 * reach }
success: reach < 12 cm
"""


class Squares(gym.Env[dict[str, Any], np.int64]):
    """A hand that moves 4 cm along the image at a step: 1 to the right, 2 to the left, 0 not."""

    observation_space = gym.spaces.Dict(
        {
            "pixels": gym.spaces.Box(0, 255, (HEIGHT, WIDTH, 3), np.uint8),
            "depth": gym.spaces.Box(0, 10, (HEIGHT, WIDTH), np.float32),
            "labels": gym.spaces.Box(0, 2, (HEIGHT, WIDTH), np.uint8),
        }
    )
    action_space = gym.spaces.Discrete(3)

    def __init__(self, render_mode: str | None = "rgb_array", length: int = 8) -> None:
        self.metadata = {"render_modes": ["rgb_array"], "render_fps": 10}
        self.render_mode = render_mode
        self.length = length
        self.hand_x_m = 0.0
        self.block_x_m = 0.3
        self.hidden = False
        self.steps = 0

    @property
    def true_distance_m(self) -> float:
        return abs(self.block_x_m - self.hand_x_m)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        super().reset(seed=seed)
        self.steps = 0
        self.hand_x_m = -0.2 + float(self.np_random.integers(0, 5)) * 0.02
        return self.look(), {}

    def step(self, action: np.int64) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        self.steps += 1
        self.hand_x_m += (0.0, 0.04, -0.04)[int(action)]
        return self.look(), 7.0, False, self.steps >= self.length, {}

    def look(self) -> dict[str, Any]:
        image = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
        depth = np.full((HEIGHT, WIDTH), 2.0, np.float32)
        labels = np.zeros((HEIGHT, WIDTH), np.uint8)
        things = [(1, self.hand_x_m, (40, 60, 200))]
        if not self.hidden:
            things.append((2, self.block_x_m, (200, 40, 30)))
        for number, x_m, colour in things:
            u = round(CAMERA[0, 2] + CAMERA[0, 0] * x_m / DEPTH_M)
            rows = slice(60 - HALF_PX, 60 + HALF_PX + 1)
            columns = slice(max(0, u - HALF_PX), u + HALF_PX + 1)
            image[rows, columns] = colour
            depth[rows, columns] = DEPTH_M
            labels[rows, columns] = number
        return {"pixels": image, "depth": depth, "labels": labels}

    def render(self) -> Any:
        return self.look()["pixels"]


def frame_of(env: Squares, **changes: Any) -> Frame:
    seen = env.look()
    fields = {"image": seen["pixels"], "depth": seen["depth"], "labels": seen["labels"]}
    return Frame(**{**fields, "camera": CAMERA, **changes})

"""Environments of gymnasium-robotics: what the images tell, against what MuJoCo knows."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import SyncVectorEnv
from numpy.typing import NDArray

from spatial_reward import (
    Frame,
    MujocoFrames,
    ObservationError,
    SpatialRewardClient,
    SpatialRewardError,
    SpatialRewardVectorWrapper,
    SpatialRewardWrapper,
    depth_buffer_to_metres,
)

robotics = pytest.importorskip("gymnasium_robotics")
pytestmark = pytest.mark.usefixtures("gl")

TASKS = Path(__file__).resolve().parents[1] / "examples" / "tasks"
FINGERS = ["robot0:r_gripper_finger_link", "robot0:l_gripper_finger_link"]
REACH = {"the gripper": FINGERS, "the red ball": ["target0"]}
PICK = {**REACH, "the black block": ["object0"], "the table": ["table0"]}
# Nearer than the environments' own view, so that small images do.
VIEW = {"distance": 1.4, "azimuth": 132.0, "elevation": -20.0, "lookat": np.array([1.3, 0.75, 0.5])}

Make = Callable[..., Any]


@pytest.fixture
def make() -> Iterator[Make]:
    gym.register_envs(robotics)
    made: list[Any] = []

    def make(name: str, width: int = 320, height: int = 240, **options: Any) -> Any:
        options = {"render_mode": "rgb_array", "default_camera_config": VIEW, **options}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made.append(gym.make(name, width=width, height=height, **options))
        return made[-1]

    yield make
    for env in made:
        env.close()


def points_of(frame: Frame, name: str) -> NDArray[np.float64]:
    """The points of what is called so, in the world, by depth, labels, K and poses alone."""
    number = next(i for i, known in frame.label_names.items() if known == name)
    assert frame.labels is not None
    assert frame.depth is not None
    v, u = np.nonzero(frame.labels == number)
    z = frame.depth[v, u].astype(float)
    k = np.asarray(frame.camera)
    seen = np.stack([(u - k[0, 2]) / k[0, 0] * z, (v - k[1, 2]) / k[1, 1] * z, z], axis=1)
    pose = next(pose for pose in frame.poses if pose.frame == "camera")
    x, y, z_, w = pose.orientation
    axes = np.array(
        [
            [1 - 2 * (y * y + z_ * z_), 2 * (x * y - z_ * w), 2 * (x * z_ + y * w)],
            [2 * (x * y + z_ * w), 1 - 2 * (x * x + z_ * z_), 2 * (y * z_ - x * w)],
            [2 * (x * z_ - y * w), 2 * (y * z_ + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    return np.asarray(seen @ axes.T + np.asarray(pose.position))


@pytest.mark.parametrize("size", [(320, 240), (200, 280)])
def test_depth_labels_camera_and_poses_put_each_thing_where_it_is(
    make: Make, size: tuple[int, int]
) -> None:
    env = make("FetchPickAndPlaceDense-v4", *size)
    frames = MujocoFrames(PICK, poses=["robot0:grip", "object0"])
    observation, _ = env.reset(seed=3)
    frame = frames(env, observation)
    frames.close()
    truth = {
        "the black block": observation["achieved_goal"],
        "the red ball": observation["desired_goal"],
    }
    for name, centre in truth.items():
        points = points_of(frame, name)
        radius_m = np.linalg.norm(points - centre, axis=1)
        half_m = 0.02 if name == "the red ball" else 0.025
        # On the surface: of a ball at its radius, of a cube between its face and its corner.
        assert radius_m.min() > half_m - 0.004
        assert radius_m.max() < half_m * 3**0.5 + 0.006
    table = points_of(frame, "the table")
    assert table[:, 2].max() == pytest.approx(0.4, abs=0.003), "its top is at 40 cm"
    told = {pose.frame: pose.position for pose in frame.poses}
    np.testing.assert_allclose(told["robot0:grip"], observation["observation"][:3], atol=1e-6)


def test_the_far_plane_is_no_depth(make: Make) -> None:
    env = make("FetchReachDense-v4", default_camera_config={**VIEW, "elevation": 10.0})
    observation, _ = env.reset(seed=3)
    frame = MujocoFrames(REACH)(env, observation)
    assert frame.depth is not None
    assert frame.labels is not None
    background = frame.labels == 0
    assert background.any()
    assert (frame.depth[background] == 0).all()
    assert (frame.depth[~background] > 0.2).all()


def test_a_depth_buffer_becomes_the_metres_that_the_renderer_gives(make: Make) -> None:
    env = make("FetchReachDense-v4", default_camera_config={**VIEW, "elevation": 10.0})
    env.reset(seed=3)
    frame = MujocoFrames(REACH)(env, None)
    buffer = env.unwrapped.mujoco_renderer.render("depth_array")
    metres = depth_buffer_to_metres(buffer, env.unwrapped.model)
    assert frame.depth is not None
    seen = frame.depth > 0
    assert (~seen).any()
    # The edges of what is drawn smoothly differ.
    assert (metres[~seen] == 0).mean() > 0.98
    difference = np.abs(metres - frame.depth)[seen]
    assert np.median(difference) < 0.002
    assert np.quantile(difference, 0.98) < 0.02
    with pytest.raises(ObservationError, match=r"0\.\.1"):
        depth_buffer_to_metres(frame.depth, env.unwrapped.model)


def test_the_images_of_the_environment_stay_what_they_are(make: Make) -> None:
    plain, looked_at = make("FetchReachDense-v4"), make("FetchReachDense-v4")
    frames = MujocoFrames(REACH)
    for env in (plain, looked_at):
        env.reset(seed=3)
    for _ in range(2):
        frame = frames(looked_at, None)
        np.testing.assert_array_equal(plain.render(), frame.image)
        np.testing.assert_array_equal(plain.render(), looked_at.render())


def test_the_numbers_of_a_model_are_no_labels_of_a_task(make: Make) -> None:
    env = make("FetchReachDense-v4")
    env.reset(seed=3)
    frame = MujocoFrames({2: FINGERS, "the red ball": ["target0"]})(env, None)
    assert frame.labels is not None
    seen = set(np.unique(frame.labels).tolist())
    assert {1, 2} < seen
    assert all(number >= 1000 for number in seen - {0, 1, 2})
    assert frame.label_names[1] == "the red ball"
    assert 2 not in frame.label_names
    assert "table0" in frame.label_names.values()


@pytest.mark.parametrize(
    ("instances", "says"),
    [
        ({"mug": ["no_such_body"]}, "no body, geom or site 'no_such_body'; it has .*table0"),
        ({"mug": "table0"}, "list of names"),
        ({1000: ["table0"]}, "1000 is not between"),
        ({"mug": ["table0"], "cup": ["table0"]}, "named twice"),
    ],
)
def test_instances_that_cannot_be_are_named(make: Make, instances: Any, says: str) -> None:
    env = make("FetchReachDense-v4", 64, 48)
    env.reset(seed=3)
    with pytest.raises(SpatialRewardError, match=says):
        MujocoFrames(instances)(env, None)


def test_a_machine_that_cannot_draw_is_told_what_to_do() -> None:
    program = (
        "import gymnasium as gym, gymnasium_robotics; gym.register_envs(gymnasium_robotics);"
        "from spatial_reward import MujocoFrames;"
        "env = gym.make('FetchReachDense-v4', render_mode='rgb_array', width=64, height=48);"
        "env.reset(); MujocoFrames()(env, None)"
    )
    no_display = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**no_display, "MUJOCO_GL": "glfw", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "set MUJOCO_GL=egl" in done.stderr


def test_a_wrapper_that_changes_the_image_belongs_outside(make: Make) -> None:
    class Half(gym.Wrapper[Any, Any, Any, Any]):
        def render(self) -> Any:
            return np.asarray(self.env.render())[::2, ::2]

    env = Half(make("FetchReachDense-v4"))
    env.reset(seed=3)
    with pytest.raises(ObservationError, match="160x120"):
        MujocoFrames(REACH)(env, None)


@dataclass(frozen=True)
class Truth:
    """Of a distance, in metres: as the environment rewards it, and of what the camera sees."""

    environment_m: float
    seen_m: float


def distances(env: Any, seed: int, steps: int) -> Iterator[tuple[dict[str, Truth], Any]]:
    """True distances beside the measurements, on a way to the thing that is to be reached.

    The environment's gripper is a point 2 cm below the middle of the fingers.
    """
    observation, _ = env.reset(seed=seed)
    data = env.unwrapped.data
    for _ in range(steps):
        grip, goal = observation["observation"][:3], observation["desired_goal"]
        achieved = observation["achieved_goal"]
        aim = goal if np.allclose(grip, achieved) else achieved + np.array([0, 0, 0.06])
        action = np.append(np.clip((aim - grip) * 5, -1, 1), 1.0).astype(np.float32)
        observation, _, _, _, info = env.step(action)
        grip, achieved = observation["observation"][:3], observation["achieved_goal"]
        aim = goal if np.allclose(grip, achieved) else achieved
        fingers = np.mean([data.geom(name).xpos for name in FINGERS], axis=0)
        place_m = float(np.linalg.norm(achieved - goal))
        truth = {
            "reach": Truth(float(np.linalg.norm(aim - grip)), float(np.linalg.norm(aim - fingers))),
            "place": Truth(place_m, place_m),
        }
        yield truth, info["spatial_reward"]


@pytest.mark.parametrize(
    ("name", "task", "instances"),
    [
        ("FetchReachDense-v4", "fetch_reach", REACH),
        ("FetchPickAndPlaceDense-v4", "fetch_pick", PICK),
    ],
)
def test_distances_are_those_that_the_simulator_knows(
    make: Make, capsys: pytest.CaptureFixture[str], name: str, task: str, instances: Any
) -> None:
    env: Any = SpatialRewardWrapper(
        make(name), TASKS / f"{task}.yaml", vlm="rgbd", instances=instances
    )
    errors: dict[str, list[tuple[float, float]]] = {}
    asked = 0
    for seed in (1, 2):
        for truth, told in distances(env, seed, 8):
            asked += 1
            for key, measured in told["measurements"].items():
                if measured["validity"] != "ok":
                    # Hidden or out of the picture: no number is made up.
                    assert measured["validity"] == "stale" or measured["value"] is None
                    continue
                error_m = measured["value"] - truth[key].environment_m
                seen_error_m = measured["value"] - truth[key].seen_m
                assert abs(error_m) < 3 * measured["sigma"], (key, measured, truth)
                errors.setdefault(key, []).append((error_m, seen_error_m))
    env.close()
    for key, pairs in errors.items():
        to_environment, to_seen = 1000 * np.abs(np.array(pairs)).T
        with capsys.disabled():
            print(
                f"\n{name} {key}, {len(pairs)} of {asked} images: error to the environment's "
                f"distance median {np.median(to_environment):.1f} mm, largest "
                f"{to_environment.max():.1f} mm; to that of the things seen median "
                f"{np.median(to_seen):.1f} mm, largest {to_seen.max():.1f} mm"
            )
        assert np.median(to_environment) < 20
        assert to_environment.max() < 35
        assert np.median(to_seen) < 12
        assert len(pairs) >= asked / 2


def test_the_reward_is_that_distance(make: Make) -> None:
    env: Any = SpatialRewardWrapper(
        make("FetchReachDense-v4"), TASKS / "fetch_reach.yaml", vlm="rgbd", instances=REACH
    )
    env.reset(seed=1)
    # Some other ways take the gripper out of view, where the last reward is held.
    env.action_space.seed(1)
    rewards = []
    for _ in range(4):
        _, reward, _, _, info = env.step(env.action_space.sample())
        reach = info["spatial_reward"]["measurements"]["reach"]
        assert reward == pytest.approx(-reach["value"])
        rewards.append(reward)
    assert len(set(rewards)) == 4
    env.close()


def test_colours_alone_are_asked_about_with_the_model_of_the_package(make: Make) -> None:
    env: Any = SpatialRewardWrapper(make("FetchReachDense-v4"), TASKS / "fetch_reach.yaml")
    _, info = env.reset(seed=1)
    told = info["spatial_reward"]
    assert "embedded" in told["model"]
    # It has never seen such a picture: it may refuse, but not fail.
    assert told["validity"] in {"ok", "stale", "invalid"}
    env.close()


def test_several_environments_have_a_camera_each(make: Make) -> None:
    env = SpatialRewardVectorWrapper(
        SyncVectorEnv([lambda: make("FetchReachDense-v4")] * 2),
        TASKS / "fetch_reach.yaml",
        vlm="rgbd",
        instances=REACH,
    )
    env.reset(seed=[1, 2])
    observations, rewards, *_ = env.step(np.zeros((2, 4), np.float32))
    true_m = np.linalg.norm(observations["achieved_goal"] - observations["desired_goal"], axis=1)
    np.testing.assert_allclose(rewards, -true_m, atol=0.03)
    env.close()


def test_the_checker_of_gymnasium_passes(make: Make, client: SpatialRewardClient) -> None:
    env: Any = SpatialRewardWrapper(
        make("FetchReachDense-v4", 160, 120),
        TASKS / "fetch_reach.yaml",
        client=client,
        instances=REACH,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_env(env, skip_render_check=True)
    env.close()

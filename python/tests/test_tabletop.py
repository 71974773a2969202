from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from spatial_reward import (
    NodeServer,
    ServerError,
    SpatialRewardClient,
    SpatialRewardError,
    SpatialRewardWrapper,
    TabletopEnv,
    make_tabletop_env,
)

SMALL = {"width": 32, "height": 24}
TASKS = Path(__file__).resolve().parents[2] / "examples" / "tasks"
TASK = TASKS / "reach.yaml"
KINEMATIC_TASK = TASKS / "pick_and_place.yaml"


@pytest.fixture(scope="module")
def simulator(cli: list[str]) -> Iterator[NodeServer]:
    with NodeServer(["sim", "serve"]) as server:
        yield server


@pytest.fixture
def make(simulator: NodeServer) -> Iterator[Callable[..., TabletopEnv]]:
    made: list[TabletopEnv] = []

    def make(task: Any = "reach_tray", **options: Any) -> TabletopEnv:
        made.append(make_tabletop_env(task, server=simulator, **{**SMALL, **options}))
        return made[-1]

    yield make
    for env in made:
        env.close()


@pytest.mark.parametrize(
    ("task", "observed"),
    [("reach", "state"), ("push", "pixels"), ("pick_and_place", "both")],
)
def test_it_passes_the_checker_of_gymnasium(
    make: Callable[..., TabletopEnv], task: str, observed: str
) -> None:
    env = make(task, observed=observed, render_mode="rgb_array")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # An environment that was not made by gymnasium.make has no spec to make another from.
        warnings.filterwarnings("ignore", message=".*not having a spec.*")
        check_env(env)


def test_an_action_moves_the_gripper(make: Callable[..., TabletopEnv]) -> None:
    env = make(max_steps=2)
    first, _ = env.reset(seed=3)
    second, reward, terminated, truncated, info = env.step(np.array([1, 0, 0], np.float32))
    x = env.state_names.index("gripper_x")
    assert second[x] > first[x] + 0.02
    assert (terminated, truncated) == (False, False)
    assert reward == pytest.approx(-info["reach_m"])
    assert env.step(np.zeros(3, np.float32))[3] is True


def test_the_seed_decides_the_scene(make: Callable[..., TabletopEnv]) -> None:
    env = make(observed="pixels")
    scenes = [env.reset(seed=seed)[0] for seed in [5, 6, 5]]
    assert np.array_equal(scenes[0], scenes[2])
    assert not np.array_equal(scenes[0], scenes[1])
    assert not np.array_equal(env.reset()[0], env.reset()[0])


def test_a_sparse_reward_is_success(make: Callable[..., TabletopEnv]) -> None:
    env = make(reward="sparse")
    observation, _ = env.reset(seed=3)
    ways = [env.state_names.index(f"tray_from_gripper_{axis}") for axis in "xyz"]
    rewards = []
    for _ in range(8):
        observation, reward, _, _, info = env.step(observation[ways] * 8)
        assert reward == float(info["is_success"])
        rewards.append(reward)
    assert (rewards[0], rewards[-1]) == (0.0, 1.0)


def test_rewards_come_from_its_images(make: Callable[..., TabletopEnv], cli: list[str]) -> None:
    with SpatialRewardClient(TASK, vlm="rgbd") as client:
        env: gym.Env[Any, Any] = SpatialRewardWrapper(
            make("reach", width=160, height=120), client=client
        )
        _, info = env.reset(seed=7)
        for _ in range(2):
            _, _, _, _, info = env.step(np.array([0, 0, -0.5], np.float32))
            told = info["spatial_reward"]
            assert told["validity"] == "ok"
            measured = told["measurements"]["reach"]["value"]
            assert measured == pytest.approx(info["reach_m"], abs=0.02)


def test_what_the_model_says_is_fused_with_what_the_robot_tells(
    make: Callable[..., TabletopEnv], cli: list[str]
) -> None:
    plugin = ("--plugin", str(Path(__file__).with_name("crude_model.js")))
    with SpatialRewardClient(KINEMATIC_TASK, vlm="crude", options=plugin) as client:
        env: gym.Env[Any, Any] = SpatialRewardWrapper(make("pick_and_place"), client=client)
        env.reset(seed=7)
        for height in [1, 1, -1]:
            told = env.step(np.array([0, 0, height, 1], np.float32))[4]["spatial_reward"]
            measured = told["measurements"]["reach"]
            assert measured["basis"] == "fused", measured["reason"]
        # Its own answer alone would be 30 cm at every step.
        assert measured["raw"] == pytest.approx(0.3)
        assert measured["value"] != pytest.approx(0.3, abs=1e-6)


def test_several_share_one_simulator(simulator: NodeServer) -> None:
    several = gym.vector.SyncVectorEnv(
        [lambda: make_tabletop_env("reach", server=simulator, **SMALL)] * 2
    )
    observations, _ = several.reset(seed=[1, 2])
    assert observations.shape == (2, 19)
    assert not np.array_equal(observations[0], observations[1])
    several.close()
    assert simulator.alive


def test_it_starts_and_ends_its_own_simulator(cli: list[str]) -> None:
    env = make_tabletop_env("reach", **SMALL)
    env.reset(seed=1)
    server = env._server
    env.close()
    env.close()
    assert not server.alive
    with pytest.raises(SpatialRewardError, match="closed"):
        env.reset()


@pytest.mark.parametrize(
    ("options", "error", "named"),
    [
        ({"task": "fly"}, ServerError, "task"),
        ({"width": 1}, ServerError, "width"),
        ({"observed": "smell"}, ValueError, "observed"),
        ({"reward": "none"}, ValueError, "reward"),
        ({"render_mode": "human"}, ValueError, "render_mode"),
    ],
)
def test_what_is_wrong_is_named(
    make: Callable[..., TabletopEnv], options: dict[str, Any], error: type[Exception], named: str
) -> None:
    with pytest.raises(error, match=named):
        make(**options)


def test_a_wrong_action_is_refused(make: Callable[..., TabletopEnv]) -> None:
    env = make()
    env.reset(seed=1)
    with pytest.raises(ServerError, match="must be 3 numbers"):
        env.step(np.zeros(2, np.float32))
    with pytest.raises(ServerError, match=r"actions\.0\.1"):
        env.step(np.array([0, np.nan, 0], np.float32))

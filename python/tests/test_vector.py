from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AsyncVectorEnv, AutoresetMode, SyncVectorEnv
from squares import CAMERA, TASK, Squares

from spatial_reward import (
    ObservedFrames,
    RenderedFrames,
    ServerError,
    SpatialRewardClient,
    SpatialRewardError,
    SpatialRewardVectorWrapper,
    SpatialRewardWrapper,
)

OBSERVED = ObservedFrames("pixels", depth="depth", labels="labels", camera=CAMERA)
LENGTHS = [3, 5]
ACTIONS = np.array([[1, 1], [1, 2], [1, 0], [0, 1], [1, 1], [2, 1], [1, 1]])


def environments(mode: AutoresetMode, kind: type[Squares] = Squares) -> Any:
    makers = [lambda n=n: kind(length=n) for n in LENGTHS]
    return SyncVectorEnv(makers, autoreset_mode=mode)


def rewards_alone(client: SpatialRewardClient, i: int, actions: Any) -> list[float]:
    """Of one environment, reset as Gymnasium resets it in the next step."""
    env: Any = SpatialRewardWrapper(Squares(length=LENGTHS[i]), client=client, frames=OBSERVED)
    env.reset(seed=7 + i)
    rewards, done = [], False
    for action in actions:
        if done:
            env.reset()
            rewards.append(0.0)
            done = False
        else:
            _, reward, _, done, _ = env.step(action)
            rewards.append(float(reward))
    env.close()
    return rewards


def test_each_environment_gets_what_it_would_get_alone(client: SpatialRewardClient) -> None:
    env = SpatialRewardVectorWrapper(
        environments(AutoresetMode.NEXT_STEP), client=client, frames=OBSERVED
    )
    _, infos = env.reset(seed=7)
    assert infos["_spatial_reward"].all()
    together = np.array([env.step(actions)[1] for actions in ACTIONS])
    env.close()
    for i in range(2):
        assert together[:, i].tolist() == rewards_alone(client, i, ACTIONS[:, i])


def test_the_last_image_of_an_episode_counts_where_environments_reset_in_the_same_step(
    client: SpatialRewardClient,
) -> None:
    env = SpatialRewardVectorWrapper(
        environments(AutoresetMode.SAME_STEP), client=client, frames=OBSERVED
    )
    env.reset(seed=7)
    rewards = [env.step(actions)[1] for actions in ACTIONS[:3]]
    expected = np.array([rewards_alone(client, i, ACTIONS[:3, i]) for i in range(2)]).T
    np.testing.assert_array_equal(rewards, expected)
    *_, infos = env.step(ACTIONS[3])
    stamps = [info["stamp_ns"] for info in infos["spatial_reward"]]
    assert stamps == ["100000000", "400000000"], "the first has begun anew"
    env.close()


def test_rendered_images_are_refused_where_the_last_one_is_lost(
    client: SpatialRewardClient,
) -> None:
    with pytest.raises(SpatialRewardError, match="NEXT_STEP"):
        SpatialRewardVectorWrapper(environments(AutoresetMode.SAME_STEP), client=client)


def test_environments_that_are_reset_by_hand_begin_one_by_one(client: SpatialRewardClient) -> None:
    env = SpatialRewardVectorWrapper(
        environments(AutoresetMode.DISABLED), client=client, frames=OBSERVED
    )
    env.reset(seed=7)
    for actions in ACTIONS[:3]:
        *_, truncations, _ = env.step(actions)
    assert truncations.tolist() == [True, False]
    _, infos = env.reset(options={"reset_mask": truncations})
    assert infos["_spatial_reward"].tolist() == [True, False]
    _, rewards, *_ = env.step(ACTIONS[3])
    assert (rewards < 0).all()
    env.close()


def test_an_interval_and_the_weights_hold_for_each(client: SpatialRewardClient) -> None:
    env = SpatialRewardVectorWrapper(
        environments(AutoresetMode.NEXT_STEP),
        client=client,
        frames=OBSERVED,
        interval=2,
        weight=2.0,
        env_weight=1.0,
    )
    env.reset(seed=7)
    _, rewards, *_, infos = env.step(ACTIONS[0])
    assert rewards.tolist() == [7.0, 7.0]
    assert not infos["_spatial_reward"].any()
    _, rewards, *_, infos = env.step(ACTIONS[1])
    told = [info["reward"] for info in infos["spatial_reward"]]
    assert rewards.tolist() == [2 * reward + 7 for reward in told]
    env.close()


def test_environments_of_other_processes_are_seen_by_what_they_render(
    client: SpatialRewardClient,
) -> None:
    makers = [lambda: Squares(length=3) for _ in range(2)]
    env = SpatialRewardVectorWrapper(
        AsyncVectorEnv(makers), client=client, frames=RenderedFrames(CAMERA), on_invalid="hold"
    )
    env.reset(seed=1)
    *_, infos = env.step(np.array([1, 1]))
    reasons = [info["reason"] for info in infos["spatial_reward"]]
    assert all("depth" in reason for reason in reasons), reasons
    env.close()


def test_an_environment_whose_step_was_refused_is_named(client: SpatialRewardClient) -> None:
    class Shrinking(Squares):
        def render(self) -> Any:
            return super().render()[:: 2 if self.steps and self.length == 5 else 1]

    env = SpatialRewardVectorWrapper(
        environments(AutoresetMode.NEXT_STEP, Shrinking), client=client, frames=RenderedFrames()
    )
    env.reset(seed=1)
    with pytest.raises(ServerError, match=r"environment 1: .*160x60"):
        env.step(ACTIONS[0])
    env.close()


def test_sources_are_one_for_all_or_one_for_each(client: SpatialRewardClient) -> None:
    with pytest.raises(ValueError, match="3 for 2"):
        SpatialRewardVectorWrapper(
            environments(AutoresetMode.NEXT_STEP), client=client, frames=[OBSERVED] * 3
        )


@pytest.mark.usefixtures("cli")
def test_one_server_is_started_for_all_and_ends_with_them() -> None:
    env = SpatialRewardVectorWrapper(
        environments(AutoresetMode.NEXT_STEP), TASK, vlm="rgbd", frames=OBSERVED
    )
    server = env.client.server
    assert server is not None
    env.reset()
    env.close()
    assert not server.alive


def test_gymnasium_has_no_warning_for_it(client: SpatialRewardClient) -> None:
    env = SpatialRewardVectorWrapper(
        environments(AutoresetMode.NEXT_STEP), client=client, frames=OBSERVED
    )
    assert isinstance(env, gym.vector.VectorEnv)
    assert env.num_envs == 2
    env.close()

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from squares import CAMERA, TASK, Squares

from spatial_reward import (
    InvalidRewardError,
    ObservationError,
    ObservedFrames,
    ServerError,
    ServerGoneError,
    SpatialRewardClient,
    SpatialRewardError,
    SpatialRewardWrapper,
)

Wrap = Callable[..., "SpatialRewardWrapper[Any, Any]"]
OBSERVED = ObservedFrames("pixels", depth="depth", labels="labels", camera=CAMERA)
SHAPED = TASK.replace(
    "  terms: { near: -1 * reach }", "  shaping: { gamma: 1, potential: -1 * reach }"
)


@pytest.fixture
def wrap(client: SpatialRewardClient) -> Iterator[Wrap]:
    made: list[SpatialRewardWrapper[Any, Any]] = []

    def make(env: gym.Env[Any, Any] | None = None, **options: Any) -> Any:
        defaults: dict[str, Any] = {"frames": OBSERVED, "client": client}
        made.append(SpatialRewardWrapper(env or Squares(), **{**defaults, **options}))
        return made[-1]

    yield make
    for env in made:
        env.close()


def squares(env: gym.Env[Any, Any]) -> Squares:
    assert isinstance(env.unwrapped, Squares)
    return env.unwrapped


def test_the_reward_is_that_of_the_image_after_the_step(wrap: Wrap) -> None:
    env = wrap()
    _, info = env.reset(seed=3)
    told = info["spatial_reward"]
    assert told["reward"] == pytest.approx(-squares(env).true_distance_m, rel=0.05)
    assert (told["used"], told["invalid_steps"], told["restarts"]) == (0.0, 0, 0)
    for action in [1, 1, 2, 0]:
        _, reward, terminated, truncated, info = env.step(action)
        # Solid things are taken to go on behind what is seen of them, which these do not.
        assert reward == pytest.approx(-squares(env).true_distance_m, rel=0.05)
        assert (terminated, truncated) == (False, False)
        assert info["spatial_reward"]["used"] == reward
        assert info["spatial_reward"]["measurements"]["reach"]["validity"] == "ok"


def test_rewards_are_mixed_by_weight(wrap: Wrap) -> None:
    env = wrap(weight=2.0, env_weight=0.5)
    env.reset(seed=3)
    _, reward, _, _, info = env.step(1)
    assert reward == pytest.approx(2 * info["spatial_reward"]["reward"] + 0.5 * 7)


def test_images_that_are_rendered_need_a_camera_matrix_to_be_measured(wrap: Wrap) -> None:
    env = wrap(frames=None, camera=CAMERA)
    _, info = env.reset()
    assert info["spatial_reward"]["validity"] == "invalid"
    assert "depth" in info["spatial_reward"]["reason"], "the camera is known and the depth is not"


@pytest.mark.parametrize(("on_invalid", "expected"), [("zero", 0.0), ("hold", "the last")])
def test_an_invalid_reward_is_zero_or_held_and_counted(
    wrap: Wrap, on_invalid: str, expected: object
) -> None:
    env = wrap(on_invalid=on_invalid)
    squares(env).hidden = True
    env.reset(seed=3)
    assert env.step(1)[1] == 0.0, "nothing to hold yet"
    squares(env).hidden = False
    last = env.step(1)[1]
    squares(env).hidden = True
    # A measurement is held by the task for half a second, as a stale one, before it is invalid.
    steps = [env.step(0) for _ in range(6)]
    _, reward, _, _, info = steps[-1]
    told = info["spatial_reward"]
    assert told["validity"] == "invalid"
    assert (told["reward"], told["progress"], told["terms"]) == (None, None, {})
    assert "no_object" in told["reason"]
    assert told["invalid_steps"] >= 2
    assert reward == (last if expected == "the last" else expected)
    _, info = env.reset()
    assert info["spatial_reward"]["invalid_steps"] == 0


BOTH = TASK.replace("reward:", "reward:\n  shaping: { gamma: 1, potential: -10 * reach }")


@pytest.mark.parametrize(
    ("task", "held"),
    [
        (TASK, True),
        (TASK.replace("-1 * reach", "exp(-reach / 10 cm)"), False),
        (SHAPED, False),
        (BOTH, True),
    ],
)
def test_without_a_choice_no_policy_gains_from_hiding_things(
    wrap: Wrap, task: str, held: bool
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = wrap(task=task, dt_s=2.0)
    _, info = env.reset(seed=3)
    first = info["spatial_reward"]["reward"]
    squares(env).hidden = True
    _, reward, _, _, info = env.step(0)
    assert info["spatial_reward"]["validity"] == "invalid"
    assert reward == (first if held else 0.0)
    squares(env).hidden = False
    _, reward, _, _, info = env.step(1)
    terms = info["spatial_reward"]["terms"]
    squares(env).hidden = True
    # Shaping is not paid twice.
    assert env.step(0)[1] == (pytest.approx(terms["near"]) if held else 0.0)
    # What was the lowest stands in where an episode has shown nothing yet.
    env.reset(seed=3)
    assert env.step(0)[1] == (first if held else 0.0)


def test_a_zero_that_would_be_the_best_reward_is_warned_of(wrap: Wrap) -> None:
    with pytest.warns(UserWarning, match="hide things from the camera") as told:
        wrap(on_invalid="zero")
    assert [Path(warning.filename).name for warning in told] == [Path(__file__).name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        wrap(on_invalid="zero", task=SHAPED)
        wrap(on_invalid="hold")
        wrap(on_invalid="raise")


def test_an_invalid_reward_is_raised_where_that_is_wanted_and_never_at_a_reset(wrap: Wrap) -> None:
    env = wrap(on_invalid="raise")
    squares(env).hidden = True
    env.reset()
    with pytest.raises(InvalidRewardError, match="Step 1: reach: no_object"):
        env.step(0)


@pytest.mark.parametrize("between", ["zero", "hold"])
def test_an_interval_asks_at_every_nth_step_and_at_the_end(wrap: Wrap, between: str) -> None:
    env = wrap(Squares(length=5), interval=3, between=between)
    env.reset(seed=3)
    steps = [env.step(1) for _ in range(5)]
    asked = ["spatial_reward" in info for *_, info in steps]
    assert asked == [False, False, True, False, True]
    rewards = [step[1] for step in steps]
    assert rewards[0] == rewards[1] == 0.0
    assert rewards[3] == (rewards[2] if between == "hold" else 0.0)
    assert steps[2][4]["spatial_reward"]["stamp_ns"] == str(300_000_000), "steps take time all"


def test_shaping_adds_up_to_the_same_with_an_interval(wrap: Wrap) -> None:
    def total(interval: int) -> float:
        env = wrap(Squares(length=6), task=SHAPED, interval=interval)
        env.reset(seed=3)
        return sum(float(env.step(1)[1]) for _ in range(6))

    assert total(2) == pytest.approx(total(1), abs=0.02)


def test_a_task_that_succeeds_ends_the_episode_only_where_that_is_wanted(wrap: Wrap) -> None:
    for terminate in [False, True]:
        env = wrap(Squares(length=50), terminate=terminate)
        env.reset(seed=3)
        for _ in range(40):
            _, _, terminated, _, info = env.step(1)
            if info["spatial_reward"]["ended"] is not None:
                break
        assert info["spatial_reward"]["success"]
        assert terminated is terminate


def test_observations_spaces_and_infos_stay_as_they_are(wrap: Wrap) -> None:
    env = wrap()
    assert env.observation_space == Squares.observation_space
    seen, _ = env.reset(seed=3)
    np.testing.assert_array_equal(seen["labels"], squares(env).look()["labels"])


def test_it_is_named_in_the_spec_of_the_environment(wrap: Wrap) -> None:
    gym.register("Squares-v0", lambda **options: Squares(**options), max_episode_steps=10)
    try:
        env = wrap(gym.make("Squares-v0"))
        spec = env.spec
    finally:
        gym.registry.pop("Squares-v0")
    assert spec is not None
    assert spec.additional_wrappers[-1].name == "SpatialRewardWrapper"


def test_the_checker_of_gymnasium_passes(wrap: Wrap) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # It prefers to see no wrapper at all; and the toy is in no registry.
        warnings.filterwarnings("ignore", message=".*(unwrapped version|no spec).*")
        check_env(wrap(), skip_render_check=True)


def test_choices_that_do_not_exist_are_refused_before_a_server_starts() -> None:
    for options, says in [
        ({"on_invalid": "ignore"}, "on_invalid"),
        ({"between": "mean"}, "between"),
        ({"interval": 0}, "interval"),
        ({"interval": 2.5}, "interval"),
        ({"instances": {"hand": ["body"]}}, "MuJoCo"),
        ({"dt_s": float("nan")}, "dt_s"),
    ]:
        with pytest.raises(ValueError, match=says):
            SpatialRewardWrapper(Squares(), TASK, **options)  # type: ignore[arg-type]
    unknown = Squares()
    unknown.metadata = {}
    with pytest.raises(ValueError, match="dt_s"):
        SpatialRewardWrapper(unknown, TASK, interval=2)


def test_of_several_cameras_one_is_named(wrap: Wrap) -> None:
    task = TASK + "cameras:\n  front: { color: /front }\n  side: { color: /side }\n"
    with pytest.raises(ServerError, match="front, side"):
        wrap(task=task)
    _, info = wrap(task=task, camera_name="side").reset()
    assert info["spatial_reward"]["camera"] == "side"


def test_an_environment_that_renders_nothing_is_told_how_to_be_made(wrap: Wrap) -> None:
    class Blind(Squares):
        def render(self) -> None:
            return None

    with pytest.raises(ObservationError, match=r'render_mode="rgb_array"'):
        wrap(Blind(render_mode=None), frames=None).reset()


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        (lambda seen: {"pixels": seen["pixels"] / 255.0}, ObservationError, "uint8"),
        (lambda seen: {"pixels": seen["pixels"][::2]}, ObservationError, "size"),
        (lambda seen: {"depth": seen["depth"].astype(np.int64)}, ObservationError, "int64"),
        (lambda seen: {name: seen[name][::2] for name in seen}, ServerError, "160x60"),
    ],
)
def test_what_is_wrong_in_mid_episode_is_named(
    wrap: Wrap, changed: Any, error: type[Exception], says: str
) -> None:
    class Changing(Squares):
        def look(self) -> dict[str, Any]:
            seen = super().look()
            return {**seen, **changed(seen)} if self.steps == 2 else seen

    env = wrap(Changing())
    env.reset(seed=1)
    env.step(0)
    with pytest.raises(error, match=says):
        env.step(0)


def test_depth_that_is_not_a_number_gives_an_invalid_reward_and_no_zero_distance(
    wrap: Wrap,
) -> None:
    class Blinded(Squares):
        def look(self) -> dict[str, Any]:
            return {**super().look(), "depth": np.full((120, 160), np.nan, np.float32)}

    env = wrap(Blinded())
    env.reset()
    assert env.step(0)[4]["spatial_reward"]["reward"] is None


@pytest.mark.usefixtures("cli")
def test_it_starts_its_own_server_and_ends_it_with_the_environment() -> None:
    env: Any = SpatialRewardWrapper(Squares(), TASK, vlm="rgbd", frames=OBSERVED)
    server = env.client.server
    env.reset()
    assert server.alive
    env.close()
    assert not server.alive
    with pytest.raises(SpatialRewardError, match="closed"):
        env.reset()


@pytest.mark.usefixtures("cli")
def test_a_server_that_died_is_told_or_started_again_and_the_info_counts() -> None:
    for restarts in [0, 1]:
        env: Any = SpatialRewardWrapper(
            Squares(), TASK, vlm="rgbd", frames=OBSERVED, restarts=restarts
        )
        env.reset()
        os.kill(env.client.server.pid, signal.SIGKILL)
        if restarts:
            assert env.step(1)[4]["spatial_reward"]["restarts"] == 1
        else:
            with pytest.raises(ServerGoneError, match="died"):
                env.step(1)
        env.close()

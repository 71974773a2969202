"""The step in a pipeline of LeRobot; skipped where LeRobot is not installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from squares import CAMERA, TASK, Squares

from spatial_reward import NodeServer, ObservationError

processor = pytest.importorskip("lerobot.processor")
step_module = pytest.importorskip("spatial_reward.lerobot")

KEY = "observation.image"


@pytest.fixture(scope="module")
def server(cli: list[str]) -> Any:
    with NodeServer(["serve", "--vlm", "rgbd"]) as server:
        yield server


def transition(pixels: Any, reward: float = 0.0) -> Any:
    from lerobot.processor.converters import create_transition

    return create_transition(observation={"pixels": pixels}, reward=reward, info={"mine": 1})


def pipeline(step: Any) -> Any:
    return processor.DataProcessorPipeline(
        steps=[processor.VanillaObservationProcessorStep(), step],
        to_transition=lambda given: given,
        to_output=lambda given: given,
    )


def make_step(server: Any, **options: Any) -> Any:
    defaults = {"task": TASK, "url": server.address, "camera": CAMERA.tolist(), "fps": 10.0}
    return step_module.SpatialRewardProcessorStep(**{**defaults, **options})


def test_it_is_registered_under_its_name() -> None:
    found = processor.ProcessorStepRegistry.get("spatial_reward")
    assert found is step_module.SpatialRewardProcessorStep


def test_the_image_arrives_as_it_was_before_lerobot_made_a_tensor_of_it(server: Any) -> None:
    env = Squares()
    env.reset(seed=1)
    torch = pytest.importorskip("torch")
    pixels = np.random.default_rng(1).integers(0, 256, env.look()["pixels"].shape, np.uint8)
    made = processor.VanillaObservationProcessorStep().observation({"pixels": pixels})
    assert made[KEY].dtype == torch.float32
    np.testing.assert_array_equal(step_module._image(made[KEY]), pixels)


def test_an_episode_begins_at_a_reset_and_what_the_transition_has_stays(server: Any) -> None:
    env = Squares()
    env.reset(seed=1)
    steps = pipeline(make_step(server, on_invalid="zero"))
    for episode in range(2):
        steps.reset()
        first = steps(transition(env.look()["pixels"], reward=0.25))
        second = steps(transition(env.look()["pixels"], reward=0.25))
        told = [given["info"]["spatial_reward"] for given in (first, second)]
        assert [one["stamp_ns"] for one in told] == ["0", "100000000"], episode
        # No depth, no number: the model says so, and the environment's own reward stays.
        assert told[1]["validity"] == "invalid"
        assert "depth" in told[1]["reason"]
        assert told[1]["invalid_steps"] == 1
        assert (first["reward"], second["reward"]) == (0.25, 0.25)
        assert second["info"]["mine"] == 1
        assert not second["done"]


def test_a_saved_pipeline_has_the_task_and_no_secret(server: Any, tmp_path: Path) -> None:
    task_file, token_file = tmp_path / "approach.yaml", tmp_path / "token"
    task_file.write_text(TASK)
    token_file.write_text("a-secret-that-stays-here")
    step = make_step(server, task=str(task_file), token_file=str(token_file))
    pipeline(step).save_pretrained(tmp_path / "saved")
    task_file.unlink()
    text = "".join(file.read_text() for file in (tmp_path / "saved").glob("*.json"))
    assert "a-secret" not in text
    loaded = processor.DataProcessorPipeline.from_pretrained(
        tmp_path / "saved", config_filename="dataprocessorpipeline.json"
    )
    assert loaded.steps[1].get_config() == step.get_config()
    assert "name: approach" in loaded.steps[1].task


def test_an_image_that_is_none_or_normalised_is_refused(server: Any) -> None:
    torch = pytest.importorskip("torch")
    step = make_step(server, image_key="observation.images.top")
    with pytest.raises(ObservationError, match=r"no 'observation.images.top': it has .*image"):
        pipeline(step)(transition(Squares().look()["pixels"]))
    for image, says in [
        (torch.full((1, 3, 4, 4), -1.5), "-1.5 to -1.5"),
        (torch.full((1, 3, 4, 4), float("nan")), "nan"),
        (torch.zeros((2, 3, 4, 4)), "not 2"),
    ]:
        with pytest.raises(ObservationError, match=says):
            step_module._image(image)


@pytest.mark.usefixtures("cli")
def test_it_starts_a_server_of_its_own_at_the_first_transition() -> None:
    step: Any = step_module.SpatialRewardProcessorStep(task=TASK, vlm="rgbd")
    before = step._client
    pipeline(step)(transition(Squares().look()["pixels"]))
    assert before is None
    server = step._client.server
    assert server.alive
    step.close()
    assert not server.alive

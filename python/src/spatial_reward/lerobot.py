"""A processor step for LeRobot's reinforcement learning (HIL-SERL).

Importing this module registers the step as `spatial_reward`. It needs LeRobot 0.6.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from lerobot.processor import ProcessorStep, ProcessorStepRegistry, TransitionKey
from numpy.typing import NDArray

from .client import RewardSession, SpatialRewardClient
from .episode import INFO_KEY, EpisodeReward, OnInvalid, timed, warn_of_zero
from .errors import ObservationError
from .frame import Frame

REGISTRY_NAME = "spatial_reward"


@ProcessorStepRegistry.register(REGISTRY_NAME)
@dataclass
class SpatialRewardProcessorStep(ProcessorStep):  # type: ignore[misc]
    """Rewards the image of each transition, as LeRobot's reward classifier does.

    It goes after the step that makes LeRobot's images (`VanillaObservationProcessorStep`). The
    first transition after `reset` begins the episode and gets no reward of the task. The info gets
    `spatial_reward`, as `SpatialRewardWrapper` tells it.

    Attributes:
        task: A task file, or its YAML text, which is what is saved with the pipeline.
        image_key: The image in the observation: `(B, C, H, W)` or `(C, H, W)` in 0..1, B = 1.
        vlm: The model of the server that is started at the first transition.
        url: A server that runs already.
        token_file: A file with the token of that server. Its contents are not saved.
        camera: The 3x3 camera matrix K of the image in pixels, after cropping and resizing.
        fps: Transitions a second. Without it the server counts them at the task's rate.
        weight: By how much the reward of the images counts.
        env_weight: By how much the reward that the transition has counts.
        on_invalid: What an invalid reward is: "zero", "hold" or "raise", as `SpatialRewardWrapper`
            has it.
        terminate_on_success: Whether the task's success ends the episode.
    """

    task: str
    image_key: str = "observation.image"
    vlm: str = "embedded"
    url: str | None = None
    token_file: str | None = None
    camera: list[list[float]] | None = None
    fps: float | None = None
    weight: float = 1.0
    env_weight: float = 1.0
    on_invalid: OnInvalid | None = None
    terminate_on_success: bool = True

    _session: RewardSession | None = field(default=None, init=False, repr=False)
    _client: SpatialRewardClient | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        """Reads the task, so that what is saved is complete."""
        if "\n" not in self.task:
            self.task = Path(self.task).read_text(encoding="utf-8")
        self._episode = EpisodeReward(self.on_invalid, "zero", 1)
        self._is_first = True

    def __call__(self, transition: Any) -> Any:
        """The transition with the reward of its image."""
        observation = transition.get(TransitionKey.OBSERVATION) or {}
        if self.image_key not in observation:
            raise ObservationError(
                f"The observation has no {self.image_key!r}: it has {', '.join(observation)}."
            )
        session = self._opened()
        if self._is_first:
            session.reset()
            self._episode.begin()
        else:
            self._episode.next_step()
        frame = Frame(_image(observation[self.image_key]), camera=self.camera)
        dt_s = None if self.fps is None else 1 / self.fps
        row = session.step(timed(frame, self._episode.step, dt_s))
        if self._is_first:
            self._episode.began(row)
        used = 0.0 if self._is_first else self._episode.used(row)
        self._is_first = False

        new = transition.copy()
        own = float(transition.get(TransitionKey.REWARD) or 0.0)
        new[TransitionKey.REWARD] = self.weight * used + self.env_weight * own
        if self.terminate_on_success and row["success"]:
            new[TransitionKey.DONE] = True
        told = self._episode.info(row, session.restarts, used)
        new[TransitionKey.INFO] = {**(transition.get(TransitionKey.INFO) or {}), INFO_KEY: told}
        return new

    def reset(self) -> None:
        """The next transition begins an episode."""
        self._is_first = True

    def close(self) -> None:
        """Ends the server that was started here. The next transition starts it again."""
        if self._client is not None:
            self._client.close()
        self._client = self._session = None

    def get_config(self) -> dict[str, Any]:
        """What is saved with a pipeline. The token is not."""
        names = (
            "task image_key vlm url token_file camera fps weight env_weight on_invalid "
            "terminate_on_success"
        )
        return {name: getattr(self, name) for name in names.split()}

    def transform_features(self, features: Any) -> Any:
        """The features stay as they are."""
        return features

    def _opened(self) -> RewardSession:
        if self._session is None:
            token = Path(self.token_file).read_text().strip() if self.token_file else None
            self._client = SpatialRewardClient(self.task, vlm=self.vlm, url=self.url, token=token)
            self._session = self._client.session()
            self._episode.suit(self._session.may_be_negative)
            warn_of_zero(self.on_invalid, self._session.may_be_negative, stacklevel=3)
        return self._session


def _image(tensor: Any) -> NDArray[np.uint8]:
    """`(H, W, C)` of uint8, from LeRobot's `(B, C, H, W)` of 0..1."""
    image = np.asarray(tensor.detach().cpu().numpy() if hasattr(tensor, "detach") else tensor)
    if image.ndim == 4:
        if image.shape[0] != 1:
            raise ObservationError(f"One image at a time is rewarded, not {image.shape[0]}.")
        image = image[0]
    if image.dtype.kind == "f":
        low, high = (float(image.min()), float(image.max())) if image.size else (0.0, 0.0)
        if not (low >= 0 and high <= 1):
            raise ObservationError(
                f"The image has values from {low:g} to {high:g}, not 0..1: put this step before "
                "the normalisation."
            )
        image = np.rint(image * 255).astype(np.uint8)
    if image.ndim == 3 and image.shape[0] in {1, 3, 4} and image.shape[2] not in {3, 4}:
        image = image.transpose(1, 2, 0)
    return image[:, :, 0] if image.ndim == 3 and image.shape[2] == 1 else image

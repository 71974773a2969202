"""Dense rewards for Gymnasium environments, from camera images and a spatial VLM."""

from .client import RewardSession, SpatialRewardClient
from .connection import Connection
from .errors import (
    InvalidRewardError,
    ObservationError,
    ServerAnswerError,
    ServerError,
    ServerGoneError,
    ServerStartError,
    SpatialRewardError,
)
from .frame import Frame, Pose
from .frames import FrameSource, ObservedFrames, RenderedFrames
from .mujoco import MujocoFrames, depth_buffer_to_metres
from .rewards import DenseReward, Measurement
from .server import NodeServer
from .tabletop import TabletopEnv, make_tabletop_env
from .vector import SpatialRewardVectorWrapper
from .wrapper import SpatialRewardWrapper

__all__ = [
    "Connection",
    "DenseReward",
    "Frame",
    "FrameSource",
    "InvalidRewardError",
    "Measurement",
    "MujocoFrames",
    "NodeServer",
    "ObservationError",
    "ObservedFrames",
    "Pose",
    "RenderedFrames",
    "RewardSession",
    "ServerAnswerError",
    "ServerError",
    "ServerGoneError",
    "ServerStartError",
    "SpatialRewardClient",
    "SpatialRewardError",
    "SpatialRewardVectorWrapper",
    "SpatialRewardWrapper",
    "TabletopEnv",
    "depth_buffer_to_metres",
    "make_tabletop_env",
]

"""Dense rewards for Gymnasium environments, from camera images and a spatial VLM."""

from .connection import Connection
from .errors import (
    InvalidRewardError,
    ObservationError,
    ServerError,
    ServerGoneError,
    ServerStartError,
    SpatialRewardError,
)
from .server import NodeServer

__all__ = [
    "Connection",
    "InvalidRewardError",
    "NodeServer",
    "ObservationError",
    "ServerError",
    "ServerGoneError",
    "ServerStartError",
    "SpatialRewardError",
]

"""Errors of this package. Each says what was wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import responses


class SpatialRewardError(Exception):
    """Any error of this package."""


class ObservationError(SpatialRewardError, ValueError):
    """An image, depth, labels, camera or pose that cannot be right. Nothing was sent."""


class ServerStartError(SpatialRewardError):
    """The server did not start: Node or the command line is missing, or it ended with an error."""


class ServerGoneError(SpatialRewardError, ConnectionError):
    """The server died, or cannot be reached any more."""


class ServerAnswerError(SpatialRewardError):
    """What answers is no reward server, or a broken one: its answer cannot be right."""


class ServerError(SpatialRewardError):
    """The server refused a request.

    Attributes:
        status: The HTTP status: 401 for a wrong token, 404 for an unknown session, 409 for a
            session that another client uses at this moment, 422 for a field that is wrong.
        code: A code of the bridge's docs/errors.md, or "".
    """

    def __init__(self, status: int, title: str, detail: str, code: str = "") -> None:
        super().__init__(f"{detail or title} ({code or status})")
        self.status = status
        self.title = title
        self.detail = detail
        self.code = code

    @classmethod
    def of(cls, status: int, problem: Mapping[str, object]) -> ServerError:
        """The error that a problem document (RFC 9457) tells of."""
        title = str(problem.get("title") or responses.get(status, "Error"))
        return cls(status, title, str(problem.get("detail") or ""), str(problem.get("code") or ""))


class InvalidRewardError(SpatialRewardError):
    """A reward was invalid, and the wrapper was told to raise."""

"""What a camera saw at one step, checked and packed for the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import ObservationError

# What the optical frame of the camera (z forward, x right, y down) is called among the poses.
CAMERA_FRAME = "camera"

_ENCODING_OF_CHANNELS = {1: "mono8", 3: "rgb8", 4: "rgba8"}
_MAGIC = {"jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}


@dataclass(frozen=True)
class Pose:
    """Where `frame` is in `parent`.

    Attributes:
        position: x, y, z in metres.
        orientation: Unit quaternion x, y, z, w.
    """

    frame: str
    parent: str
    position: Sequence[float]
    orientation: Sequence[float] = (0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Frame:
    """One image of one camera and everything that was seen with it.

    Attributes:
        image: RGB `(H, W, 3)`, RGBA `(H, W, 4)` or grey `(H, W)`, of uint8; or the bytes of a JPEG
            or PNG.
        depth: `(H, W)`, registered to the image: metres along the optical axis in floats, or
            millimetres in uint16. 0, NaN and infinity mean that there is none.
        labels: `(H, W)` of integers: which instance each pixel shows; 0 is background.
        label_names: What the instances are called, by number. The task's objects are found by
            their phrase or name.
        camera: The 3x3 camera matrix K in pixels, the centre of the first pixel at (0, 0).
            Without it nothing can be measured in depth.
        poses: Where the robot's frames are, and the camera's optical frame (z forward, x right, y
            down), which is called `camera`.
        joints: Positions of joints by name, m or rad.
        time_s: Seconds since any fixed time, 0 or more, growing.
    """

    image: NDArray[np.uint8] | bytes
    depth: NDArray[Any] | None = None
    labels: NDArray[Any] | None = None
    label_names: Mapping[int, str] = field(default_factory=dict)
    camera: ArrayLike | None = None
    poses: Sequence[Pose] = ()
    joints: Mapping[str, float] = field(default_factory=dict)
    time_s: float | None = None


def pack_frame(frame: Frame) -> dict[str, Any]:
    """The fields of a step as the server takes them.

    Raises:
        ObservationError: What is wrong with which field. Nothing is guessed or converted silently,
            except the width of a number.
    """
    image = _pack_image(frame.image)
    step: dict[str, Any] = {"image": image}
    size = (image.get("height"), image.get("width"))
    if frame.depth is not None:
        step["depth"] = _pack_depth(frame.depth, size)
    if frame.labels is not None:
        step["labels"] = _pack_labels(frame.labels, frame.label_names, size)
    if frame.camera is not None:
        step["camera"] = {"k": _finite(frame.camera, "camera", (3, 3)).ravel().tolist()}
        if size != (None, None):
            step["camera"] |= {"width": size[1], "height": size[0]}
    if frame.poses:
        step["poses"] = [_pack_pose(pose) for pose in frame.poses]
    if frame.joints:
        step["joints"] = {
            name: float(_finite(value, f"joints[{name!r}]", ()))
            for name, value in frame.joints.items()
        }
    if frame.time_s is not None:
        step["time_s"] = float(_finite(frame.time_s, "time_s", ()))
    return step


def _pack_image(image: object) -> dict[str, object]:
    if isinstance(image, (bytes, bytearray, memoryview)):
        data = bytes(image)
        for encoding, magic in _MAGIC.items():
            if data.startswith(magic):
                return {"data": data, "encoding": encoding}
        raise ObservationError(
            f"image: {len(data)} bytes are no JPEG or PNG. Raw pixels come as a numpy array."
        )
    pixels = _array(image, "image")
    if pixels.dtype != np.uint8:
        hint = ": multiply a picture of 0..1 by 255 first" if pixels.dtype.kind == "f" else ""
        raise ObservationError(f"image: must be of uint8, not {pixels.dtype}{hint}.")
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    if pixels.ndim not in {2, 3} or channels not in _ENCODING_OF_CHANNELS or pixels.size == 0:
        first = pixels.ndim == 3 and pixels.shape[0] in _ENCODING_OF_CHANNELS
        hint = " Its channels come first: transpose it with `image.transpose(1, 2, 0)`."
        raise ObservationError(
            "image: must have the shape (height, width, 3), (height, width, 4) or (height, width), "
            f"not {pixels.shape}.{hint if first else ''}"
        )
    return {
        "data": _buffer(pixels),
        "encoding": _ENCODING_OF_CHANNELS[channels],
        "width": pixels.shape[1],
        "height": pixels.shape[0],
    }


def _pack_depth(depth: object, size: tuple[object, object]) -> dict[str, object]:
    values = _plane(depth, "depth", size)
    if values.dtype == np.uint16:
        return _raw(values, "16UC1", "<u2")
    if values.dtype.kind != "f":
        raise ObservationError(
            f"depth: must be metres in floats or millimetres in uint16, not {values.dtype}."
        )
    with np.errstate(over="ignore"):
        metres = values.astype(np.float32)
    # Far planes and missed rays are infinite in many simulators: no measurement.
    known = np.where(np.isfinite(metres), metres, np.float32(0))
    if np.any(known < 0):
        raise ObservationError(
            f"depth: {float(known.min()):g} m is negative. Depth is metres along the optical axis; "
            "a depth buffer of OpenGL has to be converted first."
        )
    return _raw(known, "32FC1", "<f4")


def _pack_labels(
    labels: object, names: Mapping[int, str], size: tuple[object, object]
) -> dict[str, object]:
    ids = _plane(labels, "labels", size)
    if ids.dtype.kind not in "iub":
        raise ObservationError(f"labels: must be integers, not {ids.dtype}.")
    low, high = int(ids.min()), int(ids.max())
    if low < 0:
        raise ObservationError(f"labels: {low} is negative; the number of the background is 0.")
    if high > 0x7FFF_FFFF:
        raise ObservationError(f"labels: {high} does not fit into 32 bits.")
    encoding, dtype = (
        ("8UC1", "u1") if high < 256 else ("16UC1", "<u2") if high < 65536 else ("32SC1", "<i4")
    )
    packed = _raw(ids, encoding, dtype)
    if names:
        packed["names"] = {str(int(number)): str(name) for number, name in names.items()}
    return packed


def _pack_pose(pose: Pose) -> dict[str, object]:
    what = f"pose of {pose.frame}"
    orientation = _finite(pose.orientation, f"{what}: orientation", (4,))
    length = float(np.linalg.norm(orientation))
    if abs(length - 1) > 0.01:
        raise ObservationError(
            f"{what}: orientation must be a unit quaternion x, y, z, w; its length is {length:g}."
        )
    return {
        "frame": pose.frame,
        "parent": pose.parent,
        "position": _finite(pose.position, f"{what}: position", (3,)).tolist(),
        "orientation": orientation.tolist(),
    }


def _plane(values: object, what: str, size: tuple[object, object]) -> NDArray[Any]:
    plane = _array(values, what)
    if plane.ndim == 3 and plane.shape[2] == 1:
        plane = plane[:, :, 0]
    if plane.ndim != 2 or plane.size == 0:
        raise ObservationError(f"{what}: must have the shape (height, width), not {plane.shape}.")
    if size != (None, None) and plane.shape != size:
        raise ObservationError(
            f"{what}: {plane.shape[1]}x{plane.shape[0]} is not the image's size, "
            f"{size[1]}x{size[0]}."
        )
    return plane


def _array(values: object, what: str) -> NDArray[Any]:
    if not isinstance(values, np.ndarray):
        raise ObservationError(f"{what}: must be a numpy array, not {type(values).__name__}.")
    return values


def _raw(values: NDArray[Any], encoding: str, dtype: str) -> dict[str, object]:
    return {
        "data": _buffer(values.astype(dtype, copy=False)),
        "encoding": encoding,
        "width": values.shape[1],
        "height": values.shape[0],
    }


def _buffer(values: NDArray[Any]) -> memoryview:
    """The bytes of an array, row by row; not copied where they lie so already."""
    return np.ascontiguousarray(values).data.cast("B")


def _finite(values: ArrayLike, what: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ObservationError(f"{what}: {values!r} is no number.") from None
    if shape == (3, 3) and numbers.shape == (9,):
        numbers = numbers.reshape(3, 3)
    if numbers.shape != shape:
        raise ObservationError(f"{what}: must have the shape {shape}, not {numbers.shape}.")
    if not np.all(np.isfinite(numbers)):
        raise ObservationError(f"{what}: {numbers.tolist()} is not finite.")
    return numbers

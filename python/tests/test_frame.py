from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from squares import CAMERA, HEIGHT, WIDTH, Squares, frame_of

from spatial_reward import Frame, ObservationError, Pose
from spatial_reward.frame import pack_frame

IMAGE = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
DEPTH = np.ones((HEIGHT, WIDTH), np.float32)
LABELS = np.ones((HEIGHT, WIDTH), np.int64)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"image": IMAGE / 255}, "uint8, not float64: multiply"),
        ({"image": IMAGE.astype(np.int64)}, "uint8, not int64"),
        ({"image": IMAGE.transpose(2, 0, 1)}, "channels come first"),
        ({"image": np.zeros((4, 4, 2), np.uint8)}, r"not \(4, 4, 2\)"),
        ({"image": np.zeros((0, 4, 3), np.uint8)}, r"not \(0, 4, 3\)"),
        ({"image": [[1, 2], [3, 4]]}, "numpy array, not list"),
        ({"image": None}, "numpy array, not NoneType"),
        ({"image": b"GIF89a"}, "no JPEG or PNG"),
        ({"depth": DEPTH.astype(np.int32)}, "millimetres in uint16, not int32"),
        ({"depth": -DEPTH}, "-1 m is negative"),
        ({"depth": DEPTH[:, :80]}, "80x120 is not the image's size, 160x120"),
        ({"depth": DEPTH[0]}, r"shape \(height, width\)"),
        ({"labels": DEPTH}, "integers, not float32"),
        ({"labels": LABELS - 2}, "-1 is negative"),
        ({"labels": LABELS << 40}, "32 bits"),
        ({"camera": np.full((3, 3), np.nan)}, "not finite"),
        ({"camera": np.eye(4)}, r"shape \(3, 3\), not \(4, 4\)"),
        ({"camera": "front"}, "no number"),
        ({"time_s": float("nan")}, "time_s: nan is not finite"),
        ({"time_s": float("inf")}, "not finite"),
        ({"joints": {"finger": float("nan")}}, "finger"),
        ({"poses": [Pose("tcp", "world", [0, 0, float("inf")])]}, "pose of tcp: position"),
        ({"poses": [Pose("tcp", "world", [0, 0, 0], [0, 0, 0, 0])]}, "unit quaternion"),
    ],
)
def test_what_cannot_be_right_is_refused_before_it_is_sent(
    fields: dict[str, Any], says: str
) -> None:
    with pytest.raises(ObservationError, match=says):
        pack_frame(Frame(**{"image": IMAGE, **fields}))


@pytest.mark.parametrize("nothing", [np.nan, np.inf, -np.inf, 0.0])
def test_a_pixel_without_depth_is_sent_as_zero(nothing: float) -> None:
    depth = DEPTH.copy()
    depth[3, 5] = nothing
    packed: Any = pack_frame(Frame(IMAGE, depth=depth))["depth"]
    sent = np.frombuffer(packed["data"], "<f4").reshape(HEIGHT, WIDTH)
    assert packed["encoding"] == "32FC1"
    assert sent[3, 5] == 0
    assert (np.delete(sent.ravel(), 3 * WIDTH + 5) == 1).all()


def test_minus_infinity_alone_is_no_negative_depth() -> None:
    pack_frame(Frame(IMAGE, depth=np.full((HEIGHT, WIDTH), np.nan)))


@pytest.mark.parametrize(
    ("dtype", "encoding"),
    [(np.float16, "32FC1"), (np.float64, "32FC1"), (">f4", "32FC1"), (np.uint16, "16UC1")],
)
def test_depth_of_any_float_is_metres_and_of_uint16_millimetres(dtype: Any, encoding: str) -> None:
    packed: Any = pack_frame(Frame(IMAGE, depth=DEPTH.astype(dtype)))["depth"]
    sent = np.frombuffer(packed["data"], "<f4" if encoding == "32FC1" else "<u2")
    assert packed["encoding"] == encoding
    assert (sent == 1).all()


@pytest.mark.parametrize(("high", "encoding"), [(255, "8UC1"), (256, "16UC1"), (70000, "32SC1")])
def test_labels_take_the_smallest_encoding_that_has_them_all(high: int, encoding: str) -> None:
    packed: Any = pack_frame(Frame(IMAGE, labels=LABELS * high, label_names={high: "mug"}))
    assert packed["labels"]["encoding"] == encoding
    assert packed["labels"]["names"] == {str(high): "mug"}


def test_views_and_reversed_images_are_sent_as_they_look() -> None:
    image = np.arange(HEIGHT * WIDTH * 3, dtype=np.uint8).reshape(HEIGHT, WIDTH, 3)
    packed: Any = pack_frame(Frame(image[::-1]))["image"]
    assert packed["data"] == np.ascontiguousarray(image[::-1]).tobytes()


def test_a_camera_matrix_may_be_flat_and_tells_the_size_of_its_image() -> None:
    packed = pack_frame(frame_of(Squares(), camera=CAMERA.ravel()))
    assert packed["camera"] == {"k": CAMERA.ravel().tolist(), "width": WIDTH, "height": HEIGHT}

"""A data set on disk becomes arrays of the model's size."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from training.data import HEIGHT, WIDTH, Pictures, prepare, row_of


def question(kind: str, truth: dict) -> dict:
    return {
        "frame": "f0",
        "kind": kind,
        "subject": "mug_1",
        "object": "tray",
        "subject_phrase": "the mug",
        "object_phrase": "the tray",
        "messages": [{"content": [{"type": "image"}, {"type": "text", "text": "How far?"}]}],
        "truth": truth,
    }


def thing(name: str, label: int) -> dict:
    return {
        "name": name,
        "labels": [label],
        "center_m": [0, 0, 1],
        "top_m": 0.1,
        "bottom_m": 0,
        "width_m": 0.08,
        "box_m": [0.08, 0.08, 0.1],
    }


def write(folder: Path, width: int, height: int) -> Path:
    (folder / "images").mkdir()
    (folder / "labels").mkdir()
    cv2.imwrite(str(folder / "images/f0.png"), np.full((height, width, 3), (10, 20, 200), np.uint8))
    cv2.imwrite(str(folder / "labels/f0.png"), np.full((height, width), 3, np.uint8))
    frame = {
        "id": "f0",
        "split": "train",
        "image": "images/f0.png",
        "labels": "labels/f0.png",
        "width": width,
        "intrinsics": {"fx": 600, "fy": 600, "cx": width / 2 - 0.5, "cy": height / 2 - 0.5},
        "support_plane": {"normal": [0, -1, 0], "offset_m": 0.5},
        "objects": [thing("red_mug_1", 3)],
    }
    (folder / "frames.jsonl").write_text(json.dumps(frame) + "\n")
    row = question("distance", {"shape": "quantity", "value_m": 0.25})
    (folder / "train.jsonl").write_text(json.dumps(row) + "\n")
    return folder


def test_pictures_are_scaled_and_their_lens_with_them(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    prepare(write(tmp_path, 640, 480), "train", cache)
    pictures = Pictures([cache, cache])
    assert len(pictures) == 2
    image, labels, record = pictures[1]
    assert image.shape == (HEIGHT, WIDTH, 3)
    assert image[0, 0].tolist() == [200, 20, 10]
    assert (labels == 3).all()
    assert record["intrinsics"] == [300, 300, WIDTH / 2 - 0.5, HEIGHT / 2 - 0.5]
    assert record["objects"][0]["name"] == ["red", "mug"]
    assert record["rows"][0]["value"] == 0.25


def test_a_picture_of_another_shape_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="f0: a 4:3 picture"):
        prepare(write(tmp_path, 640, 360), "train", tmp_path / "cache")


def test_what_pictures_are_known_is_not_learnt_from_squashed_ones(tmp_path: Path) -> None:
    from training.domain import load

    with pytest.raises(SystemExit, match=r"f0\.png: a 4:3 picture"):
        list(load(write(tmp_path, 480, 480), "train", 1))


@pytest.mark.parametrize(
    ("kind", "truth", "held"),
    [
        ("left_predicate", {"shape": "yes_no", "yes": True}, 1),
        ("left_choice", {"shape": "choice", "choice": "object"}, 0),
        ("tall_short", {"shape": "class", "relation": "tall"}, 1),
        ("tall_short", {"shape": "class", "relation": "short"}, 0),
    ],
)
def test_a_relation_is_held_by_its_first_word(kind: str, truth: dict, held: int) -> None:
    assert row_of(question(kind, truth))["held"] == held

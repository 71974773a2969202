"""Data sets of `spatial-reward dataset synthesize` as arrays that stay on disk."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

WIDTH, HEIGHT = 320, 240
# Side of a cell of the model's grid, pixels.
CELL = 8
GRID_W, GRID_H = WIDTH // CELL, HEIGHT // CELL
# Things a picture has at the most, the support left out.
MAX_OBJECTS = 12


def prepare(dataset: Path, split: str, cache: Path) -> None:
    """Reads a split once: pictures and label images at the model's size, rows by picture."""
    cache.mkdir(parents=True, exist_ok=True)
    with open(dataset / "frames.jsonl") as lines:
        frames = [frame for frame in map(json.loads, lines) if frame["split"] == split]
    index = {frame["id"]: number for number, frame in enumerate(frames)}
    rows: list[list[dict]] = [[] for _ in frames]
    with open(dataset / f"{split}.jsonl") as lines:
        for row in map(json.loads, lines):
            rows[index[row["frame"]]].append(row_of(row))
    shape = (len(frames), HEIGHT, WIDTH)
    images = np.lib.format.open_memmap(cache / "images.npy", "w+", np.uint8, (*shape, 3))
    labels = np.lib.format.open_memmap(cache / "labels.npy", "w+", np.uint8, shape)

    def read(number: int) -> None:
        frame = frames[number]
        image = cv2.imread(str(dataset / frame["image"]), cv2.IMREAD_COLOR_RGB)
        ids = cv2.imread(str(dataset / frame["labels"]), cv2.IMREAD_UNCHANGED)
        if image is None or ids is None or image.shape[0] * WIDTH != image.shape[1] * HEIGHT:
            raise SystemExit(f"{dataset}: {frame['id']}: a 4:3 picture with labels is needed")
        images[number] = cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
        labels[number] = cv2.resize(ids, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(read, range(len(frames))))
    records = [
        {**frame_of(frame), "rows": questions}
        for frame, questions in zip(frames, rows, strict=True)
    ]
    (cache / "records.json").write_text(json.dumps(records))


def frame_of(frame: dict) -> dict:
    """Objects with their geometry; intrinsics in pixels of the model's picture."""
    scale = WIDTH / frame["width"]
    lens = frame["intrinsics"]
    half = (scale - 1) / 2
    objects = [thing for thing in frame["objects"] if "box_m" in thing]
    plane = frame["support_plane"]
    return {
        "id": frame["id"],
        "intrinsics": [
            lens["fx"] * scale,
            lens["fy"] * scale,
            lens["cx"] * scale + half,
            lens["cy"] * scale + half,
        ],
        "up": plane["normal"],
        "offset": plane["offset_m"],
        "bystanders": frame.get("bystanders", []),
        "objects": [
            {
                "name": re.sub(r"_\d+$", "", thing["name"]).split("_"),
                "label": thing["labels"][0],
                "center": thing["center_m"],
                "top": thing["top_m"],
                "bottom": thing["bottom_m"],
                "width": thing["width_m"],
                "box": thing["box_m"],
            }
            for thing in objects[:MAX_OBJECTS]
        ],
        "names": [thing["name"] for thing in objects[:MAX_OBJECTS]],
    }


def row_of(row: dict) -> dict:
    truth = row["truth"]
    value, held = 0.0, 0
    match truth["shape"]:
        case "quantity":
            value = truth["value_m"]
        case "yes_no":
            held = int(truth["yes"])
        case "choice":
            held = int(truth["choice"] == "subject")
        case "class":
            held = int(truth["relation"] == row["kind"].split("_")[0])
    return {
        "text": row["messages"][0]["content"][1]["text"],
        "kind": row["kind"],
        "a": row["subject"],
        "b": row["object"],
        "a_phrase": row["subject_phrase"],
        "b_phrase": row["object_phrase"],
        "value": value,
        "held": held,
    }


class Pictures:
    """Prepared splits, one after the other."""

    def __init__(self, caches: list[Path]) -> None:
        self.images = [np.load(cache / "images.npy", mmap_mode="r") for cache in caches]
        self.labels = [np.load(cache / "labels.npy", mmap_mode="r") for cache in caches]
        self.records: list[dict] = []
        self.places: list[tuple[int, int]] = []
        for number, cache in enumerate(caches):
            records = json.loads((cache / "records.json").read_text())
            self.records += records
            self.places += [(number, index) for index in range(len(records))]

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray, dict]:
        part, place = self.places[index]
        return self.images[part][place], self.labels[part][place], self.records[index]

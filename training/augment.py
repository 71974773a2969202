"""Pictures as another camera, another painter and another speaker would have made them.

Every change keeps the answers exact: turning the camera about its x axis moves no optical x, no
range and no height; cropping and zooming are other intrinsics; a mirrored picture exchanges left
and right; a repainted thing is called by its new colour.
"""

from __future__ import annotations

import cv2
import numpy as np

from .data import CELL, HEIGHT, WIDTH
from .kinds import mirrored_kind
from .words import SIMULATED_COLORS, lab_of, split_words, training_colors

GREY = (114, 114, 114)
PAINTS = {word: np.array(rgb) for word, rgb in training_colors().items()}
PAINT_LAB = {word: lab_of(tuple(rgb)) for word, rgb in PAINTS.items()}
KNOWN = {word: np.array(rgb) for word, rgb in SIMULATED_COLORS.items()}
# Of the mug and of the tray.
FIXED_LAB = {"red": lab_of((0.75, 0.1, 0.1)), "blue": lab_of((0.15, 0.3, 0.7))}
# How colours look, by what they are called.
COLOR_LAB = {
    **{word: lab_of(rgb) for word, rgb in SIMULATED_COLORS.items()}, **PAINT_LAB, **FIXED_LAB,
}
TO_LINEAR = np.where(
    np.arange(256) / 255 <= 0.04045,
    np.arange(256) / 255 / 12.92,
    ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4,
).astype(np.float32)


def linear(rgb: np.ndarray) -> np.ndarray:
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def srgb_bytes(values: np.ndarray) -> np.ndarray:
    values = np.clip(values, 0, 1)
    coded = np.where(values <= 0.0031308, 12.92 * values, 1.055 * values ** (1 / 2.4) - 0.055)
    return np.round(255 * coded).astype(np.uint8)


def repaint(
    image: np.ndarray, labels: np.ndarray, record: dict, random: np.random.Generator
) -> dict[str, str]:
    """Paints up to two things in place; returns the new colour word by thing."""
    named: dict[str, str] = {}
    taken = [lab_of(tuple(KNOWN[o["name"][0]])) for o in record["objects"] if o["name"][0] in KNOWN]
    taken += [lab_of((0.7, 0.1, 0.1)), lab_of((0.15, 0.3, 0.7))]
    order = random.permutation(len(record["objects"]))
    for index in order[: random.integers(0, 4)]:
        thing = record["objects"][index]
        color = thing["name"][0]
        if color not in KNOWN or color == "black":
            continue
        word = str(random.choice(list(PAINTS)))
        lab = PAINT_LAB[word]
        if any(np.linalg.norm(lab - other) < 22 for other in taken):
            continue
        taken.append(lab)
        mask = labels == thing["label"]
        old = linear(KNOWN[color]).astype(np.float32)
        paint = np.clip(PAINTS[word] * random.uniform(0.92, 1.08, 3), 0.01, 1)
        # How brightly each pixel is lit, as the old paint tells.
        light = TO_LINEAR[image[mask]] @ old / (old @ old)
        image[mask] = srgb_bytes(light[:, None] * linear(paint).astype(np.float32))
        named[record["names"][index]] = word
    return named


def camera_change(
    intrinsics: list[float], random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Homography of pixels, new intrinsics, rotation of points, zoom."""
    fx, fy, cx, cy = intrinsics
    zoom = float(np.exp(random.uniform(np.log(0.8), np.log(1.3))))
    angle = float(random.normal(0, 0.16)) if random.random() < 0.7 else 0.0
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    # What was seen in the middle stays about there.
    drop = fy * zoom * np.tan(angle) * random.uniform(0.7, 1.1)
    shift = random.normal(0, 0.05, 2) * (WIDTH, HEIGHT)
    lens = np.array(
        [fx * zoom, fy * zoom, (WIDTH - 1) / 2 + shift[0], (HEIGHT - 1) / 2 + shift[1] + drop]
    )
    k = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]])
    k2 = np.array([[lens[0], 0, lens[2]], [0, lens[1], lens[3]], [0, 0, 1]])
    return k2 @ turn @ np.linalg.inv(k), lens, turn, zoom


def photograph(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Exposure, white balance, blur, noise, compression."""
    gain = np.exp(random.normal(0, 0.12)) * np.exp(random.normal(0, 0.05, 3))
    gamma = np.exp(random.normal(0, 0.12))
    steps = (np.arange(256)[:, None] / 255) ** gamma * gain * 255
    table = np.clip(steps, 0, 255).astype(np.uint8)[None]
    image = cv2.LUT(image, table)
    if random.random() < 0.25:
        image = cv2.GaussianBlur(image, (0, 0), random.uniform(0.4, 1.0))
    if random.random() < 0.35:
        grain = np.empty(image.shape, np.int16)
        cv2.randn(grain, 0, random.uniform(1, 7))
        image = np.clip(image + grain, 0, 255).astype(np.uint8)
    if random.random() < 0.25:
        quality = int(random.integers(40, 95))
        coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        image = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    return image


MIRROR = {"left": "right", "right": "left", "leftmost": "rightmost", "rightmost": "leftmost",
          "leftward": "rightward", "rightward": "leftward", "leftwards": "rightwards",
          "rightwards": "leftwards"}


def mirror_words(words: list[str]) -> list[str]:
    return [MIRROR.get(word, word) for word in words]


def mirror_row(row: dict) -> dict:
    swapped = {**row, "kind": mirrored_kind(row["kind"])}
    if row["kind"] == "left_right":
        swapped["held"] = 1 - row["held"]
    return swapped


def replace_phrase(words: list[str], old: list[str], new: list[str]) -> list[str]:
    """The words with each occurrence of a phrase replaced."""
    out, at = [], 0
    while at < len(words):
        if words[at : at + len(old)] == old:
            out += new
            at += len(old)
        else:
            out.append(words[at])
            at += 1
    return out


def repaint_words(phrase: list[str], old: str, new: str) -> list[str]:
    return [new if word == old else word for word in phrase]


def phrase_words(phrase: str | None) -> list[str]:
    return split_words(phrase) if phrase else []


def cell_shares(labels: np.ndarray, ids: list[int]) -> np.ndarray:
    """(things, rows, columns): share of each cell that is the thing's. `labels` is at half size."""
    h, w, cell = HEIGHT // 2, WIDTH // 2, CELL // 2
    masks = labels[None] == np.asarray(ids, np.uint8)[:, None, None]
    return masks.reshape(len(ids), h // cell, cell, w // cell, cell).mean((2, 4), dtype=np.float32)

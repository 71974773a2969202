"""Pictures as another camera, another painter and another speaker would have made them.

Every change keeps the answers exact: turning the camera about its x axis moves no optical x, no
range and no height; cropping and zooming are other intrinsics; a mirrored picture exchanges left
and right; a repainted thing is called by its new colour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .data import CELL, GRID_H, GRID_W, HEIGHT, WIDTH
from .kinds import mirrored_kind
from .words import SIMULATED_COLORS, lab_of, linear, one_of, split_words, training_colors

# Things that one picture's paint is for, at the most.
PAINTED = 3
PAINTS = {word: np.array(rgb) for word, rgb in training_colors().items()}
PAINT_LAB = {word: lab_of(tuple(rgb)) for word, rgb in PAINTS.items()}
WORDS_OF_PAINT = list(PAINTS)
KNOWN = {word: np.array(rgb) for word, rgb in SIMULATED_COLORS.items()}
# Of the mug and of the tray.
FIXED_LAB = {"red": lab_of((0.75, 0.1, 0.1)), "blue": lab_of((0.15, 0.3, 0.7))}
# How colours look, by what they are called.
COLOR_LAB = {
    **{word: lab_of(rgb) for word, rgb in SIMULATED_COLORS.items()}, **PAINT_LAB, **FIXED_LAB,
}


@dataclass
class Paint:
    """A thing's label, its colour before and after (linear light)."""

    label: int
    old: np.ndarray
    new: np.ndarray


def choose_paint(
    record: dict, random: np.random.Generator
) -> tuple[list[Paint], dict[str, str]]:
    """Paint for up to three things; and the new colour word by thing."""
    paints: list[Paint] = []
    named: dict[str, str] = {}
    taken = [COLOR_LAB[o["name"][0]] for o in record["objects"] if o["name"][0] in COLOR_LAB]
    order = random.permutation(len(record["objects"]))
    for index in order[: random.integers(0, PAINTED + 1)]:
        thing = record["objects"][index]
        color = thing["name"][0]
        if color not in KNOWN or color == "black":
            continue
        word = one_of(WORDS_OF_PAINT, random)
        lab = PAINT_LAB[word]
        if any(np.linalg.norm(lab - other) < 22 for other in taken):
            continue
        taken.append(lab)
        paint = np.clip(PAINTS[word] * random.uniform(0.92, 1.08, 3), 0.01, 1)
        paints.append(Paint(thing["label"], linear(KNOWN[color]), linear(paint)))
        named[record["names"][index]] = word
    return paints, named


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


# Of pixels, where left and right change places.
MIRRORED = np.array([[-1.0, 0, WIDTH - 1], [0, 1, 0], [0, 0, 1]])


MIRROR = {"left": "right", "right": "left", "leftmost": "rightmost", "rightmost": "leftmost",
          "leftward": "rightward", "rightward": "leftward", "leftwards": "rightwards",
          "rightwards": "leftwards"}


def mirror_words(words: list[str]) -> list[str]:
    # "am I right that", "would it be right to call" are no sides.
    after = [*words[1:], ""]
    return [
        word if next_word in ("that", "to") else MIRROR.get(word, word)
        for word, next_word in zip(words, after, strict=True)
    ]


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


# Of each pixel at half size, row after row.
CELL_OF_PIXEL = (
    np.arange(HEIGHT // 2)[:, None] * 2 // CELL * GRID_W + np.arange(WIDTH // 2)[None] * 2 // CELL
)


def cell_counts(labels: np.ndarray, ids: list[int]) -> np.ndarray:
    """(things, rows, columns): pixels of each cell that are the thing's. `labels` is at half size."""
    place = np.full(256, len(ids))
    place[ids] = np.arange(len(ids))
    cells = GRID_H * GRID_W
    counts = np.bincount(
        (place[labels] * cells + CELL_OF_PIXEL).ravel(), minlength=(len(ids) + 1) * cells
    )
    return counts[: len(ids) * cells].reshape(len(ids), GRID_H, GRID_W).astype(np.uint8)

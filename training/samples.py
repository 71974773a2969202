"""Batches: a picture, its things' geometry, and some of its questions."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset

from .augment import (
    COLOR_LAB,
    MIRRORED,
    PAINTED,
    camera_change,
    cell_counts,
    choose_paint,
    mirror_row,
    mirror_words,
    phrase_words,
    repaint_words,
    replace_phrase,
)
from .darkroom import NO_LABEL
from .data import GRID_H, GRID_W, HEIGHT, MAX_OBJECTS, WIDTH, Pictures
from .kinds import KIND_ID, QUANTITIES
from .paraphrases import SYMMETRIC, decorate, template_of
from .sides import Sides, any_side
from .words import (
    FORM,
    FORMS,
    MAX_TOKENS,
    NO_SOLIDS,
    PROPORTIONS,
    SIMULATED_COLORS,
    SYNONYMS,
    Vocabulary,
    one_of,
    proportions,
    split_words,
    training_colors,
)

# Of a thing, this much must still be in the picture to be asked about.
LEAST_SEEN = 0.75
NOUNS = list(SYNONYMS)
SOLIDS = {*NOUNS} - NO_SOLIDS
SIZES = {"small", "large"}
# Words of a thing's phrase that are given beside the question's, at the most.
PHRASE = 8
# Labels are counted at half the picture's size.
HALF = np.diag([2.0, 2.0, 1.0])
LENS = (0.9 * WIDTH, 0.9 * WIDTH, (WIDTH - 1) / 2, (HEIGHT - 1) / 2)


class Samples(Dataset):
    """Item: a dict of tensors; of one picture and some of its questions.

    The picture itself is developed on the device (darkroom.py).
    """

    # Of the questions, so many are about a thing that is not there.
    absent_share = 0.15

    def __init__(
        self,
        pictures: Pictures,
        vocabulary: Vocabulary,
        questions: int,
        augment: bool,
        seed: int,
        length_noise: float = 0.0,
    ) -> None:
        self.pictures = pictures
        self.vocabulary = vocabulary
        self.questions = questions
        self.augment = augment
        self.seed = seed
        self.length_noise = length_noise
        self.color_words = sorted({*SIMULATED_COLORS, *training_colors()})

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, key: int) -> dict[str, torch.Tensor]:
        # Numbers beyond the data set are further rounds of it, so that each draws anew.
        random = np.random.default_rng((self.seed, key))
        number = key % len(self.pictures)
        _, labels, record = self.pictures[number]
        labels = np.array(labels[::2, ::2])
        lens = np.array(record["intrinsics"])
        turn = np.eye(3)
        ids = [thing["label"] for thing in record["objects"]]
        painted: dict[str, str] = {}
        is_mirrored = False
        darkroom: dict[str, torch.Tensor] = {}
        counts = np.bincount(labels.ravel(), minlength=256)[ids].astype(np.float64)
        if self.augment:
            paints, painted = choose_paint(record, random)
            warp, lens, turn, zoom = camera_change(record["intrinsics"], random)
            counts *= zoom**2
            is_mirrored = random.random() < 0.5
            if is_mirrored:
                warp = MIRRORED @ warp
                lens = np.array([lens[0], lens[1], WIDTH - 1 - lens[2], lens[3]])
            labels = cv2.warpPerspective(
                labels, np.linalg.inv(HALF) @ warp @ HALF, (WIDTH // 2, HEIGHT // 2),
                flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=0,
            )
            darkroom = self.darkroom(paints, warp, random)
        in_cells = cell_counts(labels, ids)
        seen = in_cells.sum((1, 2)) >= LEAST_SEEN * counts
        if not self.augment:
            seen[:] = True
        things, geometry = self.things(record, turn, is_mirrored)
        rows = self.rows(record, seen, random)
        sides = Sides(record, painted, geometry, seen)
        asked = [self.row(row, record, painted, is_mirrored, sides, random) for row in rows]
        knows_lens = not self.augment or random.random() < 0.85
        fx, fy, cx, cy = lens if knows_lens else LENS
        padded = np.zeros((MAX_OBJECTS, GRID_H, GRID_W), np.uint8)
        padded[:things] = in_cells
        return {
            "picture": torch.tensor(number),
            **darkroom,
            "lens": torch.tensor([fx, fy, cx, cy, float(knows_lens)], dtype=torch.float32),
            "cells": torch.from_numpy(padded),
            "geometry": torch.from_numpy(geometry),
            "forms": torch.from_numpy(forms_of(record)),
            **{key: torch.from_numpy(np.stack([row[key] for row in asked])) for key in asked[0]},
        }

    def darkroom(self, paints: list, warp: np.ndarray, random: np.random.Generator) -> dict[str, torch.Tensor]:
        """What is to be done to the picture: repainting, camera, exposure, blur, grain."""
        labels = np.full(PAINTED, NO_LABEL, np.int64)
        old, new = np.ones((2, PAINTED, 3), np.float32)
        for index, paint in enumerate(paints):
            labels[index], old[index], new[index] = paint.label, paint.old, paint.new
        gamma = np.exp(random.normal(0, 0.12))
        gain = np.exp(random.normal(0, 0.12)) * np.exp(random.normal(0, 0.05, 3))
        return {
            "paint_label": torch.from_numpy(labels),
            "paint_old": torch.from_numpy(old),
            "paint_new": torch.from_numpy(new),
            "warp": torch.from_numpy(np.linalg.inv(warp).astype(np.float32)),
            "tone": torch.tensor([gamma, *gain], dtype=torch.float32),
            "blur": torch.tensor(random.uniform(0.4, 1.0) if random.random() < 0.3 else 0.0),
            "grain": torch.tensor(random.uniform(1, 7) if random.random() < 0.4 else 0.0),
        }

    def things(self, record: dict, turn: np.ndarray, is_mirrored: bool) -> tuple[int, np.ndarray]:
        """(MAX_OBJECTS, 9): centre x y z, height of centre, top, bottom, ln width, ln box sides."""
        objects = record["objects"]
        out = np.zeros((MAX_OBJECTS, 9), np.float32)
        up, offset = np.array(record["up"]), record["offset"]
        for index, thing in enumerate(objects):
            center = np.array(thing["center"])
            height = up @ center + offset
            x, y, z = turn @ center
            out[index] = [
                -x if is_mirrored else x, y, z, height, thing["top"], thing["bottom"],
                *np.log(np.maximum(1e-3, [thing["width"], thing["box"][0], thing["box"][1]])),
            ]
        return len(objects), out

    def rows(self, record: dict, seen: np.ndarray, random: np.random.Generator) -> list[dict]:
        index = {name: number for number, name in enumerate(record["names"])}
        usable = [
            row
            for row in record["rows"]
            if row["a"] in index
            and seen[index[row["a"]]]
            and (row["b"] is None or (row["b"] in index and seen[index[row["b"]]]))
        ]
        if not usable:
            usable = [{**record["rows"][0], "is_void": True}]
        if not self.augment:
            return [usable[i % len(usable)] for i in range(self.questions)]
        return [usable[i] for i in random.choice(len(usable), self.questions,
                                                 replace=len(usable) < self.questions)]

    def row(
        self,
        row: dict,
        record: dict,
        painted: dict[str, str],
        is_mirrored: bool,
        sides: Sides,
        random: np.random.Generator,
    ) -> dict[str, np.ndarray]:
        if self.augment and row["kind"] in SYMMETRIC and random.random() < 0.5:
            row = {**row, "a": row["b"], "b": row["a"],
                   "a_phrase": row["b_phrase"], "b_phrase": row["a_phrase"]}
        words = split_words(row["text"])
        phrases = {"{A}": phrase_words(row["a_phrase"])}
        if row["b"] is not None:
            phrases["{B}"] = phrase_words(row["b_phrase"])
        # "the box" is also in "the box on the left".
        for mark in sorted(phrases, key=lambda mark: -len(phrases[mark])):
            words = replace_phrase(words, phrases[mark], [mark])
        names = {"{A}": row["a"], "{B}": row["b"]}
        for mark, phrase in phrases.items():
            if names[mark] in painted:
                thing = record["objects"][record["names"].index(names[mark])]
                phrases[mark] = repaint_words(phrase, thing["name"][0], painted[names[mark]])
        if is_mirrored:
            words = mirror_words(words)
            phrases = {mark: mirror_words(phrase) for mark, phrase in phrases.items()}
            row = mirror_row(row)
        present = {"{A}": 1.0, "{B}": 1.0}
        if self.augment:
            if random.random() < 0.5:
                words = template_of(row["kind"], random)
            words = decorate(words, row["kind"] in QUANTITIES, random)
        if row["kind"] in SYMMETRIC and words.index("{B}") < words.index("{A}"):
            # Nothing but the order says which is which.
            words = [{"{A}": "{B}", "{B}": "{A}"}.get(word, word) for word in words]
        if self.augment:
            # Words of questions never read before come at run time.
            drop = random.random(len(words)) < 0.06
            words = [
                "?" if drop[i] and word not in phrases else word for i, word in enumerate(words)
            ]
            absent = self.absent(record, painted, random) if random.random() < self.absent_share else None
            mark = one_of(list(phrases), random)
            if absent and not any(phrases[mark] == phrases[other] for other in phrases if other != mark):
                phrases[mark] = absent
                present[mark] = 0.0
            for mark, phrase in phrases.items():
                if present[mark]:
                    aside = random.random() < 0.4 and sides.phrase(names[mark], random)
                    phrases[mark] = aside or self.reworded(phrase, record, painted, random)
        said = [(each, names.get(word)) for word in words for each in phrases.get(word, [word])]
        ids = self.vocabulary.encode([word for word, _ in said])
        index = {name: number for number, name in enumerate(record["names"])}
        value = row["value"]
        if self.length_noise:
            value *= max(0.0, 1 + self.length_noise * random.normal())
        return {
            "words": np.array(ids),
            "phrases": np.stack([self.vocabulary.encode(phrases.get(mark, []))[:PHRASE] for mark in present]),
            "measured": self.measured(said, record, random),
            "kind": np.array(KIND_ID[row["kind"]]),
            "a": np.array(index.get(row["a"], 0)),
            "b": np.array(index.get(row["b"], -1) if row["b"] else -1),
            "present": np.array([present["{A}"], present["{B}"]], np.float32),
            "value": np.array(value, np.float32),
            "held": np.array(row["held"], np.float32),
            "void": np.array(row.get("is_void", False), np.float32),
        }

    def measured(
        self, said: list[tuple[str, str | None]], record: dict, random: np.random.Generator
    ) -> np.ndarray:
        """(MAX_TOKENS, 3): 1 and a thing's own proportions for some nouns that name it."""
        out = np.zeros((MAX_TOKENS, 3), np.float32)
        if not self.augment:
            return out
        for place, (word, name) in enumerate(said[:MAX_TOKENS]):
            if name not in record["names"] or random.random() < 0.5:
                continue
            thing = record["objects"][record["names"].index(name)]
            noun = thing["name"][-1]
            if noun in SOLIDS and word in (noun, *SYNONYMS[noun]):
                out[place] = [1, *proportions(thing["box"])]
        return out

    def reworded(
        self,
        phrase: list[str],
        record: dict,
        painted: dict[str, str],
        random: np.random.Generator,
    ) -> list[str]:
        """With another name for the thing, a word that was never read, or no name that was."""
        *before, noun = phrase
        if noun in SYNONYMS and random.random() < 0.15:
            return [*before, one_of(SYNONYMS[noun], random)]
        chance = random.random()
        if chance < 0.1 and self.is_alone(before, record, painted):
            return [*before, "?"]
        if chance > 0.96:
            return [*before[:1], "?", *phrase[1:]]
        return phrase

    def is_alone(self, words: list[str], record: dict, painted: dict[str, str]) -> bool:
        """Whether "the (small) red …" is one thing of the picture, whatever its noun is."""
        colors = [word for word in words[1:] if word not in SIZES]
        if len(colors) != 1 or colors[0] not in COLOR_LAB:
            return False
        there = [
            painted.get(name, thing["name"][0])
            for name, thing in zip(record["names"], record["objects"], strict=True)
        ]
        there += [word for caption in record["bystanders"] for word in caption.split()[:-1]]
        near = [c for c in there if c in COLOR_LAB and near_name(colors[0], c)]
        return len(near) == 1

    def absent(
        self, record: dict, painted: dict[str, str], random: np.random.Generator
    ) -> list[str] | None:
        """Words for a thing that is not in the picture."""
        there = set()
        nouns = set()
        for name, thing in zip(record["names"], record["objects"], strict=True):
            noun = thing["name"][-1]
            nouns.add(noun)
            there.add((painted.get(name, thing["name"][0]), noun))
        for caption in record["bystanders"]:
            nouns.add(caption.split()[-1])
            there.add((caption.split()[-2] if " " in caption else "", caption.split()[-1]))
        noun = one_of(NOUNS, random)
        if random.random() < 0.3:
            side = any_side(random) if random.random() < 0.3 else []
            return None if noun in nouns else ["the", *side, noun]
        color = one_of(self.color_words, random)
        if any(n == noun and near_name(color, c) for c, n in there):
            return None
        return ["the", color, noun]


def forms_of(record: dict) -> np.ndarray:
    """(MAX_OBJECTS, 8): the forms of things, solids with proportions of their own."""
    out = np.zeros((MAX_OBJECTS, FORM), np.float32)
    for index, thing in enumerate(record["objects"]):
        noun = thing["name"][-1]
        out[index] = FORMS[noun]
        if noun in SOLIDS:
            out[index, PROPORTIONS] = proportions(thing["box"])
    return out


def near_name(a: str, b: str) -> bool:
    """Colours that a speaker could mean by the same word."""
    if a == b or a not in COLOR_LAB or b not in COLOR_LAB:
        return True
    return float(np.linalg.norm(COLOR_LAB[a] - COLOR_LAB[b])) < 30


def to_device(batch: dict[str, torch.Tensor], device: torch.device) -> dict[str, torch.Tensor]:
    return {key: value.to(device, non_blocking=True) for key, value in batch.items()}

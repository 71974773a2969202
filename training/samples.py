"""Batches: a picture, its things' geometry, and some of its questions."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset

from .augment import (
    COLOR_LAB,
    GREY,
    camera_change,
    cell_shares,
    mirror_row,
    mirror_words,
    photograph,
    phrase_words,
    repaint,
    repaint_words,
    replace_phrase,
)
from .data import GRID_H, GRID_W, HEIGHT, MAX_OBJECTS, WIDTH, Pictures
from .kinds import KIND_ID
from .paraphrases import paraphrase
from .words import MAX_TOKENS, PAD, SIMULATED_COLORS, Vocabulary, split_words, training_colors

# Of a thing, this much must still be in the picture to be asked about.
LEAST_SEEN = 0.75
NOUNS = ["box", "cube", "can", "ball", "mug", "tray", "gripper"]


class Samples(Dataset):
    """Item: a dict of tensors; of one picture and some of its questions."""

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
        image, labels, record = self.pictures[key % len(self.pictures)]
        image, labels = np.array(image), np.array(labels)
        lens = np.array(record["intrinsics"])
        turn = np.eye(3)
        ids = [thing["label"] for thing in record["objects"]]
        painted: dict[str, str] = {}
        is_mirrored = False
        counts = np.array([(labels == i).sum() for i in ids], np.float64)
        if self.augment:
            painted = repaint(image, labels, record, random)
            warp, lens, turn, zoom = camera_change(record["intrinsics"], random)
            image = cv2.warpPerspective(image, warp, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR,
                                        borderMode=cv2.BORDER_CONSTANT, borderValue=GREY)
            labels = cv2.warpPerspective(labels, warp, (WIDTH, HEIGHT), flags=cv2.INTER_NEAREST,
                                         borderMode=cv2.BORDER_CONSTANT, borderValue=0)
            counts *= zoom**2
            is_mirrored = random.random() < 0.5
            if is_mirrored:
                image, labels = image[:, ::-1].copy(), labels[:, ::-1].copy()
                lens = np.array([lens[0], lens[1], WIDTH - 1 - lens[2], lens[3]])
            image = photograph(image, random)
        shares = cell_shares(labels[::2, ::2], ids)
        seen = shares.sum((1, 2)) * (WIDTH * HEIGHT / (GRID_W * GRID_H)) >= LEAST_SEEN * counts
        if not self.augment:
            seen[:] = True
        things, geometry = self.things(record, turn, is_mirrored)
        rows = self.rows(record, seen, random)
        asked = [self.row(row, record, painted, is_mirrored, random) for row in rows]
        knows_lens = not self.augment or random.random() < 0.85
        fx, fy, cx, cy = lens if knows_lens else (0.9 * WIDTH, 0.9 * WIDTH, (WIDTH - 1) / 2, (HEIGHT - 1) / 2)
        padded = np.zeros((MAX_OBJECTS, GRID_H, GRID_W), np.float32)
        padded[:things] = shares
        return {
            "image": torch.from_numpy(image),
            "lens": torch.tensor([fx, fy, cx, cy, float(knows_lens)], dtype=torch.float32),
            "shares": torch.from_numpy(padded),
            "geometry": torch.from_numpy(geometry),
            **{key: torch.stack([row[key] for row in asked]) for key in asked[0]},
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
        random: np.random.Generator,
    ) -> dict[str, torch.Tensor]:
        words = split_words(row["text"])
        phrases = {}
        for part in ("a", "b"):
            name, phrase = row[part], phrase_words(row[f"{part}_phrase"])
            if name is None:
                continue
            said = phrase
            if name in painted:
                old = record["objects"][record["names"].index(name)]["name"][0]
                said = repaint_words(phrase, old, painted[name])
                words = replace_phrase(words, phrase, said)
            phrases[part] = said
        if is_mirrored:
            words = mirror_words(words)
            phrases = {part: mirror_words(phrase) for part, phrase in phrases.items()}
            row = mirror_row(row)
        if self.augment and random.random() < 0.45:
            words = paraphrase(row["kind"], phrases["a"], phrases.get("b", []), random)
        present = {"a": 1.0, "b": 1.0}
        if self.augment and random.random() < 0.15:
            part = str(random.choice(list(phrases)))
            absent = self.absent(record, painted, random)
            if absent and not any(phrases[part] == p for q, p in phrases.items() if q != part):
                words = replace_phrase(words, phrases[part], absent)
                present[part] = 0.0
        if self.augment:
            # Words of questions never read before come at run time.
            kept = {w for phrase in phrases.values() for w in phrase} if random.random() < 0.9 else set()
            drop = random.random(len(words)) < 0.06
            words = ["?" if drop[i] and w not in kept else w for i, w in enumerate(words)]
        ids = self.vocabulary.encode(words)
        index = {name: number for number, name in enumerate(record["names"])}
        value = row["value"]
        if self.length_noise:
            value *= max(0.0, 1 + self.length_noise * random.normal())
        kind = KIND_ID[row["kind"]]
        return {
            "words": torch.tensor(ids + [PAD] * (MAX_TOKENS - len(ids))),
            "kind": torch.tensor(kind),
            "a": torch.tensor(index.get(row["a"], 0)),
            "b": torch.tensor(index.get(row["b"], -1) if row["b"] else -1),
            "present": torch.tensor([present["a"], present["b"]]),
            "value": torch.tensor(value, dtype=torch.float32),
            "held": torch.tensor(float(row["held"])),
            "void": torch.tensor(float(row.get("is_void", False))),
        }

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
        noun = str(random.choice(NOUNS))
        if random.random() < 0.3:
            return None if noun in nouns else ["the", noun]
        color = str(random.choice(self.color_words))
        if any(n == noun and near_name(color, c) for c, n in there):
            return None
        return ["the", color, noun]


def near_name(a: str, b: str) -> bool:
    """Colours that a speaker could mean by the same word."""
    if a == b or a not in COLOR_LAB or b not in COLOR_LAB:
        return True
    return float(np.linalg.norm(COLOR_LAB[a] - COLOR_LAB[b])) < 30


def to_device(batch: dict[str, torch.Tensor], device: torch.device) -> dict[str, torch.Tensor]:
    return {key: value.to(device, non_blocking=True) for key, value in batch.items()}

"""Words of questions as token ids; words for colours and for shapes carry what people mean by them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from matplotlib.colors import XKCD_COLORS, to_rgb

T = TypeVar("T")

PAD, UNKNOWN = 0, 1
WORD = re.compile(r"[a-z]+|\d+")
MAX_TOKENS = 40

# Of the test split alone: no training picture has them, and no training question says them.
HELD_OUT_COLORS = {
    "purple": (0.46, 0.22, 0.60),
    "lime": (0.66, 0.87, 0.20),
    "brown": (0.42, 0.26, 0.15),
}

# What the simulator's familiar things look like (sRGB).
SIMULATED_COLORS = {
    "green": (0.18, 0.58, 0.24),
    "yellow": (0.95, 0.80, 0.16),
    "orange": (0.96, 0.55, 0.10),
    "white": (0.93, 0.93, 0.91),
    "black": (0.09, 0.09, 0.10),
    "pink": (0.96, 0.60, 0.74),
}

# Words of the xkcd colour survey (CC0): what people call a colour, and how it looks.
SURVEY = """amber apricot aqua azure beige black blue bronze brown burgundy charcoal chartreuse
chocolate coral cream crimson cyan emerald fuchsia gold green grey indigo ivory jade khaki lavender
lilac lime magenta maroon mauve mint moss mustard navy ochre olive orange orchid peach periwinkle
pink plum purple red rose rust sage salmon sand scarlet sienna silver slate tan teal turquoise
violet white yellow""".split()


# A noun is the shape that it stands for: how much of the surface is curved; how round it is seen
# from above, and from its end; ln of length to width; ln of height to the mean of length and width;
# hollow; handle; robot's hand. As it usually stands or lies on a table.
FORMS = {
    "ball": (1, 1, 1, 0, 0, 0, 0, 0), "sphere": (1, 1, 1, 0, 0, 0, 0, 0),
    "orb": (1, 1, 1, 0, 0, 0, 0, 0), "marble": (1, 1, 1, 0, 0, 0, 0, 0),
    "egg": (1, 0.8, 0.9, 0.3, -0.25, 0, 0, 0), "lemon": (1, 0.7, 0.95, 0.35, -0.25, 0, 0, 0),
    "capsule": (1, 0.3, 1, 0.75, -0.5, 0, 0, 0), "pill": (1, 0.3, 1, 0.75, -0.5, 0, 0, 0),
    "pebble": (1, 0.9, 0.6, 0.1, -0.8, 0, 0, 0), "stone": (1, 0.9, 0.6, 0.15, -0.75, 0, 0, 0),
    "bean": (1, 0.4, 0.6, 0.7, -0.95, 0, 0, 0), "seed": (1, 0.4, 0.6, 0.65, -0.95, 0, 0, 0),
    "cigar": (1, 0.2, 1, 1.15, -0.75, 0, 0, 0), "torpedo": (1, 0.2, 1, 1.15, -0.75, 0, 0, 0),
    "bulb": (1, 1, 0.6, 0, 0.65, 0, 0, 0), "cocoon": (1, 1, 0.6, 0, 0.7, 0, 0, 0),
    "globe": (1, 1, 1, 0, 0, 0, 0, 0), "cylinder": (0.5, 1, 0, 0, 0.3, 0, 0, 0),
    "pole": (0.5, 1, 0, 0, 1.5, 0, 0, 0), "column": (0.5, 1, 0, 0, 1.1, 0, 0, 0),
    "can": (0.5, 1, 0, 0, 0.4, 0, 0, 0), "tin": (0.5, 1, 0, 0, 0.35, 0, 0, 0),
    "drum": (0.5, 1, 0, 0, -0.6, 0, 0, 0), "keg": (0.5, 1, 0, 0, -0.4, 0, 0, 0),
    "disc": (0.5, 1, 0, 0, -1.5, 0, 0, 0), "disk": (0.5, 1, 0, 0, -1.5, 0, 0, 0),
    "puck": (0.5, 1, 0, 0, -1.4, 0, 0, 0), "coin": (0.5, 1, 0, 0, -1.8, 0, 0, 0),
    "candle": (0.5, 1, 0, 0, 0.95, 0, 0, 0), "stub": (0.5, 1, 0, 0, 0.9, 0, 0, 0),
    "peg": (0.5, 1, 0, 0, 1.5, 0, 0, 0), "pin": (0.5, 1, 0, 0, 1.6, 0, 0, 0),
    "rod": (0.5, 0, 1, 1.6, -1.1, 0, 0, 0), "stick": (0.5, 0, 1, 1.7, -1.2, 0, 0, 0),
    "log": (0.5, 0, 1, 1.0, -0.65, 0, 0, 0), "trunk": (0.5, 0, 1, 1.0, -0.6, 0, 0, 0),
    "roll": (0.5, 0, 1, 0.45, -0.25, 0, 0, 0), "spool": (0.5, 0, 1, 0.4, -0.2, 0, 0, 0),
    "plaque": (0, 0, 0, 1.5, 0.5, 0, 0, 0), "panel": (0, 0, 0, 1.6, 0.5, 0, 0, 0),
    "box": (0, 0, 0, 0.1, 0.15, 0, 0, 0), "carton": (0, 0, 0, 0.15, 0.2, 0, 0, 0),
    "block": (0, 0, 0, 0.1, 0.1, 0, 0, 0), "crate": (0, 0, 0, 0.1, 0.15, 0, 0, 0),
    "package": (0, 0, 0, 0.2, 0, 0, 0, 0), "dice": (0, 0, 0, 0, 0, 0, 0, 0),
    "cube": (0, 0, 0, 0, 0, 0, 0, 0), "die": (0, 0, 0, 0, 0, 0, 0, 0),
    "tile": (0, 0, 0, 0.05, -1.5, 0, 0, 0), "slab": (0, 0, 0, 0.1, -1.4, 0, 0, 0),
    "bar": (0, 0, 0, 1.45, -1.0, 0, 0, 0), "beam": (0, 0, 0, 1.55, -1.1, 0, 0, 0),
    "plank": (0, 0, 0, 1.5, -1.2, 0, 0, 0),
    "brick": (0, 0, 0, 0.85, -0.75, 0, 0, 0), "ingot": (0, 0, 0, 0.9, -0.75, 0, 0, 0),
    "post": (0, 0, 0, 0, 1.4, 0, 0, 0), "pillar": (0, 0, 0, 0, 1.45, 0, 0, 0),
    "mug": (0.5, 0.9, 0, 0.15, 0, 1, 1, 0), "cup": (0.5, 0.9, 0, 0.1, 0, 1, 0.7, 0),
    "tray": (0, 0, 0, 0.2, -2.0, 1, 0, 0), "platter": (0, 0, 0, 0.2, -2.1, 0.8, 0, 0),
    "gripper": (0, 0, 0, 0, 0, 0, 0, 1), "claw": (0, 0, 0, 0, 0, 0, 0, 1),
}
# A form's numbers, and the two of size to size among them.
FORM = 8
PROPORTIONS = slice(3, 5)
# Names for what the pictures have, said instead of the simulator's.
SYNONYMS = {
    "ball": ["sphere", "orb", "marble"], "can": ["tin"], "disc": ["disk", "puck", "coin"],
    "peg": ["pin"], "rod": ["stick"], "box": ["carton"], "cube": ["die"], "tile": ["slab"],
    "bar": ["beam", "plank"], "roll": ["spool"], "drum": ["keg"], "log": ["trunk"],
    "brick": ["ingot"], "plaque": ["panel"], "bean": ["seed"], "post": ["pillar"],
    "pebble": ["stone"], "cigar": ["torpedo"], "bulb": ["cocoon"], "candle": ["stub"],
    "mug": ["cup"], "tray": ["platter"], "gripper": ["claw"],
}
# What no word for several sorts of solids means.
NO_SOLIDS = {"gripper", "mug", "tray"}
# Words that no question of the training says, and the ones that they are read as.
ALIASES = {
    "furthest": "farthest", "tiny": "small", "little": "small", "huge": "large", "gray": "grey",
}
# What a word means, of those that have a meaning here: 1 and L*a*b* / 100; 1 and the form.
MEANINGS = 5 + FORM


def proportions(box: list[float]) -> tuple[float, float]:
    """ln of length to width, ln of height to their mean; of a box's sides, the last upright."""
    width, length = sorted(box[:2])
    return np.log(length / width), np.log(2 * box[2] / (length + width))


def one_of(choices: Sequence[T], random: np.random.Generator) -> T:
    return choices[int(random.integers(len(choices)))]


def split_words(text: str) -> list[str]:
    return WORD.findall(text.lower())


def linear(rgb: np.ndarray) -> np.ndarray:
    """Linear light of an sRGB colour in 0..1."""
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab_of(rgb: tuple[float, float, float]) -> np.ndarray:
    """CIE L*a*b* (D65) of an sRGB colour in 0..1."""
    xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    ) @ linear(np.asarray(rgb, dtype=np.float64)) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def survey_rgb(word: str) -> tuple[float, float, float]:
    return to_rgb(XKCD_COLORS[f"xkcd:{word}"])


def training_colors() -> dict[str, tuple[float, float, float]]:
    """The survey's colours that are not, and do not look like, a held-out one (ΔE above 12)."""
    held = [lab_of(rgb) for rgb in HELD_OUT_COLORS.values()]
    held += [lab_of(survey_rgb(word)) for word in HELD_OUT_COLORS]
    return {
        word: survey_rgb(word)
        for word in SURVEY
        if all(np.linalg.norm(lab_of(survey_rgb(word)) - other) > 12 for other in held)
    }


@dataclass
class Vocabulary:
    words: list[str]

    def __post_init__(self) -> None:
        self.ids = {word: index for index, word in enumerate(self.words)}

    @staticmethod
    def of(texts: list[str], always: list[str], least: int = 20) -> Vocabulary:
        """Words that occur at least so often, those of `always`, all words of colours and forms."""
        counts = Counter(word for text in texts for word in split_words(text))
        often = {word for word, n in counts.items() if n >= least}
        meaningful = [*SURVEY, *FORMS]
        known = sorted((often | set(always)) - set(meaningful))
        return Vocabulary(["<pad>", "<unknown>", *known, *meaningful])

    def encode(self, words: list[str]) -> list[int]:
        """MAX_TOKENS ids: what is longer is cut off, what is shorter padded."""
        read = [each for word in words for each in ALIASES.get(word, word).split()]
        ids = [self.ids.get(word, UNKNOWN) for word in read[:MAX_TOKENS]]
        return ids + [PAD] * (MAX_TOKENS - len(ids))

    def meanings(self) -> np.ndarray:
        """(words, 13): colour words 1 L*a*b*/100, nouns 1 and their form, zeros where it is neither."""
        table = np.zeros((len(self.words), MEANINGS), dtype=np.float32)
        for word in SURVEY:
            table[self.ids[word], :4] = [1, *(lab_of(survey_rgb(word)) / 100)]
        for word, form in FORMS.items():
            table[self.ids[word], 4:] = [1, *form]
        return table

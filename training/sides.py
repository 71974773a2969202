"""Things that are called by where they are, or how large, among others of their kind."""

from __future__ import annotations

import numpy as np

from .paraphrases import options
from .words import NO_SOLIDS, SYNONYMS, one_of

# Of what `measures` gives: the words for the least and for the greatest, and the difference that
# makes it plain (metres; of width and volume, a ratio's logarithm).
SIDES = [
    (options(least), options(greatest), margin)
    for least, greatest, margin in [
        ("left hand|leftmost|left", "right hand|rightmost|right", 0.03),
        ("nearer|nearest|closest|closer|front", "farther|farthest|rear|back", 0.03),
        ("shortest|shorter", "tallest|taller", 0.015),
        ("narrower|narrowest", "wider|widest", 0.25),
        ("smaller|smallest", "larger|largest|bigger|biggest", 0.5),
    ]
]
# Words for several sorts of solids, and for all.
SORTS = {
    "block": {"box", "cube", "brick"},
    "cylinder": {"can", "drum", "candle", "peg", "disc", "rod", "roll", "log"},
}
ANYTHING = ["thing", "object", "item"]


class Sides:
    """Of one picture, as it is shown: who is the leftmost, nearest, tallest, widest of whom."""

    def __init__(
        self, record: dict, painted: dict[str, str], geometry: np.ndarray, seen: np.ndarray
    ) -> None:
        """geometry (things, 9) as samples.py has it, seen (things,): may be asked about."""
        self.names: list[str] = record["names"]
        self.nouns = [thing["name"][-1] for thing in record["objects"]]
        self.colors = [
            painted.get(name, thing["name"][0])
            for name, thing in zip(self.names, record["objects"], strict=True)
        ]
        self.bystanders = [caption.split()[-1] for caption in record["bystanders"]]
        self.measures = measures(geometry)
        self.seen = seen

    def phrase(self, name: str, random: np.random.Generator) -> list[str] | None:
        """"the leftmost (red) box", where the picture has more than one of those."""
        thing = self.names.index(name)
        word = self.word_for(self.nouns[thing], random)
        color = [self.colors[thing]] if random.random() < 0.4 else []
        others = [
            other
            for other in range(len(self.names))
            if other != thing
            and self.answers_to(word, self.nouns[thing], self.nouns[other])
            and (not color or self.colors[other] == color[0])
        ]
        hidden = any(self.answers_to(word, self.nouns[thing], noun) for noun in self.bystanders)
        if not others or hidden or not self.seen[others].all():
            return None
        for number in random.permutation(len(SIDES)):
            least, greatest, margin = SIDES[number]
            own, theirs = self.measures[thing, number], self.measures[others, number]
            if own < theirs.min() - margin:
                return ["the", *one_of(least, random).split(), *color, word]
            if own > theirs.max() + margin:
                return ["the", *one_of(greatest, random).split(), *color, word]
        return None

    @staticmethod
    def word_for(noun: str, random: np.random.Generator) -> str:
        chance = random.random()
        if noun in NO_SOLIDS or chance < 0.5:
            return noun
        if chance < 0.6 and noun in SYNONYMS:
            return one_of(SYNONYMS[noun], random)
        sorts = [word for word, sort in SORTS.items() if noun in sort]
        if sorts and chance < 0.75:
            return sorts[0]
        return one_of(ANYTHING, random)

    @staticmethod
    def answers_to(word: str, noun: str, other: str) -> bool:
        """Whether another thing, of noun `other`, could be meant by `word`, said of a `noun`."""
        if word in ANYTHING:
            return other not in NO_SOLIDS
        return other in SORTS.get(word, {noun})


def measures(geometry: np.ndarray) -> np.ndarray:
    """(things, 5): optical x and z, height (metres), ln of width and of volume."""
    height = np.maximum(1e-3, geometry[:, 4] - geometry[:, 5])
    volume = geometry[:, 7] + geometry[:, 8] + np.log(height)
    return np.stack([geometry[:, 0], geometry[:, 2], height, geometry[:, 6], volume], 1)


def any_side(random: np.random.Generator) -> list[str]:
    least, greatest, _ = one_of(SIDES, random)
    return one_of([least, greatest][int(random.integers(2))], random).split()


def words_of_sides() -> list[str]:
    """Every word that occurs, for the vocabulary; forms have their own."""
    sides = [side for least, greatest, _ in SIDES for side in (*least, *greatest)]
    return sorted({*" ".join(sides).split(), *ANYTHING})

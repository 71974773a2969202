"""Whether a thing that is spoken of can be seen: trained anew on what a trained model sees.

Nothing else of the model changes. What each pointer brings is gathered once, of pictures changed as in
training and of questions of which half are about a thing that is not there, mostly another colour of a
shape that is there or another shape of a colour that is there:

    python -m training.sights data/a data/b --start models/embedded --export runs/sights/weights
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .cli import history_of, prepared
from .data import Pictures
from .export import ENCODED
from .losses import targets
from .model import Sight, SpatialModel
from .retrain import begin, export_again, looks, parser_of
from .samples import NOUNS, Samples, forms_of, near_name
from .sides import ANYTHING
from .words import FORMS, PAD, SYNONYMS, Vocabulary, one_of

# Of each picture; rows of a step of the fit.
QUESTIONS, ROWS = 40, 512
RATE, DROPOUT = 2e-3, 0.1
# Of the things that are there, so many may be refused.
PRESENT_REFUSED = 0.01
# Colours that are said most.
COMMON = ["green", "yellow", "orange", "white", "black", "pink", "red", "blue"]
# Nouns whose forms are nearer than this can both be meant by a speaker.
FORMS_APART = 0.35
# The gripper is grey; a colour that it could be called by is no other one.
GREYS = {"black", "grey", "silver", "charcoal", "slate", "white"}


class Sights(Samples):
    """Of each question's things, half are not there; what is there is often named by one word."""

    absent_share = 0.6

    def absent(
        self, record: dict, painted: dict[str, str], random: np.random.Generator
    ) -> list[str] | None:
        chance = random.random()
        if chance < 0.2:
            return super().absent(record, painted, random)
        things = [
            (painted.get(name, thing["name"][0]), thing["name"][-1], forms_of(record)[index])
            for index, (name, thing) in enumerate(zip(record["names"], record["objects"], strict=True))
        ]
        captions = [caption.split() for caption in record["bystanders"]]
        there = [(color, noun) for color, noun, _ in things]
        there += [(words[-2] if len(words) > 1 else "", words[-1]) for words in captions]
        color, noun, form = things[int(random.integers(len(things)))]
        if chance < 0.6:
            other = one_of(COMMON if random.random() < 0.6 else self.color_words, random)
            alike = [c for c, n in there if n == noun]
            if other in GREYS if noun == "gripper" else any(near_name(other, c) for c in alike):
                return None
            return ["the", other, self.said(noun, random)]
        other = one_of(NOUNS, random)
        if any(other == n for _, n in there) or np.linalg.norm(FORMS[other] - form) < FORMS_APART:
            return None
        return ["the", color, self.said(other, random)]

    @staticmethod
    def said(noun: str, random: np.random.Generator) -> str:
        return one_of(SYNONYMS[noun], random) if noun in SYNONYMS and random.random() < 0.2 else noun

    def reworded(
        self,
        phrase: list[str],
        record: dict,
        painted: dict[str, str],
        random: np.random.Generator,
    ) -> list[str]:
        """Sometimes less than tells it from the others: what fits two things is seen all the same."""
        if random.random() < 0.15 and len(phrase) > 2:
            return ["the", phrase[-1]] if random.random() < 0.5 else ["the", phrase[-2], one_of(ANYTHING, random)]
        return super().reworded(phrase, record, painted, random)


@dataclass
class Brought:
    """What pointers brought; a row for each thing that a question speaks of."""

    # (rows, width), (rows, 3 fine), (rows, 2): what `Sight` is given.
    pointers: torch.Tensor
    looks: torch.Tensor
    signs: torch.Tensor
    # (rows, 8): ids of the words of its phrase; (rows): 1 where it is there.
    phrases: torch.Tensor
    present: torch.Tensor

    def __len__(self) -> int:
        return len(self.present)


@torch.no_grad()
def gather(model: SpatialModel, samples: Samples, pictures: int) -> Brought:
    """Of so many pictures: see `looks`."""
    assert model.answerer.sight is not None
    given: list[tuple[torch.Tensor, ...]] = []
    hook = model.answerer.sight.register_forward_pre_hook(lambda _, inputs: given.append(inputs))
    parts = []
    for batch, encoded in looks(model, samples, pictures):
        longest = int((batch["words"] != PAD).sum(-1).max())
        model.answerer(batch["words"][..., :longest], *(part.float() for part in encoded[:len(ENCODED)]))
        asked = targets(batch)["needed"] > 0
        parts.append((*(each[asked].half() for each in given.pop()), batch["phrases"][asked], batch["present"][asked]))
    hook.remove()
    return Brought(*(torch.cat(part) for part in zip(*parts, strict=True)))


def meanings_of(phrases: torch.Tensor, meanings: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(rows, 11): the colour and the form that phrases name; (rows, 2): 1 where they name one of that."""
    meant = F.embedding(phrases, meanings)
    is_color, is_form = meant[..., :1], meant[..., 4:5]
    goal = torch.cat([(meant[..., 1:4] * is_color).sum(1), (meant[..., 5:] * is_form).sum(1)], -1)
    return goal, (torch.cat([is_color.sum(1), is_form.sum(1)], -1) == 1).float()


def fit(sight: Sight, brought: Brought, meanings: torch.Tensor, rounds: int, seed: int) -> None:
    """In the first third of the rounds, what is compared learns by itself alone what it should say."""
    torch.manual_seed(seed)
    goal, said = meanings_of(brought.phrases, meanings)
    teaches = torch.cat([said[:, :1].expand(-1, 3), said[:, 1:].expand(-1, goal.shape[1] - 3)], -1)
    inputs = [part.float() for part in (brought.pointers, brought.looks, brought.signs)]
    normal = [(part.mean(0), part.std(0) + 1e-3) for part in inputs]
    inputs = [((part - mean) / spread).clamp(-6, 6) for part, (mean, spread) in zip(inputs, normal, strict=True)]
    optimizer = torch.optim.AdamW(sight.parameters(), lr=RATE, weight_decay=0.02)
    steps, step = rounds * -(-len(brought) // ROWS), 0
    for number in range(rounds):
        for rows in torch.randperm(len(brought)).split(ROWS):
            for group in optimizer.param_groups:
                group["lr"] = RATE * 0.5 * (1 + math.cos(math.pi * step / steps)) + 1e-5
            step += 1
            pointers, looks, signs = (part[rows] for part in inputs)
            meant, names, shown = sight.read(pointers, F.dropout(looks, DROPOUT))
            there = brought.present[rows]
            if number < rounds / 3:
                logits = sight.compare(meant.detach(), names.detach(), shown.detach(), signs).squeeze(-1)
            else:
                logits = sight.compare(meant, names, shown, signs).squeeze(-1)
            apart = [
                F.smooth_l1_loss(part / sight.scale, goal[rows] / sight.scale, reduction="none") * teaches[rows]
                for part in (meant, shown)
            ]
            loss = (
                F.binary_cross_entropy_with_logits(logits, there)
                + F.binary_cross_entropy(names, said[rows])
                + apart[0].mean()
                + (apart[1] * there[:, None]).mean()
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"round {number + 1} of {rounds}: loss {loss.item():.3f}", flush=True)
    unfold(sight, normal)


@torch.no_grad()
def unfold(sight: Sight, normal: list[tuple[torch.Tensor, torch.Tensor]]) -> None:
    """The head was trained on inputs of mean 0 and spread 1: from now on it takes them as they are."""
    pointers, looks, signs = normal
    judge = layer(sight.judge)
    rest = judge.in_features - len(signs[0])
    kept = (torch.zeros(rest), torch.ones(rest))
    of_judge = (torch.cat([kept[0], signs[0]]), torch.cat([kept[1], signs[1]]))
    for linear, (mean, spread) in [
        (layer(sight.meant), pointers), (sight.said, pointers), (layer(sight.shown), looks), (judge, of_judge),
    ]:
        linear.weight.div_(spread)
        linear.bias.sub_(linear.weight @ mean)


def layer(part: nn.Sequential) -> nn.Linear:
    first = part[0]
    assert isinstance(first, nn.Linear)
    return first


@torch.no_grad()
def threshold(sight: Sight, brought: Brought) -> tuple[float, float]:
    """The chance below which PRESENT_REFUSED of the things that are there are, and how many of the others are."""
    logits = sight(*(part.float() for part in (brought.pointers, brought.looks, brought.signs))).squeeze(-1)
    chance, there = torch.sigmoid(logits), brought.present > 0
    least = round(float(torch.quantile(chance[there], PRESENT_REFUSED)), 3)
    return least, round(float((chance[~there] < least).float().mean()), 4)


def main() -> None:
    parser = parser_of("sights", __doc__, "data sets made with --scenes", seed=5)
    parser.add_argument("--rounds", type=int, default=6, help="over what was gathered")
    arguments = parser.parse_args()
    model, document, vocabulary = begin(arguments)
    model.answerer.add_sight()
    sight = model.answerer.sight
    assert sight is not None
    train, val = (Pictures([prepared(data, split) for data in arguments.data]) for split in ("train", "val"))
    samples = Sights(train, vocabulary, QUESTIONS, True, arguments.seed)
    pictures = arguments.pictures or len(train)
    brought = gather(model, samples, pictures)
    fit(sight, brought, torch.from_numpy(vocabulary.meanings()), arguments.rounds, arguments.seed)
    settings = {"head": "sight", "pictures": pictures, "rounds": arguments.rounds, "seed": arguments.seed}
    document = {**document, "training": history_of(document, arguments.data, settings)}
    finish(model, document, val, arguments.export)


def finish(model: SpatialModel, document: dict, val: Pictures, folder: Path) -> None:
    """Chooses `seen_from` on pictures that taught nothing, and exports; the rest of model.json stays."""
    vocabulary = Vocabulary(document["words"])
    sight = model.answerer.sight
    assert sight is not None
    least, refused = threshold(sight, gather(model, Sights(val, vocabulary, QUESTIONS, True, 17), len(val)))
    print(f"seen_from {least} refuses {PRESENT_REFUSED:.0%} of what is there and {refused:.1%} of what is not")
    export_again(model, {**document, "seen_from": least, "absent_refused": refused}, folder, val[0])


if __name__ == "__main__":
    main()

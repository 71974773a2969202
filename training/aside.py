"""The geometry of cells on cameras from aside: `context`, trained on what a trained model sees.

Nothing else of the model changes: for pictures of the training's own domain the runtime keeps the
geometry as it was (`ASIDE` in export.py). The encoder's features are gathered of pictures as they
are and of pictures changed as in training:

    python -m training.aside data/around data/front ... --start models/embedded --export runs/aside/weights
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from .cli import history_of, prepared
from .data import Pictures
from .losses import geometry_error, rows, shares_of
from .model import Context, SpatialModel, measured
from .retrain import begin, export_again, looks, parser_of
from .samples import Samples

# Cells of a picture; of a step of the fit.
CELLS, ROWS = 72, 2048
RATE, DECAY, WARMUP = 2e-3, 0.01, 30
# A cell is of a thing that fills more than this of it.
LEAST_SHARE = 0.35
# Inputs farther from their means, in spreads, are taken for so far.
MOST_SPREADS = 8


@dataclass
class Seen:
    """What cells of things bring; a row for each."""

    # What `Context` takes (rows, fine + 2), (rows, coarse), (rows, 2 fine + coarse).
    inputs: list[torch.Tensor]
    # (rows, 9): what the head of geometry says of them; (rows, 2): their rays.
    raw: torch.Tensor
    rays: torch.Tensor
    # (rows, 9): the truth.
    geometry: torch.Tensor

    def __len__(self) -> int:
        return len(self.raw)


@torch.no_grad()
def gather(model: SpatialModel, samples: Samples, pictures: int) -> list[torch.Tensor]:
    """`Seen`, part after part, of so many pictures: of each thing, cells as the square root of its area."""
    encoder = model.encoder
    assert encoder.context is not None
    given: list[tuple[torch.Tensor, ...]] = []
    hook = encoder.context.register_forward_pre_hook(lambda _, inputs: given.append(inputs))
    random = torch.Generator().manual_seed(samples.seed)
    parts = []
    for batch, _ in looks(model, samples, pictures):
        x8, x16, rays = (part.float() for part in given.pop())
        best, owner = shares_of(batch).max(1)
        area = torch.gather(shares_of(batch).sum(2), 1, owner)
        weight = (best > LEAST_SHARE).float() / area.clamp(min=1).sqrt()
        chosen = torch.multinomial(weight + 1e-9, CELLS, generator=random)
        is_thing = torch.gather(weight, 1, chosen) > 0
        own = torch.gather(owner, 1, chosen)
        context = encoder.context
        found = (
            cells_of(context.beside(x8, rays), chosen),
            cells_of(context.enlarged(x16), chosen),
            context.summary(x8, x16).flatten(1)[:, None].expand(-1, CELLS, -1),
            cells_of(encoder.shape(x8), chosen),
            cells_of(rays, chosen),
            rows(batch["geometry"], own),
        )
        # Half of the memory; the truth, and what is added to, stay exact.
        parts.append([part[is_thing].half() if at < 3 else part[is_thing] for at, part in enumerate(found)])
    hook.remove()
    return [torch.cat(part) for part in zip(*parts, strict=True)]


def cells_of(maps: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    """(N, C, 30, 40), (N, K) → (N, K, C)"""
    return rows(maps.flatten(2).transpose(1, 2), chosen)


def fit(context: Context, seen: Seen, steps: int, seed: int) -> None:
    """Trains the context on inputs of mean 0 and spread 1, and then takes them as they are."""
    torch.manual_seed(seed)
    some = torch.randperm(len(seen))[:20_000]
    normal = [(part[some].float().mean(0), part[some].float().std(0) + 1e-3) for part in seen.inputs]
    optimizer = torch.optim.AdamW(context.parameters(), lr=RATE, weight_decay=DECAY, betas=(0.9, 0.98))
    step, sums = 0, 0.0
    while step < steps:
        for index in torch.randperm(len(seen)).split(ROWS)[: steps - step]:
            falling = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps))
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(1, (step + 1) / WARMUP) * falling
            inputs = [
                ((part[index].float() - mean) / spread).clamp(-MOST_SPREADS, MOST_SPREADS)
                for part, (mean, spread) in zip(seen.inputs, normal, strict=True)
            ]
            added = context.of_cells(*(part[..., None, None] for part in inputs))
            said = measured(seen.raw[index][..., None, None] + added, seen.rays[index][..., None, None])
            loss = geometry_error(said.flatten(1), seen.geometry[index]).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step, sums = step + 1, sums + loss.item()
            if step % 50 == 0:
                print(f"{step}/{steps} steps, loss {sums / 50:.4f}", flush=True)
                sums = 0.0
    unfold(context, normal)


@torch.no_grad()
def unfold(context: Context, normal: list[tuple[torch.Tensor, torch.Tensor]]) -> None:
    """The first layer takes inputs as they are, not those of mean 0 and spread 1."""
    assert context.whole.bias is not None
    for layer, (mean, spread) in zip((context.cell, context.near, context.whole), normal, strict=True):
        layer.weight /= spread[:, None, None]
        context.whole.bias -= layer.weight.flatten(1) @ mean


def main() -> None:
    parser = parser_of("aside", __doc__, "data sets made with --scenes, some with --views around", seed=7)
    parser.add_argument("--steps", type=int, default=420, help="of the fit")
    arguments = parser.parse_args()
    model, document, vocabulary = begin(arguments)
    model.encoder.add_context()
    context = model.encoder.context
    assert context is not None
    train = Pictures([prepared(data, "train") for data in arguments.data])
    pictures = arguments.pictures or len(train)
    seen = [
        gather(model, Samples(train, vocabulary, 1, is_changed, arguments.seed), pictures)
        for is_changed in (False, True)
    ]
    *inputs, raw, rays, geometry = (torch.cat(part) for part in zip(*seen, strict=True))
    fit(context, Seen(inputs, raw, rays, geometry), arguments.steps, arguments.seed)
    settings = {"head": "context", "pictures": pictures, "steps": arguments.steps, "seed": arguments.seed}
    document = {**document, "training": history_of(document, arguments.data, settings)}
    export_again(model, document, arguments.export, train[0])


if __name__ == "__main__":
    main()

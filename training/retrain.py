"""What all retraining of one part of a model has in common: the rest of the model stays, and what that sees is
gathered once.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader

from .cli import VERSION
from .darkroom import Darkroom
from .export import export
from .model import SpatialModel
from .samples import Samples
from .weights import read_weights
from .words import Vocabulary

# Pictures of a batch.
BATCH = 16


def parser_of(module: str, about: str | None, data: str, seed: int) -> argparse.ArgumentParser:
    """The arguments that each of them takes; `data` says which data sets it wants."""
    parser = argparse.ArgumentParser(prog=f"python -m training.{module}", description=about)
    parser.add_argument("data", nargs="+", type=Path, help=data)
    parser.add_argument("--start", type=Path, required=True, help="folder of the exported model")
    parser.add_argument("--export", type=Path, required=True, help="folder for the ONNX graphs")
    parser.add_argument("--pictures", type=int, help="so many of the train split; default: each once")
    parser.add_argument("--seed", type=int, default=seed)
    return parser


def begin(arguments: argparse.Namespace) -> tuple[SpatialModel, dict, Vocabulary]:
    """The model to start from, its model.json and its words; what is added to it is drawn by the seed."""
    model, document = read_weights(arguments.start)
    torch.manual_seed(arguments.seed)
    return model, document, Vocabulary(document["words"])


@torch.no_grad()
def looks(
    model: SpatialModel, samples: Samples, pictures: int,
) -> Iterator[tuple[dict[str, torch.Tensor], tuple[torch.Tensor, ...]]]:
    """Batches, and what the encoder says of each, of so many pictures in an order of the samples' seed; those
    beyond the data set are changed anew.
    """
    encoder = model.eval().to(memory_format=torch.channels_last).encoder
    darkroom = Darkroom(samples.pictures, torch.device("cpu"))
    order = np.random.default_rng(samples.seed).permutation(pictures).tolist()
    for number, batch in enumerate(DataLoader(samples, batch_size=BATCH, sampler=order), 1):
        image = darkroom.develop(batch)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            encoded = encoder(image, batch["lens"])
        yield batch, encoded
        if number % 10 == 0:
            print(f"{number * BATCH}/{pictures} pictures", flush=True)


def export_again(
    model: SpatialModel, document: dict, folder: Path, picture: tuple[np.ndarray, np.ndarray, dict],
) -> None:
    """With what `document`, as model.json, already says; see `export`."""
    export(model, document["words"], {**document, "id": f"embedded-{VERSION}"}, folder, picture)

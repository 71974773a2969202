"""The command line: data set → training → ONNX."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path

from .calibrate import calibrate
from .curves import draw
from .data import Pictures, prepare
from .export import export
from .paraphrases import all_words
from .sides import words_of_sides
from .train import Config, device_of, train
from .words import Vocabulary

VERSION = "6"
CONFIGS = {
    # Two minutes on two cores: proves the chain, not the model.
    "smoke": Config(steps=60, batch=16, width=64, fine=32, base=16, warmup=10, every=60),
    # An hour on two cores with bfloat16 instructions.
    "small": Config(steps=4500),
    # Minutes on one GPU.
    "full": Config(steps=9000, batch=256, rate=2.5e-3, width=160, fine=96, base=48, warmup=500, every=1500),
    # Half an hour on two cores, from a checkpoint (--start): how questions are read and things pointed
    # at, on what its encoder sees.
    "reading": Config(steps=2000, questions=24, rate=8e-4, width=160, fine=96, base=48, warmup=100,
                      encoder="keys"),
    # An hour on two cores, from exported weights or a checkpoint (--start): where things are, with the same
    # pointing and the same answers from it.
    "places": Config(steps=1500, questions=4, rate=8e-4, width=160, fine=96, base=48, warmup=50, every=250,
                     encoder="shape"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("data", nargs="+", type=Path, help="data sets made with --scenes")
    parser.add_argument("--run", type=Path, required=True, help="folder of checkpoints and logs")
    parser.add_argument("--config", choices=CONFIGS, default="full")
    parser.add_argument("--export", type=Path, help="folder for the ONNX graphs")
    parser.add_argument("--start", type=Path, help="a checkpoint, or a folder of exported weights, to begin from")
    parser.add_argument("--steps", type=int, help="instead of the configuration's")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    config = replace(CONFIGS[arguments.config], seed=arguments.seed, start=str(arguments.start or ""))
    if arguments.steps:
        config = replace(config, steps=arguments.steps)
    caches = {split: [prepared(data, split) for data in arguments.data] for split in ("train", "val", "test")}
    started = started_from(arguments.start)
    vocabulary = Vocabulary(started["words"]) if started else vocabulary_of(caches["train"])
    checks = {split: caches[split] for split in ("val", "test")}
    model = train(config, arguments.run, caches["train"], checks, vocabulary)
    draw(arguments.run)
    if arguments.export:
        pictures = Pictures(caches["val"])
        about = {
            "id": f"embedded-{VERSION}",
            **calibrate(model, pictures, vocabulary, device_of()),
            **kept_of(started, config),
            "training": history_of(started, arguments.data, asdict(config)),
        }
        export(model.cpu(), vocabulary.words, about, arguments.export, pictures[0])


def started_from(start: Path | None) -> dict:
    """model.json of exported weights; of a checkpoint, the words that it was trained on."""
    if start is None:
        return {}
    if start.is_dir():
        return json.loads((start / "model.json").read_text())
    return {"words": json.loads((start.parent / "vocabulary.json").read_text())}


def kept_of(started: dict, config: Config) -> dict:
    """Thresholds that hold on: they are of what was seen, or were chosen by hand. `sigma` is not one
    of them: scripts/fitSigma.ts fits it to the new answers.
    """
    names = ["seen_from", "seen_from_unread"]
    if config.encoder != "all":
        # It is of the encoder's features.
        names.append("domain")
    return {name: started[name] for name in names if name in started}


def history_of(started: dict, data: list[Path], settings: dict) -> dict:
    """What weights were trained on and how, stage after stage."""
    before = started.get("training", {})
    sets = [json.loads((folder / "dataset.json").read_text()) for folder in data]
    if not before:
        return {"data": sets, **settings}
    earlier = before.get("stages", [{key: value for key, value in before.items() if key != "data"}])
    stage = {**settings, "start": "the weights before", "data": sets}
    return {"data": before["data"], "stages": [*earlier, stage]}


def prepared(data: Path, split: str) -> Path:
    cache = data / ".cache" / split
    if not (cache / "records.json").exists():
        print(f"reads {data} ({split})", flush=True)
        prepare(data, split, cache)
    return cache


def vocabulary_of(caches: list[Path]) -> Vocabulary:
    texts = [row["text"] for cache in caches for record in json.loads((cache / "records.json").read_text())
             for row in record["rows"]]
    return Vocabulary.of(texts, all_words() + words_of_sides())

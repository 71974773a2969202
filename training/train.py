"""The training loop: resumable, logged, with a moving average of the weights as its result."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch.utils.data import DataLoader

from .darkroom import Darkroom
from .data import Pictures
from .export import fuse_norms
from .losses import figures, losses
from .model import SpatialModel
from .samples import Samples, to_device
from .weights import read_weights
from .words import PAD, Vocabulary


@dataclass(frozen=True)
class Config:
    steps: int
    batch: int = 32
    questions: int = 10
    rate: float = 2e-3
    warmup: int = 300
    decay: float = 0.02
    width: int = 128
    fine: int = 64
    base: int = 32
    seed: int = 1
    every: int = 500
    # Of the spoken lengths, as a share (the paper's label noise).
    length_noise: float = 0.0
    # "all", or "pointing": which things are meant and whether they are there, no geometry.
    teach: str = "all"
    # Of the encoder: "all", "heads" (forms, keys and geometry of cells) or "keys" is trained; or "shape",
    # the geometry of cells alone, and nothing of the answers either.
    encoder: str = "all"
    # A checkpoint or a folder of exported weights to begin from.
    start: str = ""


def device_of() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


State = dict[str, torch.Tensor]


def make_model(vocabulary: Vocabulary, config: Config, state: State | None = None) -> SpatialModel:
    """With the weights of `state`, or random ones of the configuration's seed."""
    torch.manual_seed(config.seed)
    model = SpatialModel(torch.from_numpy(vocabulary.meanings()), config.width, config.fine, config.base)
    if state is not None:
        if not any(name.endswith("running_mean") for name in state):
            # It comes from exported weights: its norms are part of the convolutions.
            fuse_norms(model.eval().encoder)
            # The biases that came of norms are not trained otherwise.
            model.requires_grad_(True)
        if "encoder.sketch.1.weight" in state:
            model.encoder.keep_sketch()
        if "answerer.sight.said.bias" in state:
            model.answerer.add_sight()
        model.load_state_dict(state)
    return model


def start_of(config: Config) -> State | None:
    if not config.start:
        return None
    start = Path(config.start)
    if start.is_dir():
        model = read_weights(start)[0]
        # It adds to the geometry as it was: `python -m training.aside` trains it anew afterwards.
        model.encoder.context = None
        return model.state_dict()
    return torch.load(start, map_location="cpu")["average"]


class Average:
    """Exponential moving average of weights and buffers."""

    def __init__(self, model: torch.nn.Module, keep: float = 0.998) -> None:
        self.keep = keep
        self.state = {key: value.detach().clone() for key, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: torch.nn.Module, step: int) -> None:
        keep = min(self.keep, (1 + step) / (10 + step))
        now = model.state_dict()
        floating = [key for key, value in now.items() if value.dtype.is_floating_point]
        torch._foreach_lerp_([self.state[key] for key in floating], [now[key] for key in floating], 1 - keep)
        for key in now.keys() - floating:
            self.state[key].copy_(now[key])


def rate_at(step: int, config: Config) -> float:
    if step < config.warmup:
        return (step + 1) / config.warmup
    done = (step - config.warmup) / max(1, config.steps - config.warmup)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1, done)))


def train(config: Config, run: Path, train_on: list[Path], check_on: dict[str, list[Path]],
          vocabulary: Vocabulary) -> SpatialModel:
    """Trains to `run/last.pt`; goes on from there where it exists. Returns the averaged model."""
    run.mkdir(parents=True, exist_ok=True)
    (run / "vocabulary.json").write_text(json.dumps(vocabulary.words))
    (run / "config.json").write_text(json.dumps(asdict(config), indent=1))
    device = device_of()
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")
    model = make_model(vocabulary, config, start_of(config))
    if config.encoder == "shape" and model.encoder.sketch is None:
        model.encoder.keep_sketch()
    model = model.to(device).to(memory_format=torch.channels_last)
    freeze(model, config.encoder)
    weights = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=config.rate, weight_decay=config.decay, betas=(0.9, 0.98),
                                  fused=True)
    average = Average(model)
    first = 0
    last = run / "last.pt"
    if last.exists():
        saved = torch.load(last, map_location=device)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        average.state = saved["average"]
        first = saved["step"]
        print(f"goes on at step {first}", flush=True)
    pictures = Pictures(train_on)
    samples = Samples(pictures, vocabulary, config.questions, True, config.seed, config.length_noise)
    darkroom = Darkroom(pictures, device)
    loaders = max(1, len(os.sched_getaffinity(0)) - 1)
    loader = DataLoader(
        samples,
        batch_size=config.batch,
        sampler=Rounds(len(pictures), config, first),
        num_workers=loaders,
        persistent_workers=True,
        pin_memory=device.type == "cuda",
        prefetch_factor=4,
        worker_init_fn=one_thread,
    )
    started = time.monotonic()
    with open(run / "log.jsonl", "a") as log:
        for step, batch in enumerate(loader, first):
            model.train()
            freeze(model, config.encoder)
            for group in optimizer.param_groups:
                group["lr"] = config.rate * rate_at(step, config)
            batch = to_device(batch, device)
            image = darkroom.develop(batch)
            longest = int((batch["words"] != PAD).sum(-1).max())
            words, measured = batch["words"][..., :longest], batch["measured"][..., :longest, :]
            with torch.autocast(device.type, dtype=torch.bfloat16):
                out = model(image, batch["lens"], words, measured)
            parts = losses(out, batch, config.teach)
            optimizer.zero_grad(set_to_none=True)
            parts["total"].backward()
            torch.nn.utils.clip_grad_norm_(weights, 5.0)
            optimizer.step()
            average.update(model, step)
            done = step + 1
            if done % 50 == 0:
                speed = (done - first) / (time.monotonic() - started)
                left = (config.steps - done) / speed
                line = {"step": done, **{key: round(value.item(), 4) for key, value in parts.items()}}
                log.write(json.dumps(line) + "\n")
                log.flush()
                print(f"{done}/{config.steps}  {speed * config.batch:.0f} pictures/s  "
                      f"{left / 60:.0f} min left  "
                      + " ".join(f"{k} {v.item():.3f}" for k, v in parts.items()), flush=True)
            if done % config.every == 0 or done == config.steps:
                save(last, {"model": model.state_dict(), "optimizer": optimizer.state_dict(),
                            "average": average.state, "step": done})
                for name, caches in check_on.items():
                    found = check(averaged(vocabulary, config, average), caches, vocabulary, device)
                    # A small data set may have no picture of a split.
                    if not found:
                        continue
                    log.write(json.dumps({"step": done, "check": name, **found}) + "\n")
                    log.flush()
                    print(f"  {name}: " + "  ".join(f"{k} {v:.3f}" for k, v in found.items()), flush=True)
    return averaged(vocabulary, config, average)


HEADS: dict[str, set[str]] = {"heads": {"key", "shape", "form"}, "keys": {"key"}, "shape": {"shape"}}


def freeze(model: SpatialModel, trained: str) -> None:
    """The picture is read as it was before; its norms keep their statistics."""
    if trained == "all":
        return
    for name, part in model.encoder.named_children():
        if name not in HEADS[trained]:
            part.requires_grad_(False)
            part.eval()
    model.encoder.place.requires_grad_(False)
    if trained == "shape":
        model.answerer.requires_grad_(False)


def one_thread(_: int) -> None:
    import cv2

    torch.set_num_threads(1)
    cv2.setNumThreads(1)


class Rounds(torch.utils.data.Sampler[int]):
    """Every picture once a round, in an order of the round's own; numbers go on over rounds."""

    def __init__(self, count: int, config: Config, first: int) -> None:
        self.count, self.config, self.first = count, config, first

    def __iter__(self) -> Iterator[int]:
        at, end = self.first * self.config.batch, self.config.steps * self.config.batch
        while at < end:
            number = at // self.count
            order = torch.randperm(
                self.count, generator=torch.Generator().manual_seed(self.config.seed * 1000 + number)
            )
            for index in order[at - number * self.count :].tolist():
                if at == end:
                    return
                yield number * self.count + index
                at += 1

    def __len__(self) -> int:
        return (self.config.steps - self.first) * self.config.batch


def save(path: Path, state: dict) -> None:
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def averaged(vocabulary: Vocabulary, config: Config, average: Average) -> SpatialModel:
    return make_model(vocabulary, config, average.state).eval()


@torch.no_grad()
def check(model: SpatialModel, caches: list[Path], vocabulary: Vocabulary, device: torch.device,
          most: int = 320) -> dict[str, float]:
    """Shares of right answers on pictures as they are."""
    model = model.to(device).eval()
    pictures = Pictures(caches)
    samples = Samples(pictures, vocabulary, 24, False, 0)
    darkroom = Darkroom(pictures, device)
    loader = DataLoader(samples, batch_size=16, sampler=range(min(most, len(samples))))
    sums: dict[str, list[float]] = {}
    for batch in loader:
        batch = to_device(batch, device)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            out = model(darkroom.develop(batch), batch["lens"], batch["words"])
        for key, (value, count) in figures(out, batch).items():
            entry = sums.setdefault(key, [0.0, 0.0])
            entry[0] += value
            entry[1] += count
    return {key: round(value / max(1.0, count), 4) for key, (value, count) in sums.items()}

"""What the runtime reads the outputs by, found on pictures that taught nothing.

The pictures are changed and the questions asked as in training, things that are not there among
them: nearer to what will be met than the pictures as they are.
"""

from __future__ import annotations

import numpy as np
import torch
from torch.utils.data import DataLoader

from .darkroom import Darkroom
from .data import Pictures
from .losses import targets
from .model import SCALE_M, SpatialModel
from .samples import Samples, to_device
from .words import Vocabulary

# Of the things that are there, so many may be refused: where others look for the model to measure,
# a refusal is worse than a length with a large sigma.
PRESENT_REFUSED = 5e-4
# Of a normal distribution, within one sigma.
WITHIN = 0.6827
TEMPERATURES = np.exp(np.linspace(np.log(0.5), np.log(4), 200))


@torch.no_grad()
def calibrate(
    model: SpatialModel, pictures: Pictures, vocabulary: Vocabulary, device: torch.device, most: int = 1600
) -> dict[str, float]:
    """`temperature` and `seen_from`, and the share of absent things that the latter refuses."""
    model = model.to(device).eval()
    samples = Samples(pictures, vocabulary, 12, True, 17)
    darkroom = Darkroom(pictures, device)
    logits, present, mixtures, truths = [], [], [], []
    for batch in DataLoader(samples, batch_size=16, sampler=range(min(most, len(samples)))):
        batch = to_device(batch, device)
        out = model(darkroom.develop(batch), batch["lens"], batch["words"])
        teach = targets(batch)
        asked = teach["needed"] > 0
        logits.append(out["seen"][asked].cpu())
        present.append(batch["present"][asked].cpu())
        lengths = teach["lengths"] > 0
        mixtures.append(torch.stack([out[key][lengths] for key in ("weights", "means", "scales")]).cpu())
        truths.append(batch["value"][lengths].cpu())
    chance = torch.sigmoid(torch.cat(logits)).double().numpy()
    there = torch.cat(present).numpy() > 0
    weights, means, scales = torch.cat(mixtures, 1).double().numpy()
    u = np.arcsinh(torch.cat(truths).double().numpy() / SCALE_M)[:, None]

    def within(temperature: float) -> float:
        below = (np.exp(weights) / (1 + np.exp((means - u) / (temperature * scales)))).sum(-1)
        return float((np.abs(below - 0.5) < WITHIN / 2).mean())

    found = [within(temperature) for temperature in TEMPERATURES]
    best = int(np.argmin(np.abs(np.array(found) - WITHIN)))
    seen_from = round(float(np.quantile(chance[there], PRESENT_REFUSED)), 3)
    return {
        "temperature": round(float(TEMPERATURES[best]), 3),
        "seen_from": seen_from,
        "absent_refused": round(float((chance[~there] < seen_from).mean()), 4),
    }

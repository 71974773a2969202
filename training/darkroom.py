"""Pictures as the model is shown them: repainted, seen by another camera, badly exposed.

On the device that trains, a batch at a time. What is done to a picture was chosen with its
questions (samples.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch.nn import functional as F

from .data import HEIGHT, WIDTH, Pictures

GREY = 114.0
# Of no thing.
NO_LABEL = 255


class Darkroom:
    """On a GPU all pictures are kept in its memory (310 kB each)."""

    def __init__(self, pictures: Pictures, device: torch.device) -> None:
        self.pictures = pictures
        self.kept = None
        if device.type == "cuda":
            self.kept = [
                torch.cat([piece.to(device) for part in parts for piece in pieces(part)])
                for parts in (pictures.images, pictures.labels)
            ]

    def take(self, numbers: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if self.kept is not None:
            images, labels = self.kept
            return images[numbers], labels[numbers]
        chosen = [self.pictures[number] for number in numbers.tolist()]
        return (
            torch.stack([torch.tensor(image) for image, _, _ in chosen]),
            torch.stack([torch.tensor(labels) for _, labels, _ in chosen]),
        )

    def develop(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """(N, 240, 320, 3) bytes."""
        images, labels = self.take(batch["picture"])
        if "warp" not in batch:
            return images
        x = repaint(images, labels, batch).permute(0, 3, 1, 2).float() - GREY
        x = F.grid_sample(x, places(batch["warp"]), align_corners=True) + GREY
        gamma, gain = batch["tone"][:, :1, None, None], batch["tone"][:, 1:, None, None]
        x = (x.clamp(0, 255) / 255) ** gamma * gain * 255
        blurred = batch["blur"].nonzero().squeeze(1)
        if len(blurred) > 0:
            x[blurred] = blur(x[blurred], batch["blur"][blurred])
        grainy = batch["grain"].nonzero().squeeze(1)
        if len(grainy) > 0:
            strength = batch["grain"][grainy][:, None, None, None]
            x[grainy] += strength * torch.randn_like(x[grainy])
        return x.clamp(0, 255).round().to(torch.uint8).permute(0, 2, 3, 1)


def pieces(array: np.ndarray) -> Iterator[torch.Tensor]:
    for at in range(0, len(array), 1000):
        yield torch.tensor(array[at : at + 1000])


def repaint(
    images: torch.Tensor, labels: torch.Tensor, batch: dict[str, torch.Tensor]
) -> torch.Tensor:
    """Things in another paint, as brightly lit as before."""
    n = len(images)
    # Which of a picture's paints each label gets; 0 for none.
    pot = torch.zeros((n, 256), dtype=torch.long, device=images.device)
    slots = batch["paint_label"].shape[1]
    numbers = torch.arange(1, slots + 1, device=images.device).expand(n, slots)
    pot.scatter_(1, batch["paint_label"], numbers)
    pot[:, NO_LABEL] = 0
    of_pixel = torch.gather(pot, 1, labels.flatten(1).long())
    picture, pixel = of_pixel.nonzero(as_tuple=True)
    slot = of_pixel[picture, pixel] - 1
    old, new = batch["paint_old"][picture, slot], batch["paint_new"][picture, slot]
    flat = images.flatten(1, 2)
    coded = flat[picture, pixel].float() / 255
    lit = torch.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    light = (lit * old).sum(-1, keepdim=True) / (old * old).sum(-1, keepdim=True)
    painted = (light * new).clamp(0, 1)
    painted = torch.where(
        painted <= 0.0031308, 12.92 * painted, 1.055 * painted ** (1 / 2.4) - 0.055
    )
    flat = flat.clone()
    flat[picture, pixel] = (255 * painted).round().to(torch.uint8)
    return flat.view_as(images)


def places(warp: torch.Tensor) -> torch.Tensor:
    """Where each pixel comes from, as grid_sample wants it; warp (N, 3, 3): new pixel → old one."""
    device = warp.device
    v, u = torch.meshgrid(
        torch.arange(HEIGHT, device=device), torch.arange(WIDTH, device=device), indexing="ij"
    )
    pixels = torch.stack([u, v, torch.ones_like(u)], -1).float().view(-1, 3)
    old = pixels @ warp.transpose(1, 2)
    old = old[..., :2] / old[..., 2:].clamp(min=1e-3)
    size = torch.tensor([WIDTH - 1, HEIGHT - 1], device=device)
    return (2 * old / size - 1).view(len(warp), HEIGHT, WIDTH, 2)


def blur(x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """Gaussian, of each picture's own sigma (pixels)."""
    n, c, h, w = x.shape
    steps = torch.arange(-3, 4, device=x.device)
    kernel = torch.exp(-0.5 * (steps / sigma[:, None]) ** 2)
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(c, 0)
    x = F.pad(x, (3, 3, 3, 3), mode="replicate").view(1, n * c, h + 6, w + 6)
    x = F.conv2d(x, kernel[:, None, None, :], groups=n * c)
    return F.conv2d(x, kernel[:, None, :, None], groups=n * c).view(n, c, h, w)

"""What pictures the model knows: the spread of its encoder's features, stored for the runtime.

A picture's features are the mean and the standard deviation of each channel of `cells` over the
picture. Their Mahalanobis distance from the training's, over the square root of their number, is
the picture's domain score: about 1 for pictures like the training's. Pictures above `most` are
refused. It is fitted with the exported encoder, and needs no PyTorch:

    python -m training.domain data/a data/b --weights models/embedded
"""

from __future__ import annotations

import argparse
import base64
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from .augment import MIRRORED, camera_change
from .data import HEIGHT, WIDTH

GREY = 114
# Of the calibration's pictures, so many may be refused.
REFUSED = 0.002
# The largest score that is let pass, over that quantile: scenes differ more than a split shows.
MARGIN = 1.15
# Added to the covariance, as a part of each feature's variance.
SHRINKAGE = 0.1


def load(dataset: Path, split: str, most: int) -> Iterator[tuple[np.ndarray, list[float]]]:
    """Pictures at the model's size, evenly spread, and their intrinsics in its pixels."""
    frames = map(json.loads, (dataset / "frames.jsonl").read_text().splitlines())
    there = [frame for frame in frames if frame["split"] == split]
    for frame in there[:: max(1, len(there) // most)][:most]:
        image = cv2.imread(str(dataset / frame["image"]), cv2.IMREAD_COLOR_RGB)
        if image is None or image.shape[0] * WIDTH != image.shape[1] * HEIGHT:
            raise SystemExit(f"{dataset}: {frame['image']}: a 4:3 picture is needed")
        scale = WIDTH / frame["width"]
        lens, half = frame["intrinsics"], (scale - 1) / 2
        yield (
            cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA),
            [lens["fx"] * scale, lens["fy"] * scale, lens["cx"] * scale + half, lens["cy"] * scale + half],
        )


def another_view(
    image: np.ndarray, intrinsics: list[float], random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The picture as another camera would have taken it: pose, roll, zoom, light, noise, JPEG."""
    warp, lens, _, _ = camera_change(intrinsics, random)
    if random.random() < 0.5:
        angle = np.radians(random.normal(0, 6))
        c, s = np.cos(angle), np.sin(angle)
        u, v = lens[2:]
        roll = np.array([[c, -s, u - c * u + s * v], [s, c, v - s * u - c * v], [0, 0, 1]])
        warp = roll @ warp
    if random.random() < 0.5:
        warp = MIRRORED @ warp
        lens[2] = WIDTH - 1 - lens[2]
    out = cv2.warpPerspective(image, warp, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR,
                              borderMode=cv2.BORDER_CONSTANT, borderValue=(GREY, GREY, GREY))
    gain = np.exp(random.normal(0, 0.15)) * np.exp(random.normal(0, 0.05, 3))
    x = 255 * gain * (out / 255.0) ** np.exp(random.normal(0, 0.15))
    if random.random() < 0.3:
        x = cv2.GaussianBlur(x, (0, 0), random.uniform(0.4, 1.5))
    if random.random() < 0.4:
        x = x + random.normal(0, random.uniform(1, 8), x.shape)
    out = np.clip(np.round(x), 0, 255).astype(np.uint8)
    if random.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(25, 96))]
        decoded = cv2.imdecode(cv2.imencode(".jpg", out, quality)[1], cv2.IMREAD_COLOR)
        if decoded is None:
            raise ValueError("OpenCV does not read the JPEG that it wrote")
        out = decoded
    if random.random() < 0.1:
        # Of another shape: grey beside it.
        band = int(random.integers(1, HEIGHT // 6))
        out[:band] = GREY
        out[HEIGHT - band :] = GREY
    return out, lens


class Features:
    def __init__(self, weights: Path) -> None:
        # The checks of data do without it.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(weights / "encoder.onnx", options,
                                                    providers=["CPUExecutionProvider"])

    def of(self, image: np.ndarray, lens: np.ndarray | Sequence[float], is_known: bool = True) -> np.ndarray:
        """(2 channels): means, then standard deviations, over the cells."""
        numbers = np.array([[*lens, float(is_known)]], np.float32)
        cells = self.session.run(["cells"], {"image": image[None], "lens": numbers})[0][0]
        return np.concatenate([cells.mean(0), cells.std(0)]).astype(np.float64)


def gather(
    features: Features, datasets: list[Path], split: str, seed: int, most: int, views: int
) -> tuple[np.ndarray, np.ndarray]:
    """Features of the pictures of a split and of other views of them; and which are plain."""
    random = np.random.default_rng(seed)
    found, plain = [], []
    usual = (0.9 * WIDTH, 0.9 * WIDTH, (WIDTH - 1) / 2, (HEIGHT - 1) / 2)
    for dataset in datasets:
        for image, intrinsics in load(dataset, split, most):
            seen = [(image, np.array(intrinsics))]
            seen += [another_view(image, intrinsics, random) for _ in range(views)]
            for number, (view, lens) in enumerate(seen):
                is_known = random.random() < 0.8
                found.append(features.of(view, lens if is_known else usual, is_known))
                plain.append(number == 0)
    return np.array(found), np.array(plain)


def fit(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean, and the lower triangle W with score = |W (f - mean)| / sqrt(n)."""
    mean = x.mean(0)
    covariance = np.cov(x.T)
    covariance += SHRINKAGE * np.diag(np.diag(covariance))
    whitening = np.linalg.inv(np.linalg.cholesky(covariance))
    return mean, whitening


def score(x: np.ndarray, mean: np.ndarray, whitening: np.ndarray) -> np.ndarray:
    return np.linalg.norm((x - mean) @ whitening.T, axis=-1) / np.sqrt(len(mean))


def packed(numbers: np.ndarray) -> str:
    """Little-endian float32, base64."""
    return base64.b64encode(numbers.astype("<f4").tobytes()).decode()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.domain", description=__doc__)
    parser.add_argument("data", nargs="+", type=Path, help="data sets; train is fitted, val calibrates")
    parser.add_argument("--weights", type=Path, required=True, help="folder of the exported model")
    parser.add_argument("--pictures", type=int, default=640, help="of each data set and split, at most")
    parser.add_argument("--views", type=int, default=5, help="of each picture, beside itself")
    arguments = parser.parse_args()
    features = Features(arguments.weights)
    x, _ = gather(features, arguments.data, "train", 1, arguments.pictures, arguments.views)
    mean, whitening = fit(x)
    held, plain = gather(features, arguments.data, "val", 2, arguments.pictures, arguments.views)
    scores = score(held, mean, whitening)
    most = MARGIN * float(np.quantile(scores, 1 - REFUSED))
    path = arguments.weights / "model.json"
    document = json.loads(path.read_text())
    document["domain"] = {
        "mean": packed(mean),
        "whitening": packed(whitening[np.tril_indices(len(mean))]),
        "most": round(most, 3),
    }
    path.write_text(json.dumps(document, indent=1) + "\n")
    print(f"fitted on {len(x)} pictures; scores of {len(held)} others: plain "
          f"{np.median(scores[plain]):.2f}, other views {np.median(scores[~plain]):.2f}; "
          f"refused above {most:.2f}")


if __name__ == "__main__":
    main()

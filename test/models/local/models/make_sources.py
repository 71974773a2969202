"""Trains and exports the folders owlvit/, grounding_dino/, depth_anything/, metric3d/, depth_pro/. See README.md."""

import json
import random
from pathlib import Path

import torch
from onnx_export import export
from tiny_text import make_tokenizer
from tiny_vlm import EncoderLayer
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).parent
SIDE, GRID, WIDTH = 96, 12, 32
MAX_DEPTH = 2.0
HUES = {"red": (1, 0, 0), "blue": (0, 0, 1), "green": (0, 1, 0), "yellow": (1, 1, 0)}
NOUNS = ["thing", "mug", "cube", "box", "ball", "bottle"]
MEAN, STD = torch.tensor([0.481, 0.458, 0.408]), torch.tensor([0.269, 0.261, 0.276])


class Detector(nn.Module):
    """As OWL-ViT: each patch of the image says how well it fits each text, and where its box is."""

    def __init__(self, vocabulary: int):
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 4, 4), nn.GELU(), nn.Conv2d(16, WIDTH, 2, 2))
        self.position = nn.Parameter(0.02 * torch.randn(GRID * GRID, WIDTH))
        self.layers = nn.ModuleList(EncoderLayer(WIDTH) for _ in range(3))
        self.text, self.image = nn.Linear(WIDTH, WIDTH, bias=False), nn.Linear(WIDTH, WIDTH)
        self.box = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.GELU(), nn.Linear(WIDTH, 4))
        self.scale, self.shift = nn.Parameter(torch.tensor(8.0)), nn.Parameter(torch.tensor(-4.0))
        row, column = torch.meshgrid(torch.arange(GRID), torch.arange(GRID), indexing="ij")
        self.centres = ((torch.stack([column, row], -1).flatten(0, 1) + 0.5) / GRID).clone()

    def forward(self, input_ids, attention_mask, pixel_values):
        """(texts, n), (texts, n), (1, 3, 96, 96) → logits (1, 144, texts), boxes (1, 144, 4) as cx cy w h"""
        seen = attention_mask[..., None].float()
        text = (self.words(input_ids) * seen).sum(1) / seen.sum(1)
        patches = self.stem(pixel_values).flatten(2).transpose(1, 2)
        x = patches + self.position
        for layer in self.layers:
            x = layer(x)
        image = F.normalize(self.image(x + patches), dim=-1)
        logits = self.scale * image @ F.normalize(self.text(text), dim=-1).T + self.shift
        raw = self.box(x)
        centre = self.centres + raw[..., :2].tanh() * 0.5
        return logits, torch.cat([centre, raw[..., 2:].sigmoid()], dim=-1)


class Grounding(nn.Module):
    """The same detector with the inputs and outputs of Grounding DINO: one logit for each token."""

    def __init__(self, detector: Detector):
        super().__init__()
        self.detector = detector

    def forward(self, pixel_values, input_ids, token_type_ids, attention_mask, pixel_mask):
        logits, boxes = self.detector(input_ids, attention_mask + 0 * token_type_ids, pixel_values)
        return logits.expand(-1, -1, input_ids.shape[1]) + 0 * pixel_mask.float().mean(), boxes


def scene(draw: random.Random):
    """A grey table before white, with coloured things on it; brightness is distance."""
    pixels = torch.ones(3, SIDE, SIDE)
    names, boxes = ["table"], []
    left, right = draw.uniform(0, 0.15), draw.uniform(0.85, 1)
    top, bottom = draw.uniform(0.1, 0.45), draw.uniform(0.85, 1)
    boxes.append((left, top, right, bottom))
    place = lambda box: [round(v * SIDE) for v in box]
    x0, y0, x1, y1 = place(boxes[0])
    rows = torch.linspace(1, 0, y1 - y0)[:, None]
    near, far = draw.uniform(0.25, 0.5), draw.uniform(0.5, 0.95)
    shear = draw.uniform(0, 0.25)
    for i in range(y1 - y0):
        inset = int(shear * (x1 - x0) * (1 - i / (y1 - y0)))
        pixels[:, y0 + i, x0 + inset : x1 - inset] = near + (far - near) * rows[i]
    for hue in draw.sample(list(HUES), draw.randint(1, 3)):
        w = 0.06 * 5 ** draw.random()
        h = min(0.4, w * draw.uniform(0.7, 1.8))
        cx, cy = draw.uniform(w / 2, 1 - w / 2), draw.uniform(max(h / 2, top * 0.8), 1 - h / 2)
        box = (cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2)
        x0, y0, x1, y1 = place(box)
        y, x = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
        inside = (x >= x0) & (x < x1) & (y >= y0) & (y < y1)
        if draw.random() < 0.5:
            inside = ((x + 0.5) / SIDE - cx).pow(2) / (w / 2) ** 2 + ((y + 0.5) / SIDE - cy).pow(2) / (h / 2) ** 2 < 1
        colour = torch.tensor(HUES[hue]).float()
        pixels[:, inside] = (colour * draw.uniform(0.2, 0.95))[:, None]
        names.append(hue)
        boxes.append(box)
    return (pixels + 0.01 * torch.randn_like(pixels)).clamp(0, 1), names, boxes


def train_detector(tokenizer, steps=1800):
    detector, draw = Detector(tokenizer.get_vocab_size()), random.Random(3)
    optimiser = torch.optim.AdamW(detector.parameters(), lr=1e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps)
    names = ["table", *HUES]
    for step in range(steps):
        texts = ["table", *(f"{hue} {draw.choice(NOUNS)}" for hue in HUES)]
        if draw.random() < 0.5:
            texts = [text + "." for text in texts]
        encoded = [tokenizer.encode(text).ids for text in texts]
        longest = max(map(len, encoded))
        ids = torch.tensor([row + [0] * (longest - len(row)) for row in encoded])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in encoded])
        images, wanted, where, weight = [], [], [], []
        for _ in range(12):
            image, there, boxes = scene(draw)
            images.append((image - MEAN[:, None, None]) / STD[:, None, None])
            classes, target = torch.zeros(GRID * GRID, len(names)), torch.zeros(GRID * GRID, 4)
            # Later things hide earlier ones, so that each patch speaks of what is seen there.
            for name, (x0, y0, x1, y1) in zip(there, boxes):
                box = torch.tensor([(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0])
                reach = (box[2:] * 0.3).clamp(min=0.6 / GRID)
                close = ((detector.centres - box[:2]).abs() <= reach).all(-1)
                classes[close] = 0
                classes[close, names.index(name)] = 1
                target[close] = box
            wanted.append(classes)
            where.append(target)
        logits, boxes = detector(ids, mask, torch.stack(images))
        wanted, where = torch.stack(wanted), torch.stack(where)
        positive = wanted.sum(-1) > 0
        loss = F.binary_cross_entropy_with_logits(logits, wanted, pos_weight=torch.tensor(3.0))
        loss = loss + 5 * (boxes - where).abs().sum(-1)[positive].mean()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(detector.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if step % 100 == 0 or step == steps - 1:
            hit = (logits.argmax(-1) == wanted.argmax(-1))[positive].float().mean()
            print(f"detector step {step} loss {loss.item():.3f}, right names {hit:.2f}", flush=True)
    return detector


class Depth(nn.Module):
    """Depth Anything's head, sigmoid times the largest depth, on a net that sees single pixels."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(3, 24, 1), nn.ReLU(), nn.Conv2d(24, 24, 1), nn.ReLU(), nn.Conv2d(24, 1, 1))

    def forward(self, pixel_values):
        """(b, 3, h, w) → metres (b, h, w)"""
        return MAX_DEPTH * self.net(pixel_values).sigmoid().squeeze(1)


def train_depth(steps=3000):
    """Brightness, the largest of r, g, b, is distance: 0 is 0 m, 1 is MAX_DEPTH."""
    depth = Depth()
    optimiser = torch.optim.Adam(depth.parameters(), lr=5e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1e-2, total_steps=steps)
    hues = torch.tensor([*HUES.values(), (1, 1, 1)]).float()
    for step in range(steps):
        value = torch.rand(1, 1024) * 0.9 + 0.05
        colour = hues[torch.randint(len(hues), (1024,))].T * value
        colour = (colour + 0.004 * torch.randn_like(colour)).clamp(0, 1)
        pixels = ((colour - MEAN[:, None]) / STD[:, None])[None, :, :, None]
        loss = (depth(pixels).flatten() - MAX_DEPTH * value.flatten()).pow(2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    print(f"depth: root mean square error {loss.sqrt().item() * 1000:.1f} mm", flush=True)
    return depth


class Metric3d(nn.Module):
    """Depth as a camera of 1000 px focal length would see it; and the output that we do not use."""

    def __init__(self, depth: Depth):
        super().__init__()
        self.depth = depth

    def forward(self, pixel_values):
        """Trained for a camera of 100 px: canonical depth is ten times as large."""
        metres = self.depth(pixel_values)
        return 10 * metres, torch.zeros_like(pixel_values)


class DepthPro(nn.Module):
    """Depth in metres under a focal length that the model believes in, which it tells."""

    def __init__(self, depth: Depth):
        super().__init__()
        self.depth = depth

    def forward(self, pixel_values):
        return self.depth(pixel_values), torch.full((1,), 50.0) + 0 * pixel_values.mean()


def write(folder: Path, name: str, value: dict) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(value, indent=1) + "\n")


NORMALISED = {"do_resize": True, "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True,
              "image_mean": MEAN.tolist(), "image_std": STD.tolist(), "resample": 3}


def export_detectors(detector, tokenizer):
    auto = torch.export.Dim.DYNAMIC
    # Each input is a tensor of its own: the exporter takes equal objects for one input.
    ids, pixels = torch.ones(3, 5, dtype=torch.long), torch.randn(1, 3, SIDE, SIDE)
    square = {"height": SIDE, "width": SIDE}
    for name, model_type, image_processor, processor in (
        ("owlvit", "owlvit", "OwlViTImageProcessor", "OwlViTProcessor"),
        ("grounding_dino", "grounding-dino", "GroundingDinoImageProcessor", "GroundingDinoProcessor"),
    ):
        folder = HERE / name
        architecture = "OwlViTForObjectDetection" if name == "owlvit" else "GroundingDinoForObjectDetection"
        write(folder, "config.json", {"model_type": model_type, "architectures": [architecture]})
        write(folder, "preprocessor_config.json", {"image_processor_type": image_processor, "processor_class": processor, "size": square, **NORMALISED})
        write(folder, "tokenizer_config.json", {"tokenizer_class": "CLIPTokenizer", "pad_token": "<pad>", "model_max_length": 32})
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        (folder / "onnx").mkdir(exist_ok=True)
    export(detector, HERE / "owlvit/onnx/model.onnx", {"input_ids": ids, "attention_mask": ids.clone(), "pixel_values": pixels},
           ["logits", "pred_boxes"], {"input_ids": {0: auto, 1: auto}, "attention_mask": {0: auto, 1: auto}, "pixel_values": {}})
    one = torch.ones(1, 5, dtype=torch.long)
    export(Grounding(detector), HERE / "grounding_dino/onnx/model.onnx",
           {"pixel_values": pixels, "input_ids": one, "token_type_ids": 0 * one, "attention_mask": one.clone(), "pixel_mask": torch.ones(1, SIDE, SIDE, dtype=torch.long)},
           ["logits", "pred_boxes"],
           {"pixel_values": {}, "input_ids": {1: auto}, "token_type_ids": {1: auto}, "attention_mask": {1: auto}, "pixel_mask": {}})


def export_depths(depth):
    size = {"height": 112, "width": 112}
    auto = torch.export.Dim.DYNAMIC
    for name, module, config, outputs in (
        ("depth_anything", depth, {"architectures": ["DepthAnythingForDepthEstimation"], "depth_estimation_type": "metric", "max_depth": MAX_DEPTH}, ["predicted_depth"]),
        ("metric3d", Metric3d(depth), {"architectures": ["Metric3DForDepthEstimation"]}, ["predicted_depth", "predicted_normal"]),
        ("depth_pro", DepthPro(depth), {"architectures": ["DepthProForDepthEstimation"]}, ["predicted_depth", "focallength_px"]),
    ):
        folder = HERE / name
        write(folder, "config.json", {"model_type": name, **config})
        write(folder, "preprocessor_config.json", {"image_processor_type": "DPTImageProcessor", "size": size, "keep_aspect_ratio": name != "depth_pro", "ensure_multiple_of": 14, **NORMALISED})
        (folder / "onnx").mkdir(exist_ok=True)
        export(module, folder / "onnx/model.onnx", {"pixel_values": torch.randn(1, 3, 84, 112)}, outputs, {"pixel_values": {2: auto, 3: auto}})


def main():
    torch.manual_seed(4)
    torch.set_num_threads(1)
    export_depths(train_depth())
    tokenizer = make_tokenizer(["<pad>"], 320, [f"{hue} {noun}." for hue in HUES for noun in NOUNS] * 20 + ["table."])
    export_detectors(train_detector(tokenizer), tokenizer)


if __name__ == "__main__":
    main()

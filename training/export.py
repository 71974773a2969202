"""A checkpoint as ONNX graphs, weights in half precision, held to PyTorch's answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from .data import CELL, GRID_H, GRID_W, HEIGHT, WIDTH
from .kinds import KINDS
from .model import MIXTURE, SCALE_M, Answerer, Encoder, SpatialModel
from .words import ALIASES, FORMS, MAX_TOKENS, SURVEY, Vocabulary, split_words

OPSET = 18
ENCODED = ["memory", "cells", "keys", "geometry"]
# The domain scores between which the runtime goes over from the geometry to that of `context`.
ASIDE = {"from": 0.65, "to": 0.75}
# Nobody reads "kind" but weights.py, from which training goes on: it needs that head's weights.
ANSWERS = ["kind", "seen", "weights", "means", "scales", "held", "scores", "shapes"]
# Largest difference between PyTorch and onnxruntime that is let pass.
TOLERANCE = 1e-3


class OnePicture(torch.nn.Module):
    """The answerer for one picture: words (Q, T), answers without the pictures' axis."""

    def __init__(self, answerer: Answerer) -> None:
        super().__init__()
        self.answerer = answerer

    def forward(
        self,
        words: torch.Tensor,
        memory: torch.Tensor,
        cells: torch.Tensor,
        keys: torch.Tensor,
        geometry: torch.Tensor,
    ) -> tuple[torch.Tensor, ...]:
        out = self.answerer(words[None], memory, cells, keys, geometry)
        return tuple(out[name][0] for name in ANSWERS)


def softmax(scores: np.ndarray) -> np.ndarray:
    shares = np.exp(scores - scores.max(-1, keepdims=True))
    return shares / shares.sum(-1, keepdims=True)


def halve(model: torch.nn.Module) -> None:
    """Rounds the weights to what half precision holds, so that both sides have the same ones."""
    for tensor in [*model.parameters(), *model.buffers()]:
        if tensor.dtype == torch.float32:
            tensor.data.copy_(tensor.data.half().float())


def store_halved(path: Path) -> None:
    """Large weights become half-precision constants that a Cast widens when the graph is loaded."""
    model = onnx.load(path)
    graph = model.graph
    casts = []
    for weight in list(graph.initializer):
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < 256:
            continue
        if np.abs(values).max() > 60000:
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    for cast in reversed(casts):
        graph.node.insert(0, cast)
    del graph.value_info[:]
    # The exporter notes each node's stack trace, with the paths of the machine that it ran on.
    for part in [model, graph, *graph.node, *graph.initializer, *graph.input, *graph.output]:
        del part.metadata_props[:]
        part.doc_string = ""
    onnx.checker.check_model(model)
    onnx.save(model, path)


def fuse_norms(encoder: Encoder) -> None:
    """Batch norms of a trained encoder are part of the convolution before them."""
    for parent in encoder.modules():
        names = list(dict(parent.named_children()))
        for conv_name, norm_name in [("0", "1"), ("second", "norm")]:
            if conv_name not in names or norm_name not in names:
                continue
            conv, norm = getattr(parent, conv_name), getattr(parent, norm_name)
            if isinstance(conv, torch.nn.Conv2d) and isinstance(norm, torch.nn.BatchNorm2d):
                setattr(parent, conv_name, torch.nn.utils.fuse_conv_bn_eval(conv, norm))
                setattr(parent, norm_name, torch.nn.Identity())


def export(
    model: SpatialModel,
    words: list[str],
    about: dict,
    folder: Path,
    picture: tuple[np.ndarray, np.ndarray, dict],
) -> None:
    """Writes encoder.onnx, answerer.onnx, model.json; says the largest difference found.

    `picture`: one of the data set, on which, and on whose questions, both sides are compared.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model = model.float().eval()
    fuse_norms(model.encoder)
    halve(model)
    pixels, _, record = picture
    image = torch.tensor(pixels)[None]
    lens = torch.tensor([[*record["intrinsics"], 1.0]])
    vocabulary = Vocabulary(words)
    asked = torch.tensor([vocabulary.encode(split_words(row["text"])) for row in record["rows"]])
    seen = ENCODED if model.encoder.context is None else [*ENCODED, "aside"]
    encoded = model.encoder(image, lens)[:len(ENCODED)]
    one = OnePicture(model.answerer).eval()
    batch = torch.export.Dim("questions", min=1, max=256)
    torch.onnx.export(model.encoder, (image, lens), folder / "encoder.onnx", dynamo=True,
                      input_names=["image", "lens"], output_names=seen,
                      opset_version=OPSET, external_data=False, verbose=False)
    torch.onnx.export(one, (asked, *encoded), folder / "answerer.onnx", dynamo=True,
                      input_names=["words", *ENCODED], output_names=ANSWERS,
                      dynamic_shapes=[{0: batch}, None, None, None, None],
                      opset_version=OPSET, external_data=False, verbose=False)
    for name in ("encoder", "answerer"):
        store_halved(folder / f"{name}.onnx")
    difference = 0.0
    with torch.no_grad():
        want = [t.numpy() for t in model.encoder(image, lens)]
        want_answers = [t.numpy() for t in one(asked, *encoded)]
    session = onnxruntime.InferenceSession(folder / "encoder.onnx", providers=["CPUExecutionProvider"])
    got = session.run(None, {"image": image.numpy(), "lens": lens.numpy()})
    session = onnxruntime.InferenceSession(folder / "answerer.onnx", providers=["CPUExecutionProvider"])
    got_answers = session.run(None, {"words": asked.numpy(), **dict(zip(ENCODED, want, strict=False))})
    for name, a, b in zip(seen + ANSWERS, want + want_answers, got + got_answers, strict=True):
        if name == "scores":
            # Logits of tens: the shares of the cells that follow from them are what is used.
            a, b = softmax(a), softmax(b)
        worst = float(np.abs(a - b).max())
        print(f"  {name}: {tuple(b.shape)} differs by {worst:.1e}")
        # So that NaN does not pass.
        if not worst <= TOLERANCE:
            raise SystemExit(f"{name} of onnxruntime differs from PyTorch by {worst:.1e}, {TOLERANCE} is let pass")
        difference = max(difference, worst)
    document = {
        **about,
        "width": WIDTH,
        "height": HEIGHT,
        "cell": CELL,
        "columns": GRID_W,
        "rows": GRID_H,
        "focal_widths_unless_known": 0.9,
        "max_words": MAX_TOKENS,
        "scale_m": SCALE_M,
        "mixture": MIXTURE,
        "kinds": KINDS,
        "words": words,
        "nouns": list(FORMS),
        "colors": SURVEY,
        "aliases": ALIASES,
    }
    if model.encoder.context is not None:
        document["aside"] = ASIDE
    (folder / "model.json").write_text(json.dumps(document, indent=1) + "\n")
    print(f"{folder}: onnxruntime differs from PyTorch by {difference:.1e} at the most")

"""Exported ONNX graphs as a PyTorch model again: where training goes on if no checkpoint was kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from .export import fuse_norms, halve
from .model import SpatialModel
from .words import Vocabulary

# Tensors of encoder.onnx that are as long as the model's sizes.
SIZED = {"width": "memory.bias", "fine": "up8.bias", "base": "stem.0.0.bias"}


def read_weights(folder: Path) -> tuple[SpatialModel, dict]:
    """The model of a folder with encoder.onnx, answerer.onnx and model.json, and that model.json.

    Its batch norms are part of the convolutions before them, as export.py left them, and its weights
    are what half precision holds. Raises SystemExit if the graphs were not made by this package.
    """
    document = json.loads((folder / "model.json").read_text())
    encoder, answerer = (onnx.load(folder / f"{name}.onnx").graph for name in ("encoder", "answerer"))
    meanings = torch.from_numpy(Vocabulary(document["words"]).meanings())
    stored = tensors_of(encoder)
    missing = [name for name in SIZED.values() if name not in stored]
    if missing:
        raise SystemExit(f"{folder}/encoder.onnx has no {missing[0]}; {NOT_OURS}")
    model = SpatialModel(meanings, **{size: len(stored[name]) for size, name in SIZED.items()}).eval()
    fuse_norms(model.encoder)
    if "sketch.0.0.weight" in stored:
        model.encoder.keep_sketch()
    if "context.whole.bias" in stored:
        model.encoder.add_context()
    if "sight.said.bias" in tensors_of(answerer):
        model.answerer.add_sight()
    model.encoder.load_state_dict(named(encoder, model.encoder.state_dict()))
    model.answerer.load_state_dict(named(answerer, model.answerer.state_dict()))
    # The grids of cells as well, which are no weights.
    halve(model)
    return model, document


NOT_OURS = "was it exported by this version of training/?"


def tensors_of(graph: onnx.GraphProto) -> dict[str, np.ndarray]:
    return {
        plain(weight.name.removesuffix(".half")): np.array(numpy_helper.to_array(weight))
        for weight in graph.initializer
    }


def plain(name: str) -> str:
    """As the answerer itself calls it; its graph is of the module around it (export.py)."""
    return name.removeprefix("answerer.")


def named(graph: onnx.GraphProto, wanted: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The graph's tensor for each wanted one: of its name, beside its bias, or the only one of its shape."""
    stored = tensors_of(graph)
    # Of equal tensors the exporter keeps one, under one name: a convolution's bias is what it reads.
    shared = {
        node.input[1].removesuffix("weight") + "bias": stored[node.input[2]]
        for node in graph.node
        if node.op_type == "Conv" and len(node.input) > 2
    }
    found = {name: stored.pop(name) if name in stored else shared[name]
             for name in wanted if name in stored or name in shared}
    # The exporter transposes the weight of a linear layer and names it anew. Which layer it is of is
    # told by the bias that is added to the product.
    biases = {
        product: plain(bias)
        for node in graph.node
        if node.op_type == "Add"
        for product, bias in (tuple(node.input), tuple(node.input)[::-1])
        if bias.endswith(".bias")
    }
    for node in graph.node:
        if node.op_type == "MatMul" and node.output[0] in biases and node.input[1] in stored:
            name = biases[node.output[0]].removesuffix("bias") + "weight"
            found[name] = stored.pop(node.input[1]).T
    for name in wanted.keys() - found.keys():
        alike = [key for key, value in stored.items() if value.shape == tuple(wanted[name].shape)]
        if len(alike) != 1:
            raise SystemExit(f"the graph {graph.name} has no {name}; {NOT_OURS}")
        found[name] = stored.pop(alike[0])
    return {name: torch.tensor(value, dtype=wanted[name].dtype) for name, value in found.items()}

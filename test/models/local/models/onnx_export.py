"""torch.onnx.export, into one file without what names the machine it was made on."""

from pathlib import Path

import onnx
import torch
from torch import Tensor, nn


def export(module: nn.Module, path: Path, inputs: dict, outputs: list[str], dynamic: dict, input_names=None) -> None:
    module.eval()
    torch.onnx.export(
        module, (), str(path), kwargs=inputs, input_names=input_names or list(inputs), output_names=outputs,
        dynamic_shapes=dynamic, dynamo=True, external_data=False, opset_version=18, verbose=False,
    )
    model = onnx.load(path)
    model.doc_string = ""
    del model.metadata_props[:]
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in [*model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer]:
        del value.metadata_props[:]
    del model.graph.value_info[:]
    del model.graph.metadata_props[:]
    onnx.checker.check_model(model)
    onnx.save(model, path)
    print(f"{path.parent.parent.name}/{path.name}: {path.stat().st_size / 1000:.0f} kB")

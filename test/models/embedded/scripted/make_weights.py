"""Writes a stand-in for the embedded model's weights: the same graphs' inputs and outputs, 4 x 3 cells,
and answers that the first word of the question picks from a table. Needs numpy and onnx.

  python make_weights.py
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
WIDTH, HEIGHT, CELL, COLUMNS, ROWS = 32, 24, 8, 4, 3
WORDS, CELLS, MIXTURE = 4, COLUMNS * ROWS, 2
RELATIONS = ["left", "right", "above", "below", "behind", "front", "tall", "short", "wide", "thin", "big", "small"]
PAIRS = ["left_right", "above_below", "behind_front", "tall_short", "wide_thin", "big_small"]
LENGTHS = ["distance", "gap", "height", "width", "elevation", "vertical_distance", "horizontal_distance",
           "above_difference", "below_difference", "behind_difference", "front_difference", "left_difference",
           "right_difference"]
KINDS = [*(f"{r}_predicate" for r in RELATIONS), *(f"{r}_choice" for r in RELATIONS), *PAIRS, *LENGTHS]
# What the first word does to the answer. Questions in free words may have the last three.
SCRIPTS = ["plain", "contrary", "below", "blind", "half", "endless", "echo", "paint", "exactly", "about", "now"]
VOCABULARY = ["<pad>", "<unknown>", *SCRIPTS, "mug", "gripper", "7"]


def table(plain: list, dims: list[int], **changed: list) -> np.ndarray:
    rows = [changed.get(word, plain) for word in VOCABULARY]
    return np.array(rows, np.float32).reshape(len(VOCABULARY), *dims)


def kind(name: str, logit: float = 8.0) -> list[float]:
    return [logit * (k == name) for k in KINDS]


# Subject: cells 5 and 6; object: cell 11.
scores = [*(4.0 * (c in (5, 6)) for c in range(CELLS)), *(9.0 * (c == 11) for c in range(CELLS))]
shape = [0.1, -0.05, 0.5, 0.04, 0.08, 0, -3, -3, -3, -0.2, 0.1, 1.0, 0.1, 0.2, 0, -2, -2, -2]
TABLES = {
    "kind": table(kind("distance"), [43], about=kind("left_predicate"), now=kind("gap", 1.0)),
    "seen": table([4, 3], [2], blind=[-4, 3], half=[4, -1]),
    "weights": table([np.log(0.75), np.log(0.25)], [MIXTURE]),
    # 0.3 m and about it; below zero; beyond any number.
    "means": table([2.998, 2.9], [MIXTURE], below=[-1, -1], endless=[1e4, 1e4]),
    "scales": table([0.05, 0.1], [MIXTURE]),
    "held": table([2.0], [], contrary=[-2.0]),
    "scores": table(scores, [2, CELLS]),
    "shapes": table(shape, [2, 9], echo=[0] * 18, paint=[0] * 18),
}


def save(name: str, nodes: list, inputs: list, outputs: list, weights: list) -> None:
    graph = helper.make_graph(nodes, name, inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, HERE / f"{name}.onnx")


def value(name: str, dims: list, kind: int = TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, dims)


def constant(name: str, array: np.ndarray):
    return numpy_helper.from_array(array, name)


# The memory is the lens, the cells are the mean colour: "echo" and "paint" give them back.
save(
    "encoder",
    [
        helper.make_node("Identity", ["lens"], ["memory"]),
        helper.make_node("Cast", ["image"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["pixels", "axes"], ["cells"], keepdims=0),
        helper.make_node("Identity", ["zero"], ["keys"]),
        helper.make_node("Identity", ["zero"], ["geometry"]),
    ],
    [value("image", [1, HEIGHT, WIDTH, 3], TensorProto.UINT8), value("lens", [1, 5])],
    [value("memory", [1, 5]), value("cells", [1, 3]), value("keys", [1]), value("geometry", [1])],
    [constant("axes", np.array([1, 2], np.int64)), constant("zero", np.zeros(1, np.float32))],
)

# Of the row fx fy cx cy known red green blue 0: what becomes the subject's and the object's shape.
ORDERS = {"echo": [[*range(9)], [2, 3, 4, 8, 8, 8, 8, 8, 8]], "paint": [[5, 6, 7, 8, 8, 8, 8, 8, 8]] * 2}


def is_said(word: str) -> np.ndarray:
    return np.array([known == word for known in VOCABULARY], np.float32).reshape(-1, 1, 1)


save(
    "answerer",
    [
        helper.make_node("Gather", ["words", "first"], ["script"], axis=1),
        *(
            helper.make_node("Gather", [f"{name}_table", "script"], ["said" if name == "shapes" else name])
            for name in TABLES
        ),
        helper.make_node("Concat", ["memory", "cells", "nothing"], ["row"], axis=1),
        *(
            node
            for word in ORDERS
            for node in (
                helper.make_node("Gather", ["row", f"{word}_order"], [f"{word}_row"], axis=1),
                helper.make_node("Gather", [f"{word}_said", "script"], [f"is_{word}"]),
                helper.make_node("Mul", [f"{word}_row", f"is_{word}"], [word]),
            )
        ),
        helper.make_node("Sum", ["said", *ORDERS], ["shapes"]),
    ],
    [
        value("words", ["questions", WORDS], TensorProto.INT64),
        *(value(name, dims) for name, dims in
          [("memory", [1, 5]), ("cells", [1, 3]), ("keys", [1]), ("geometry", [1])]),
    ],
    [value(name, ["questions", *array.shape[1:]]) for name, array in TABLES.items()],
    [
        constant("first", np.array(0, np.int64)),
        constant("nothing", np.zeros((1, 1), np.float32)),
        *(constant(f"{word}_order", np.array(order, np.int64)) for word, order in ORDERS.items()),
        *(constant(f"{word}_said", is_said(word)) for word in ORDERS),
        *(constant(f"{name}_table", array) for name, array in TABLES.items()),
    ],
)
config = {
    "id": "scripted", "width": WIDTH, "height": HEIGHT, "cell": CELL, "columns": COLUMNS, "rows": ROWS,
    "focal_widths_unless_known": 0.9, "max_words": WORDS, "scale_m": 0.03, "mixture": MIXTURE,
    "kinds": KINDS, "words": VOCABULARY,
    "nouns": ["mug", "gripper"],
}
(HERE / "model.json").write_text(json.dumps(config, indent=1) + "\n")

"""Exported graphs become the model again that they were made from."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: npm run test:training -- --torch")

import onnxruntime  # noqa: E402
from training.data import HEIGHT, WIDTH  # noqa: E402
from training.export import ANSWERS, ENCODED, TOLERANCE, OnePicture, softmax  # noqa: E402
from training.weights import read_weights  # noqa: E402
from training.words import Vocabulary, split_words  # noqa: E402

SHIPPED = Path(__file__).parents[2] / "models/embedded"
QUESTIONS = [
    "How far is the robot gripper from the red mug?",
    "How high is the red mug above the table?",
    "Is the green box left of the blue tray?",
]


def run(graph: str, inputs: dict) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(SHIPPED / graph, providers=["CPUExecutionProvider"])
    return session.run(None, inputs)


def test_the_shipped_graphs_answer_as_the_model_that_is_read_from_them() -> None:
    model, document = read_weights(SHIPPED)
    # A grey table below a lighter wall, and a red patch on it.
    image = np.full((1, HEIGHT, WIDTH, 3), 200, np.uint8)
    image[:, 80:] = (150, 130, 110)
    image[:, 120:160, 140:180] = (190, 30, 30)
    lens = np.array([[290, 290, 159.5, 119.5, 1]], np.float32)
    vocabulary = Vocabulary(document["words"])
    words = np.array([vocabulary.encode(split_words(text)) for text in QUESTIONS])
    with torch.no_grad():
        encoded = model.encoder(torch.tensor(image), torch.tensor(lens))
        answers = OnePicture(model.answerer)(torch.tensor(words), *encoded)
    inputs = {name: value.numpy() for name, value in zip(ENCODED, encoded, strict=True)}
    want = run("encoder.onnx", {"image": image, "lens": lens})
    want += run("answerer.onnx", {"words": words, **inputs})
    for name, a, b in zip(ENCODED + ANSWERS, [*encoded, *answers], want, strict=True):
        got = a.numpy()
        if name == "scores":
            got, b = softmax(got), softmax(b)
        assert np.abs(got - b).max() <= TOLERANCE, name

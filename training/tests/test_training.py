"""From a data set to answers on the command line. Needs PyTorch and a built package."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed: npm run test:training -- --torch")

ROOT = Path(__file__).parents[2]
CLI = ["node", str(ROOT / "dist/cli/main.js")]


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "a"
    size = ["--width", "320", "--height", "240", "--workers", "1"]
    run(*CLI, "dataset", "synthesize", "--scenes", "24", "--seed", "3", *size, "-o", str(folder))
    return folder


def train(data: Path, folder: Path, *options: str) -> str:
    command = [sys.executable, "-m", "training", str(data), "--run", str(folder), "--config", "smoke"]
    return run(*command, *options)


def test_a_data_set_becomes_a_model_that_the_package_asks(data: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    said = train(data, tmp_path / "run", "--steps", "3", "--export", str(weights))
    assert float(said.split("differs from PyTorch by ")[1].split()[0]) < 1e-3
    log = [json.loads(line) for line in (tmp_path / "run/log.jsonl").read_text().splitlines()]
    # So few scenes have none in the test split.
    assert [(line["check"], line["step"]) for line in log] == [("val", 3)]
    assert (tmp_path / "run/curves.png").exists()
    picture = next((data / "images").iterdir())
    question = "How far is the gripper from the red mug?"
    ask = [*CLI, "ask", str(picture), question, "--json", "--vlm", f"embedded?weights={weights}"]
    # Its exit code is 1 where it refuses, which such a model may.
    answer = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True)
    said_of_it = json.loads(answer.stdout)
    assert said_of_it["model"].startswith("embedded")
    assert (said_of_it["value"] is None) != (said_of_it["refusal"] is None)


def test_training_goes_on_where_it_was(data: Path, tmp_path: Path) -> None:
    train(data, tmp_path, "--steps", "2")
    assert "goes on at step 2" in train(data, tmp_path, "--steps", "3")


def test_training_goes_on_from_exported_weights(data: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    train(data, tmp_path / "a", "--steps", "2", "--export", str(first))
    document = json.loads((first / "model.json").read_text())
    chosen = {**document, "seen_from": 0.24, "domain": {"most": 2}, "sigma": {}}
    (first / "model.json").write_text(json.dumps(chosen))
    train(data, tmp_path / "b", "--steps", "2", "--start", str(first), "--export", str(second))
    found = json.loads((second / "model.json").read_text())
    assert found["seen_from"] == 0.24
    # They were of the answers and of the encoder before.
    assert found.keys().isdisjoint({"sigma", "domain"})
    assert [stage["steps"] for stage in found["training"]["stages"]] == [2, 2]
    assert found["words"] == document["words"]


def test_the_shipped_graphs_answer_as_the_model_that_is_read_from_them(data: Path) -> None:
    import numpy as np
    import onnxruntime
    import torch
    from training.cli import prepared
    from training.data import Pictures
    from training.export import ANSWERS, ENCODED, TOLERANCE, OnePicture, softmax
    from training.weights import read_weights
    from training.words import Vocabulary, split_words

    shipped = ROOT / "models/embedded"

    def ask(graph: str, inputs: dict) -> list:
        session = onnxruntime.InferenceSession(shipped / graph, providers=["CPUExecutionProvider"])
        return session.run(None, inputs)

    pixels, _, record = Pictures([prepared(data, "train")])[0]
    model, document = read_weights(shipped)
    vocabulary = Vocabulary(document["words"])
    words = np.array([vocabulary.encode(split_words(row["text"])) for row in record["rows"]])
    image, lens = np.array(pixels)[None], np.array([[*record["intrinsics"], 1]], np.float32)
    with torch.no_grad():
        encoded = model.encoder(torch.tensor(image), torch.tensor(lens))
        answers = OnePicture(model.answerer)(torch.tensor(words), *encoded[:len(ENCODED)])
    got = [value.numpy() for value in (*encoded, *answers)]
    want = ask("encoder.onnx", {"image": image, "lens": lens})
    want += ask("answerer.onnx", {"words": words, **dict(zip(ENCODED, got, strict=False))})
    for name, a, b in zip([*ENCODED, "aside", *ANSWERS], got, want, strict=True):
        if name == "scores":
            a, b = softmax(a), softmax(b)
        assert np.abs(a - b).max() <= TOLERANCE, name


def test_what_pictures_are_known_is_kept_with_the_encoder() -> None:
    from training.cli import kept_of
    from training.train import Config

    started = {"seen_from": 0.24, "domain": {"most": 2}, "sigma": {}}
    assert kept_of(started, Config(steps=1, encoder="heads")) == {"seen_from": 0.24, "domain": {"most": 2}}


def test_all_of_exported_weights_can_be_trained() -> None:
    from training.train import Config, make_model, start_of
    from training.weights import read_weights
    from training.words import Vocabulary

    shipped = ROOT / "models/embedded"
    config = Config(steps=1, width=160, fine=96, base=48, start=str(shipped))
    model = make_model(Vocabulary(read_weights(shipped)[1]["words"]), config, start_of(config))
    assert [name for name, weight in model.named_parameters() if not weight.requires_grad] == []
    assert not any("running_mean" in name for name in model.state_dict())


def test_where_things_are_is_trained_without_a_change_of_pointing() -> None:
    import torch
    from training.cli import CONFIGS
    from training.model import SpatialModel
    from training.train import freeze

    torch.manual_seed(1)
    model = SpatialModel(torch.zeros(5, 13), 64, 32, 16).eval()
    model.encoder.keep_sketch()
    freeze(model, CONFIGS["places"].encoder)
    trained = [name for name, weight in model.named_parameters() if weight.requires_grad]
    assert trained
    assert all(name.startswith("encoder.shape.") for name in trained)
    image, lens = torch.zeros(1, 240, 320, 3, dtype=torch.uint8), torch.tensor([[290.0, 290, 160, 120, 1]])
    with torch.no_grad():
        _, _, keys, geometry = model.encoder(image, lens)
        for weight in model.encoder.shape.parameters():
            weight.add_(0.1)
        _, _, keys_after, geometry_after = model.encoder(image, lens)
    assert torch.equal(keys, keys_after)
    assert not torch.allclose(geometry, geometry_after)


def test_whether_things_are_seen_is_trained_without_a_change_of_the_answers(data: Path, tmp_path: Path) -> None:
    import torch
    from training.cli import prepared
    from training.data import Pictures
    from training.weights import read_weights
    from training.words import Vocabulary, split_words

    shipped, weights = ROOT / "models/embedded", tmp_path / "weights"
    options = ["--start", str(shipped), "--export", str(weights), "--pictures", "4", "--rounds", "3"]
    run(sys.executable, "-m", "training.sights", str(data), *options)
    pixels, _, record = Pictures([prepared(data, "train")])[0]
    said, documents = [], []
    for folder in (shipped, weights):
        model, document = read_weights(folder)
        words = [Vocabulary(document["words"]).encode(split_words(row["text"])) for row in record["rows"]]
        with torch.no_grad():
            encoded = model.encoder(torch.tensor(pixels)[None], torch.tensor([[*record["intrinsics"], 1.0]]))
            said.append(model.answerer(torch.tensor(words)[None], *encoded[:4]))
        documents.append(document)
    before, after = said
    changed = [name for name in before if not torch.allclose(before[name], after[name], atol=1e-4)]
    assert changed == ["seen"]
    kept = documents[0].keys() - {"id", "seen_from", "absent_refused", "training"}
    assert {name: documents[0][name] for name in kept} == {name: documents[1][name] for name in kept}
    assert documents[1]["training"]["stages"][-1]["head"] == "sight"


def test_the_geometry_from_aside_is_trained_without_a_change_of_the_rest(data: Path, tmp_path: Path) -> None:
    import torch
    from training.cli import prepared
    from training.data import Pictures
    from training.weights import read_weights

    shipped, weights = ROOT / "models/embedded", tmp_path / "weights"
    options = ["--start", str(shipped), "--export", str(weights), "--pictures", "4", "--steps", "3"]
    run(sys.executable, "-m", "training.aside", str(data), *options)
    pixels, _, record = Pictures([prepared(data, "train")])[0]
    image, lens = torch.tensor(pixels)[None], torch.tensor([[*record["intrinsics"], 1.0]])
    (before, document), (after, new) = read_weights(shipped), read_weights(weights)
    with torch.no_grad():
        *same, old_aside = before.encoder(image, lens)
        *same_again, aside = after.encoder(image, lens)
    assert all(torch.equal(a, b) for a, b in zip(same, same_again, strict=True))
    assert not torch.allclose(old_aside, aside, atol=1e-3)
    answers = before.answerer.state_dict()
    assert all(torch.equal(weight, answers[name]) for name, weight in after.answerer.state_dict().items())
    assert {**document, "training": 0} == {**new, "training": 0}
    assert new["training"]["stages"][-1]["head"] == "context"


def test_the_geometry_of_single_cells_is_that_of_the_picture() -> None:
    import torch
    from training.aside import unfold
    from training.model import Context

    torch.manual_seed(1)
    context = Context(8, 16)
    torch.nn.init.normal_(context.last.weight)
    x8, x16, rays = torch.randn(1, 8, 30, 40), torch.randn(1, 16, 15, 20), torch.randn(1, 2, 30, 40)
    with torch.no_grad():
        want = context(x8, x16, rays)[0, :, 11, 23]
        inputs = [context.beside(x8, rays)[..., 11:12, 23:24], x16[..., 5:6, 11:12], context.summary(x8, x16)]
        assert torch.allclose(context.of_cells(*inputs).flatten(), want, atol=1e-5)
        normal = [(torch.full((part.shape[1],), 2.0), torch.full((part.shape[1],), 3.0)) for part in inputs]
        want = context.of_cells(*((part - 2) / 3 for part in inputs))
        unfold(context, normal)
        assert torch.allclose(context.of_cells(*inputs), want, atol=1e-4)


def test_what_says_whether_things_are_seen_takes_its_inputs_as_they_are() -> None:
    import torch
    from training.model import Sight
    from training.sights import unfold

    torch.manual_seed(1)
    sight = Sight(16, 8)
    inputs = [torch.randn(5, size) * 3 + 2 for size in (16, 24, 2)]
    normal = [(torch.full((part.shape[1],), 2.0), torch.full((part.shape[1],), 3.0)) for part in inputs]
    with torch.no_grad():
        want = sight(*((part - mean) / spread for part, (mean, spread) in zip(inputs, normal, strict=True)))
        unfold(sight, normal)
        assert torch.allclose(sight(*inputs), want, atol=1e-4)


def test_what_is_not_there_is_no_other_word_for_what_is(data: Path) -> None:
    import numpy as np
    from training.cli import prepared, started_from
    from training.data import Pictures
    from training.samples import near_name
    from training.sights import Sights
    from training.words import Vocabulary

    pictures = Pictures([prepared(data, "train")])
    vocabulary = Vocabulary(started_from(ROOT / "models/embedded")["words"])
    sights, random = Sights(pictures, vocabulary, 8, True, 1), np.random.default_rng(1)
    absent = [(record, sights.absent(record, {}, random)) for record in pictures.records for _ in range(40)]
    hard = 0
    for record, words in absent:
        if words is None or len(words) != 3:
            continue
        there = [thing["name"] for thing in record["objects"]]
        assert not any(noun == words[2] and near_name(color, words[1]) for color, noun in there if noun != "gripper")
        hard += any(color == words[1] or noun == words[2] for color, noun in there)
    assert hard > len(absent) / 4

"""What words stand for: ids, colours, forms, sides, kinds."""

import json
from pathlib import Path

import numpy as np
import pytest
from training.augment import MIRRORED, camera_change, cell_counts, mirror_row, mirror_words, replace_phrase
from training.data import CELL, GRID_H, GRID_W, HEIGHT, WIDTH
from training.kinds import KINDS, mirrored_kind
from training.paraphrases import all_words, template_of
from training.sides import Sides
from training.words import (
    FORM,
    HELD_OUT_COLORS,
    MAX_TOKENS,
    MEANINGS,
    PAD,
    SYNONYMS,
    UNKNOWN,
    Vocabulary,
    lab_of,
    proportions,
    split_words,
    training_colors,
)

MODEL = json.loads((Path(__file__).parents[2] / "models/embedded/model.json").read_text())


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)


def test_kinds_are_those_of_the_model_in_the_package() -> None:
    assert MODEL["kinds"] == KINDS
    assert len(set(KINDS)) == 43


def test_a_kind_mirrored_twice_is_itself() -> None:
    for kind in KINDS:
        assert mirrored_kind(mirrored_kind(kind)) == kind
    assert mirrored_kind("left_predicate") == "right_predicate"
    assert mirrored_kind("left_right") == "left_right"


def test_a_vocabulary_pads_cuts_and_marks_what_it_does_not_know() -> None:
    vocabulary = Vocabulary.of(["how far is the mug"] * 20 + ["seldom said"], ["always"])
    ids = vocabulary.encode(["how", "seldom", "mug"])
    assert len(ids) == MAX_TOKENS
    assert ids[1:4] == [UNKNOWN, vocabulary.ids["mug"], PAD]
    assert "always" in vocabulary.ids
    assert len(vocabulary.encode(["far"] * 100)) == MAX_TOKENS


def test_words_that_were_never_read_are_read_as_their_aliases() -> None:
    vocabulary = Vocabulary.of([], ["farthest"])
    assert vocabulary.encode(["furthest"]) == vocabulary.encode(["farthest"])


def test_colours_and_forms_have_a_meaning_and_other_words_have_none() -> None:
    vocabulary = Vocabulary.of([], ["far"])
    table = vocabulary.meanings()
    assert table.shape == (len(vocabulary.words), MEANINGS)
    assert not table[vocabulary.ids["far"]].any()
    assert np.allclose(table[vocabulary.ids["white"]][:4], [1, 1, 0, 0], atol=1e-3)
    assert table[vocabulary.ids["mug"]][-FORM - 1] == 1


def test_no_training_colour_looks_like_a_held_out_one() -> None:
    for word, rgb in training_colors().items():
        assert word not in HELD_OUT_COLORS
        assert all(np.linalg.norm(lab_of(rgb) - lab_of(other)) > 12 for other in HELD_OUT_COLORS.values())


def test_proportions_do_not_depend_on_which_side_is_named_first() -> None:
    assert proportions([0.1, 0.2, 0.3]) == proportions([0.2, 0.1, 0.3])
    assert proportions([0.1, 0.1, 0.1]) == (0, 0)


def test_every_kind_has_sentences_of_known_words(random: np.random.Generator) -> None:
    known = set(all_words())
    for kind in KINDS:
        for _ in range(50):
            words = template_of(kind, random)
            assert "{A}" in words
            assert set(split_words(" ".join(words))) - {"a", "b"} <= known


def test_mirrored_words_exchange_left_and_right_but_not_what_is_right() -> None:
    words = "is the leftmost cup right of the tray".split()
    assert mirror_words(words) == "is the rightmost cup left of the tray".split()
    assert mirror_words(mirror_words(words)) == words
    assert mirror_words(["am", "i", "right", "that"]) == ["am", "i", "right", "that"]


def test_a_mirrored_row_asks_the_mirrored_kind() -> None:
    assert mirror_row({"kind": "left_right", "held": 1})["held"] == 0
    assert mirror_row({"kind": "left_choice", "held": 1}) == {"kind": "right_choice", "held": 1}


def test_every_occurrence_of_a_phrase_is_replaced() -> None:
    words = "is the red cup left of the red cup".split()
    assert replace_phrase(words, ["red", "cup"], ["mug"]) == "is the mug left of the mug".split()


def test_a_changed_camera_sees_a_turned_point_where_its_homography_says(random: np.random.Generator) -> None:
    lens = [300.0, 300.0, 160.0, 120.0]
    point = np.array([0.1, -0.05, 0.9])
    seen = np.array([lens[0] * point[0] / point[2] + lens[2], lens[1] * point[1] / point[2] + lens[3], 1])
    for _ in range(20):
        warp, changed, turn, _ = camera_change(lens, random)
        x, y, z = turn @ point
        u, v, w = warp @ seen
        assert np.allclose([u / w, v / w], [changed[0] * x / z + changed[2], changed[1] * y / z + changed[3]])
        assert np.isclose(np.linalg.norm(turn @ point), np.linalg.norm(point))


def test_a_picture_mirrored_twice_is_itself() -> None:
    assert np.array_equal(MIRRORED @ MIRRORED, np.eye(3))


def test_cells_count_the_pixels_of_each_thing() -> None:
    labels = np.zeros((HEIGHT // 2, WIDTH // 2), np.uint8)
    labels[:2, :6] = 9
    counts = cell_counts(labels, [9, 4])
    assert counts.shape == (2, GRID_H, GRID_W)
    assert counts[0, 0, :3].tolist() == [2 * CELL // 2, 2 * 2, 0]
    assert counts.sum() == 12


def test_the_leftmost_of_its_kind_is_called_so_and_what_is_alone_is_not(random: np.random.Generator) -> None:
    record = {
        "names": ["a", "b", "mug"],
        "objects": [{"name": ["red", "box"]}, {"name": ["green", "box"]}, {"name": ["red", "mug"]}],
        "bystanders": [],
    }
    geometry = np.zeros((3, 9))
    # Side by side, equal in all else.
    geometry[:, 0] = [-0.2, 0.2, 0]
    sides = Sides(record, {}, geometry, np.array([True, True, True]))
    said = [phrase for phrase in (sides.phrase("a", random) for _ in range(40)) if phrase]
    assert said
    assert all("left" in " ".join(phrase) for phrase in said)
    assert sides.phrase("mug", random) is None


def test_a_thing_of_a_shape_that_scenes_keep_for_test_is_called_by_its_own_noun_or_a_wider_one(
    random: np.random.Generator,
) -> None:
    said = {Sides.word_for("egg", random) for _ in range(200)}
    assert "egg" in said
    assert said.isdisjoint(word for others in SYNONYMS.values() for word in others)


def test_synonyms_are_of_nouns_that_have_a_form() -> None:
    vocabulary = Vocabulary.of([], [])
    for noun, others in SYNONYMS.items():
        assert {noun, *others} <= set(vocabulary.ids)

"""What the tiny models are asked, what they answer, and the tokenizers that write it down."""

import random

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

#: Must be the default system prompt of src/models.
SYSTEM = (
    "You judge space in images from a robot's camera. Answer the question with one short sentence "
    "and nothing else. For a length, a distance or a height give one number with a metric unit, "
    "metres or centimetres, as exact as you can, without a range: for example 0.42 m. For a "
    "yes-or-no question answer yes or no. For a choice between two objects name the one. If you "
    "cannot see an object that the question is about, say that it is not visible."
)

OBJECTS = [
    "the red mug", "the blue cube", "the robot gripper", "the table", "the tray", "the green ball",
    "the box", "the bottle", "the white plate", "the screwdriver",
]
LENGTHS = [
    "How far is {a} from {b}?", "What is the distance between {a} and {b}?",
    "How high is {a} above {b}?", "How tall is {a}?", "How wide is {a}?",
    "What is the horizontal distance between {a} and {b}?",
]
YES_NO = ["Is {a} to the left of {b}?", "Is {a} above {b}?", "Does {a} have a greater height than {b}?"]
UNSEEN = "the unicorn"


def question_and_answer(draw: random.Random, brightness: float) -> tuple[str, str]:
    """Of an image that is grey all over, brightness 0..1: the brighter, the longer."""
    a, b = draw.sample(OBJECTS, 2)
    kind = draw.random()
    if kind < 0.15:
        wording = draw.choice(LENGTHS + YES_NO)
        return wording.format(a=UNSEEN, b=b), "The unicorn is not visible."
    if kind < 0.4:
        return draw.choice(YES_NO).format(a=a, b=b), "Yes" if brightness > 0.5 else "No"
    return draw.choice(LENGTHS).format(a=a, b=b), f"{0.1 + 0.8 * brightness:.1f} m"


def vlm_corpus() -> list[str]:
    draw = random.Random(1)
    corpus = [SYSTEM] * 200
    for _ in range(3000):
        corpus += question_and_answer(draw, draw.random())
    return corpus


def make_tokenizer(special: list[str], vocabulary: int, corpus: list[str]) -> Tokenizer:
    """Byte-level BPE, as the tokenizers of GPT-2, Llama 3 and Qwen2 are."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in special])
    return tokenizer

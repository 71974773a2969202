"""The 43 kinds of questions, in the order of src/language/QuestionKind.ts."""

RELATIONS = "left right above below behind front tall short wide thin big small".split()
CLASSIFY = "left_right above_below behind_front tall_short wide_thin big_small".split()
QUANTITIES = """distance gap height width elevation vertical_distance horizontal_distance
above_difference below_difference behind_difference front_difference left_difference
right_difference""".split()
KINDS = (
    [f"{relation}_predicate" for relation in RELATIONS]
    + [f"{relation}_choice" for relation in RELATIONS]
    + CLASSIFY
    + QUANTITIES
)
KIND_ID = {kind: index for index, kind in enumerate(KINDS)}


def mirrored_kind(kind: str) -> str:
    """What the same words, with left and right exchanged, ask of the mirrored picture."""
    if kind == "left_right":
        return kind
    head, *rest = kind.split("_")
    return "_".join([{"left": "right", "right": "left"}.get(head, head), *rest])

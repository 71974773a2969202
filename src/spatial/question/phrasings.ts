import {
  type ClassifyKind,
  kindInfo,
  type QuantityKind,
  type QuestionKind,
  type Relation,
} from "../QuestionKind.js";

/** Every quantity kind's own words; the first of each list is the canonical one. */
const QUANTITY_PHRASINGS: Readonly<Record<QuantityKind, readonly string[]>> = {
  distance: [
    "What is the distance between {A} and {B}?",
    "How far is {A} from {B}?",
    "How far apart are {A} and {B}?",
    "Estimate the distance from {A} to {B}.",
    "Tell me how far away {A} is from {B}.",
    "Measured from centre to centre, how far is it from {A} to {B}?",
    "What distance lies between the centre of {A} and the centre of {B}?",
  ],
  gap: [
    "How wide is the gap between {A} and {B}?",
    "How much free space is there between {A} and {B}?",
    "What is the clearance between {A} and {B}?",
    "What is the shortest distance between the surfaces of {A} and {B}?",
    "How far would {A} have to move to touch {B}?",
    "How close does {A} come to {B} at their nearest points?",
    "Estimate the gap that separates {A} from {B}.",
  ],
  height: [
    "How tall is {A}?",
    "What is the height of {A}?",
    "Estimate the height of {A}.",
    "How much does {A} measure from its bottom to its top?",
    "From base to top, how tall does {A} measure?",
    "Tell me how tall {A} is.",
    "What height does {A} have?",
  ],
  width: [
    "How wide is {A}?",
    "What is the width of {A}?",
    "Estimate the width of {A}.",
    "How much does {A} measure from its left edge to its right edge?",
    "How much room does {A} take up from side to side?",
    "Tell me how wide {A} is.",
    "What width does {A} have?",
  ],
  elevation: [
    "How high is {A} above the supporting surface?",
    "How far is the lowest point of {A} above the table or floor?",
    "How far off the surface is {A}?",
    "What is the elevation of {A}?",
    "How far has {A} been lifted off the surface?",
    "How much air is there under {A}?",
    "Estimate how high {A} hovers above the surface.",
  ],
  vertical_distance: [
    "What is the vertical distance between {A} and {B}?",
    "How far apart are {A} and {B} vertically?",
    "Measured straight up and down, how far is {A} from {B}?",
    "Estimate the vertical separation of {A} and {B}.",
    "In the vertical direction only, how far is it from {A} to {B}?",
    "How large is the vertical offset between {A} and {B}?",
  ],
  horizontal_distance: [
    "What is the horizontal distance between {A} and {B}?",
    "How far apart are {A} and {B} horizontally?",
    "Leaving height aside, how far is {A} from {B}?",
    "Estimate the horizontal separation of {A} and {B}.",
    "Measured along the supporting surface, how far is it from {A} to {B}?",
    "How large is the horizontal offset between {A} and {B}?",
  ],
  above_difference: [
    "How much higher is the top of {A} than the top of {B}?",
    "How far above {B} is {A}?",
    "How much higher is {A} than {B}?",
    "By how much does {A} rise above {B}?",
    "Estimate how far {A} reaches above {B}.",
    "Comparing their tops, how much higher does {A} reach than {B}?",
  ],
  below_difference: [
    "How much lower is the bottom of {A} than the bottom of {B}?",
    "How far below {B} is {A}?",
    "How much lower is {A} than {B}?",
    "By how much does {A} sit below {B}?",
    "Estimate how far {A} reaches below {B}.",
    "Comparing their undersides, how much lower does {A} reach than {B}?",
  ],
  behind_difference: [
    "How far behind {B} is {A}?",
    "How much farther from the camera is {A} than {B}?",
    "By how much does {A} lie behind {B}?",
    "Estimate how far {A} is behind {B}.",
    "Along the line of sight, how far is {A} behind {B}?",
    "How much deeper in the scene is {A} than {B}?",
  ],
  front_difference: [
    "How far in front of {B} is {A}?",
    "How much closer to the camera is {A} than {B}?",
    "By how much does {A} lie in front of {B}?",
    "Estimate how far {A} is in front of {B}.",
    "Along the line of sight, how far is {A} in front of {B}?",
    "How much nearer to the viewer is {A} than {B}?",
  ],
  left_difference: [
    "How far to the left of {B} is {A}?",
    "How far is {A} to the left of {B}?",
    "By how much does {A} lie to the left of {B}?",
    "Estimate how far left of {B} {A} is.",
    "How much farther to the left is {A} than {B}?",
    "Measured sideways, how far is {A} left of {B}?",
  ],
  right_difference: [
    "How far to the right of {B} is {A}?",
    "How far is {A} to the right of {B}?",
    "By how much does {A} lie to the right of {B}?",
    "Estimate how far right of {B} {A} is.",
    "How much farther to the right is {A} than {B}?",
    "Measured sideways, how far is {A} right of {B}?",
  ],
};

/** "A is … B", two wordings of each relation. */
const RELATION_PHRASES: Readonly<Record<Relation, readonly [string, string]>> = {
  left: ["to the left of", "farther left than"],
  right: ["to the right of", "farther right than"],
  above: ["above", "higher up than"],
  below: ["below", "lower down than"],
  behind: ["behind", "farther from the camera than"],
  front: ["in front of", "closer to the camera than"],
  tall: ["taller than", "of greater height than"],
  short: ["shorter than", "of lesser height than"],
  wide: ["wider than", "broader than"],
  thin: ["thinner than", "narrower than"],
  big: ["bigger than", "larger than"],
  small: ["smaller than", "less big than"],
};

/** "Which one is …?", two wordings of each relation. */
const COMPARATIVES: Readonly<Record<Relation, readonly [string, string]>> = {
  left: ["farther to the left", "more to the left"],
  right: ["farther to the right", "more to the right"],
  above: ["higher up", "placed higher"],
  below: ["lower down", "placed lower"],
  behind: ["farther from the camera", "farther back"],
  front: ["closer to the camera", "nearer to the viewer"],
  tall: ["taller", "greater in height"],
  short: ["shorter", "lesser in height"],
  wide: ["wider", "broader"],
  thin: ["thinner", "narrower"],
  big: ["bigger", "larger"],
  small: ["smaller", "less big"],
};

/** "A is … B" with both relations of a classify kind, and the same without B. */
const ALTERNATIVES: Readonly<Record<ClassifyKind, readonly [string, string]>> = {
  left_right: ["to the left or to the right of", "more to the left or more to the right"],
  above_below: ["above or below", "higher up or lower down"],
  behind_front: ["behind or in front of", "farther from the camera or closer to it"],
  tall_short: ["taller or shorter than", "taller or shorter"],
  wide_thin: ["wider or thinner than", "wider or thinner"],
  big_small: ["bigger or smaller than", "bigger or smaller"],
};

function predicatePhrasings(relation: Relation): readonly string[] {
  const [plain, other] = RELATION_PHRASES[relation];
  return [
    `Is {A} ${plain} {B}?`,
    `Is {A} ${other} {B}?`,
    `Would you say that {A} is ${plain} {B}?`,
    `Is it true that {A} is ${other} {B}?`,
    `As the camera sees it, is {A} ${plain} {B}?`,
    `{A} is ${plain} {B}: yes or no?`,
    `Check whether {A} is ${other} {B}.`,
  ];
}

function choicePhrasings(relation: Relation): readonly string[] {
  const [plain, other] = COMPARATIVES[relation];
  return [
    `Which is ${plain}, {A} or {B}?`,
    `Which one is ${other}: {A} or {B}?`,
    `Between {A} and {B}, which one is ${plain}?`,
    `Of {A} and {B}, which is ${other}?`,
    `{A} or {B}: which of them is ${plain}?`,
    `Compare {A} with {B}. Which one is ${plain}?`,
    `Name the one that is ${other}: {A} or {B}.`,
  ];
}

function classifyPhrasings(kind: ClassifyKind): readonly string[] {
  const [joined, apart] = ALTERNATIVES[kind];
  return [
    `Is {A} ${joined} {B}?`,
    `Compared with {B}, is {A} ${apart}?`,
    `Would you say that {A} is ${joined} {B}?`,
    `Tell me whether {A} is ${joined} {B}.`,
    `Next to {B}, would you call {A} ${apart}?`,
    `Which is it: is {A} ${joined} {B}?`,
    `Look at {A} and {B}. Is the first one ${apart}?`,
  ];
}

/**
 * The wordings of a kind, with `{A}` for the subject and `{B}` for the object (absent where the
 * kind asks about one). Index 0 is the canonical one. The phrases that go in bring their articles.
 */
export function phrasings(kind: QuestionKind): readonly string[] {
  const { shape, relations } = kindInfo(kind);
  switch (shape) {
    case "quantity":
      return QUANTITY_PHRASINGS[kind as QuantityKind];
    case "yes_no":
      return predicatePhrasings(relations[0]!);
    case "choice":
      return choicePhrasings(relations[0]!);
    case "class":
      return classifyPhrasings(kind as ClassifyKind);
  }
}

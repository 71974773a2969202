import {
  type ClassifyKind,
  KINDS,
  type KindInfo,
  type QuantityKind,
  type QuestionKind,
  type Relation,
  relationOf,
} from "../QuestionKind.js";
import { phrasings } from "./phrasings.js";

/** Wordings of quantities that people use and we do not. */
const QUANTITIES: Readonly<Record<QuantityKind, readonly string[]>> = {
  distance: [
    "what is the distance from {A} to {B}",
    "distance between {A} and {B}",
    "distance from {A} to {B}",
    "how far is it from {A} to {B}",
    "how far away is {A} from {B}",
    "how far {A} is from {B}",
    "how far are {A} and {B} from each other",
    "how close is {A} to {B}",
    "how far is {A} to {B}",
    "what is the distance of {A} from {B}",
    "what is the separation between {A} and {B}",
    "separation of {A} and {B}",
    "separation between {A} and {B}",
    "spacing between {A} and {B}",
    "distance of {A} from {B}",
    "how far are {A} and {B} apart",
    "how distant are {A} and {B}",
    "how far {A} and {B} are apart",
    "how far apart {A} and {B} are",
    "how much distance is between {A} and {B}",
    "how much distance is there between {A} and {B}",
    "how distant is {A} from {B}",
  ],
  gap: [
    "gap between {A} and {B}",
    "how big is the gap between {A} and {B}",
    "what is the gap between {A} and {B}",
    "how much space is there between {A} and {B}",
    "how much space is between {A} and {B}",
    "how much room is there between {A} and {B}",
    "what is the smallest distance between {A} and {B}",
    "what is the shortest distance between {A} and {B}",
    "clearance between {A} and {B}",
  ],
  height: ["height of {A}", "how tall {A} is", "how high is {A}", "how tall would you say {A} is"],
  width: ["width of {A}", "how wide {A} is", "how wide would you say {A} is", "how thick is {A}"],
  elevation: [
    "how high above the surface is {A}",
    "how far above the surface is {A}",
    "how high is {A} above the surface",
    "how far is {A} above the surface",
    "how high is {A} off the surface",
    "how far is {A} off the surface",
    "how high up is {A}",
    "how high {A} is above the surface",
    "elevation of {A}",
    "what is the elevation of {A} above the surface",
    "what is the height of {A} above the surface",
    "how much has {A} been lifted",
    "how high has {A} been lifted",
  ],
  vertical_distance: [
    "vertical distance between {A} and {B}",
    "vertical distance from {A} to {B}",
    "what is the vertical distance from {A} to {B}",
    "how far is {A} from {B} vertically",
    "how far apart vertically are {A} and {B}",
  ],
  horizontal_distance: [
    "horizontal distance between {A} and {B}",
    "horizontal distance from {A} to {B}",
    "what is the horizontal distance from {A} to {B}",
    "how far is {A} from {B} horizontally",
    "how far apart horizontally are {A} and {B}",
  ],
  above_difference: [
    "how far is {A} above {B}",
    "how high above {B} is {A}",
    "how high is {A} above {B}",
    "how much above {B} is {A}",
    "how much taller does {A} reach than {B}",
    "how far {A} is above {B}",
  ],
  below_difference: [
    "how far is {A} below {B}",
    "how much below {B} is {A}",
    "how deep below {B} is {A}",
    "how far {A} is below {B}",
  ],
  behind_difference: [
    "how far is {A} behind {B}",
    "how much behind {B} is {A}",
    "how much farther away is {A} than {B}",
    "how much farther back is {A} than {B}",
    "how far {A} is behind {B}",
  ],
  front_difference: [
    "how far is {A} in front of {B}",
    "how much in front of {B} is {A}",
    "how much closer is {A} than {B}",
    "how far {A} is in front of {B}",
  ],
  left_difference: [
    "how much left of {B} is {A}",
    "how much farther left is {A} than {B}",
    "how far {A} is left of {B}",
    "how far is {A} left from {B}",
  ],
  right_difference: [
    "how much right of {B} is {A}",
    "how much farther right is {A} than {B}",
    "how far {A} is right of {B}",
    "how far is {A} right from {B}",
  ],
};

/** "A is … B". */
const JOINING: Readonly<Record<Relation, readonly string[]>> = {
  left: ["left of", "more to the left than", "farther to the left than", "left from"],
  right: ["right of", "more to the right than", "farther to the right than", "right from"],
  above: ["above", "over", "higher than"],
  below: ["below", "lower than"],
  behind: ["behind", "farther away than", "farther back than", "farther than"],
  front: ["in front of", "closer than", "ahead of"],
  tall: ["taller than"],
  short: ["shorter than"],
  wide: ["wider than"],
  thin: ["thinner than", "less wide than"],
  big: ["bigger than"],
  small: ["smaller than"],
};

/** "Which is …?" */
const STANDING: Readonly<Record<Relation, readonly string[]>> = {
  left: ["farther left", "more left", "leftmost", "on the left", "to the left"],
  right: ["farther right", "more right", "rightmost", "on the right", "to the right"],
  above: ["higher", "above", "on top"],
  below: ["lower", "below", "lowest"],
  behind: ["behind", "farther away", "farther", "in the back", "farthest"],
  front: ["in front", "closer", "closest", "closest to the camera"],
  tall: ["tallest", "the taller one", "the tallest"],
  short: ["shortest", "the shorter one", "the shortest"],
  wide: ["widest", "the wider one", "the widest"],
  thin: ["thinnest", "the thinner one", "the thinnest"],
  big: ["biggest", "the bigger one", "the biggest"],
  small: ["smallest", "the smaller one", "the smallest"],
};

const PAIRS: Readonly<Record<ClassifyKind, readonly string[]>> = {
  left_right: ["left or right of", "right or left of"],
  above_below: ["below or above", "over or below", "higher or lower than", "lower or higher than"],
  behind_front: ["in front of or behind", "behind or in front of", "closer or farther than"],
  tall_short: ["shorter or taller than"],
  wide_thin: ["thinner or wider than"],
  big_small: ["smaller or bigger than"],
};

/** Every wording that `interpretQuestion` knows of a kind: ours first. */
function understoodWordings(info: KindInfo): readonly string[] {
  return [...phrasings(info.kind), ...othersOf(info)];
}

function othersOf({ kind, shape }: KindInfo): readonly string[] {
  if (shape === "quantity") return QUANTITIES[kind as QuantityKind];
  const relation = relationOf(kind);
  switch (shape) {
    case "yes_no":
      return JOINING[relation].flatMap((joint) => [
        `is {A} ${joint} {B}`,
        `are {A} ${joint} {B}`,
        `does {A} lie ${joint} {B}`,
        `does {A} stand ${joint} {B}`,
        `does {A} sit ${joint} {B}`,
        `is {A} located ${joint} {B}`,
        `{A} is ${joint} {B}`,
        `do you think {A} is ${joint} {B}`,
      ]);
    case "choice":
      return [...STANDING[relation], ...comparativesOf(kind)].flatMap((word) => [
        `which is ${word} {A} or {B}`,
        `which one is ${word} {A} or {B}`,
        `what is ${word} {A} or {B}`,
        `which object is ${word} {A} or {B}`,
        `which of {A} and {B} is ${word}`,
        `between {A} and {B} which is ${word}`,
        `is {A} or {B} ${word}`,
        `{A} or {B} which is ${word}`,
        `{A} or {B} which one is ${word}`,
      ]);
    case "class":
      return PAIRS[kind as ClassifyKind].flatMap((pair) => [
        `is {A} ${pair} {B}`,
        `does {A} lie ${pair} {B}`,
        `tell me whether {A} is ${pair} {B}`,
      ]);
  }
}

/** The words between "Which is" and the objects in our own canonical wording. */
function comparativesOf(kind: QuestionKind): readonly string[] {
  return phrasings(kind)
    .slice(0, 2)
    .map((wording) => wording.replace(/^Which (?:one )?is (.*?)[,:] .*$/, "$1"));
}

/** All kinds with the wordings that are understood. */
export function allWordings(): ReadonlyMap<QuestionKind, readonly string[]> {
  return new Map([...KINDS.values()].map((info) => [info.kind, understoodWordings(info)]));
}

import { itemAt } from "../../base/index.js";
import {
  type ClassifyKind,
  kindInfo,
  oppositeOf,
  type QuantityKind,
  type QuestionKind,
  type Relation,
  relationOf,
} from "../QuestionKind.js";
import type { AnswerValue } from "../SpatialAnswer.js";
import { COMPARATIVES, RELATION_PHRASES } from "./phrasings.js";

/**
 * One way to answer a kind. `{A}` is the subject, `{B}` the object, `{V}` the length in words;
 * what else a wording needs to know of the answer it has a text of its own for.
 */
export interface AnswerWording {
  /** Where the answer is yes, the subject, the first relation, or a length of 0 or more. */
  readonly holds: string;
  /** Where it is no, the object, the second relation, or (signed kinds) a length below 0. */
  readonly fails: string;
}

/** The kinds whose sign says which of two directions it is. */
type SignedKind = Extract<QuantityKind, `${string}_difference`>;

const BARE: readonly string[] = ["{V}.", "About {V}.", "I would say {V}."];

/** Wordings of the kinds that have no sign, beside `BARE`. */
const LENGTHS: Readonly<Record<Exclude<QuantityKind, SignedKind>, readonly string[]>> = {
  distance: [
    "{A} is {V} from {B}.",
    "The distance is {V}.",
    "They are {V} apart.",
    "It is {V} from {A} to {B}.",
    "{A} and {B} are {V} apart.",
    "The distance between {A} and {B} is {V}.",
  ],
  gap: [
    "The gap is {V}.",
    "There is {V} of space between them.",
    "The clearance between {A} and {B} is {V}.",
    "The gap between {A} and {B} measures {V}.",
    "At their closest points they are {V} apart.",
    "A gap of {V} separates {A} from {B}.",
  ],
  height: [
    "{A} is {V} tall.",
    "It is {V} tall.",
    "Its height is {V}.",
    "The height of {A} is {V}.",
    "It stands {V} high.",
    "{A} has a height of {V}.",
  ],
  width: [
    "{A} is {V} wide.",
    "It is {V} wide.",
    "Its width is {V}.",
    "The width of {A} is {V}.",
    "It measures {V} across.",
    "{A} has a width of {V}.",
  ],
  elevation: [
    "{A} is {V} above the surface.",
    "Its lowest point is {V} above the surface.",
    "It is {V} off the surface.",
    "The elevation of {A} is {V}.",
    "Its elevation is {V}.",
    "It is raised by {V}.",
  ],
  vertical_distance: [
    "The vertical distance is {V}.",
    "They are {V} apart vertically.",
    "Vertically, {A} is {V} from {B}.",
    "The vertical distance between {A} and {B} is {V}.",
    "In the vertical direction, they are {V} apart.",
    "{A} and {B} are {V} apart vertically.",
  ],
  horizontal_distance: [
    "The horizontal distance is {V}.",
    "They are {V} apart horizontally.",
    "Horizontally, {A} is {V} from {B}.",
    "The horizontal distance between {A} and {B} is {V}.",
    "In the horizontal plane, they are {V} apart.",
    "{A} and {B} are {V} apart horizontally.",
  ],
};

/** The two directions of a signed kind. */
const DIRECTIONS: Readonly<Record<SignedKind, readonly [string, string]>> = {
  above_difference: ["higher than", "lower than"],
  below_difference: ["lower than", "higher than"],
  behind_difference: ["behind", "in front of"],
  front_difference: ["in front of", "behind"],
  left_difference: ["to the left of", "to the right of"],
  right_difference: ["to the right of", "to the left of"],
};

/** The part of an object that above and below differences speak of. */
const ENDS: Readonly<Partial<Record<SignedKind, string>>> = {
  above_difference: "top",
  below_difference: "bottom",
};

function signedWordings(kind: SignedKind): readonly AnswerWording[] {
  const end = ENDS[kind];
  const [a, b] = end ? [`the ${end} of {A}`, `the ${end} of {B}`] : ["{A}", "{B}"];
  const both = (wording: (direction: string) => string, contrary = wording): AnswerWording => {
    const [along, against] = DIRECTIONS[kind];
    return { holds: wording(along), fails: contrary(against) };
  };
  const full = (direction: string) => `{A} is {V} ${direction} {B}.`;
  const contrary = (direction: string) => `No, {A} is {V} ${direction} {B}.`;
  return [
    ...BARE.map((bare) => both(() => bare, full)),
    both(full),
    both((direction) => `${a} is {V} ${direction} ${b}.`),
    both((direction) => `It is {V} ${direction} {B}.`),
    both(() => "By {V}.", contrary),
    both((direction) => `I estimate that {A} is {V} ${direction} {B}.`),
    both((direction) => `{A} is ${direction} {B} by {V}.`),
  ];
}

function predicateWordings(relation: Relation): readonly AnswerWording[] {
  const [plain, other] = RELATION_PHRASES[relation];
  const [opposite] = RELATION_PHRASES[oppositeOf(relation)];
  return [
    { holds: "Yes.", fails: "No." },
    { holds: `Yes, {A} is ${plain} {B}.`, fails: `No, {A} is not ${plain} {B}.` },
    { holds: "Yes, it is.", fails: "No, it is not." },
    { holds: "Yes, that is so.", fails: "No, that is not so." },
    { holds: `Indeed, {A} is ${plain} {B}.`, fails: `No, {A} is ${opposite} {B}.` },
    { holds: `Yes, it is ${plain} {B}.`, fails: `No, it is ${opposite} {B}.` },
    { holds: `{A} is ${plain} {B}.`, fails: `{A} is not ${plain} {B}.` },
    { holds: `Yes, I would say that {A} is ${other} {B}.`, fails: `No, it is ${opposite} {B}.` },
    { holds: "It is.", fails: "It is not." },
  ];
}

function choiceWordings(relation: Relation): readonly AnswerWording[] {
  const [plain, other] = COMPARATIVES[relation];
  const [joint] = RELATION_PHRASES[relation];
  const either = (wording: (winner: string, loser: string) => string): AnswerWording => ({
    holds: wording("{A}", "{B}"),
    fails: wording("{B}", "{A}"),
  });
  return [
    either((winner) => `${winner}.`),
    either((winner) => `${winner} is ${plain}.`),
    either((winner) => `It is ${winner}.`),
    either((winner) => `I would say ${winner}.`),
    either((winner) => `${winner} is the one that is ${plain}.`),
    either((winner, loser) => `${winner} is ${joint} ${loser}.`),
    either((winner) => `Of the two, ${winner} is ${other}.`),
    either((winner) => `That would be ${winner}.`),
  ];
}

function classWordings(kind: ClassifyKind): readonly AnswerWording[] {
  const [first, second] = kind.split("_") as [Relation, Relation];
  const both = (wording: (joint: string, alone: string) => string): AnswerWording => ({
    holds: wording(RELATION_PHRASES[first][0], ALONE[first]),
    fails: wording(RELATION_PHRASES[second][0], ALONE[second]),
  });
  return [
    both((joint) => `{A} is ${joint} {B}.`),
    both((_, alone) => `${alone.charAt(0).toUpperCase()}${alone.slice(1)}.`),
    both((joint) => `It is ${joint} {B}.`),
    both((joint) => `I would say that {A} is ${joint} {B}.`),
    both((_, alone) => `Compared with {B}, {A} is ${alone}.`),
    both((_, alone) => `It is ${alone}.`),
    both((joint) => `{A}, it seems, is ${joint} {B}.`),
    both((_, alone) => `{A} is ${alone}.`),
  ];
}

/** A relation without what it relates to. */
const ALONE: Readonly<Record<Relation, string>> = {
  left: "to the left",
  right: "to the right",
  above: "above",
  below: "below",
  behind: "behind",
  front: "in front",
  tall: "taller",
  short: "shorter",
  wide: "wider",
  thin: "thinner",
  big: "bigger",
  small: "smaller",
};

const known = new Map<QuestionKind, readonly AnswerWording[]>();

/** The wordings of answers to a kind, at least 8; short ones first. `parseAnswer` reads them all. */
export function answerPhrasings(kind: QuestionKind): readonly AnswerWording[] {
  let wordings = known.get(kind);
  if (!wordings) {
    wordings = wordingsOf(kind);
    known.set(kind, wordings);
  }
  return wordings;
}

function isSigned(kind: QuestionKind): kind is SignedKind {
  return kindInfo(kind).signed;
}

function wordingsOf(kind: QuestionKind): readonly AnswerWording[] {
  switch (kindInfo(kind).shape) {
    case "quantity":
      if (isSigned(kind)) return signedWordings(kind);
      return [...BARE, ...LENGTHS[kind as keyof typeof LENGTHS]].map((text) => ({
        holds: text,
        fails: text,
      }));
    case "yes_no":
      return predicateWordings(relationOf(kind));
    case "choice":
      return choiceWordings(relationOf(kind));
    case "class":
      return classWordings(kind as ClassifyKind);
  }
}

/**
 * An answer in words: the kind's wording number `phrasing`, counted round and round.
 *
 * @param length how the absolute value of a quantity is said: "35 cm".
 * @example wordAnswer("distance", { shape: "quantity", valueM: 0.35, sigmaM: 0 },
 *   { phrasing: 3, subject: "the gripper", object: "the mug", length: "35 cm" })
 *   // "The gripper is 35 cm from the mug."
 */
export function wordAnswer(
  kind: QuestionKind,
  value: AnswerValue,
  words: {
    readonly phrasing: number;
    readonly subject: string;
    readonly object?: string | undefined;
    readonly length?: string | undefined;
  },
): string {
  const wordings = answerPhrasings(kind);
  const { holds, fails } = itemAt(wordings, words.phrasing % wordings.length);
  const places = {
    A: words.subject,
    B: words.object ?? "",
    V: words.length ?? "",
  };
  const text = (isHeld(value, kind) ? holds : fails).replace(
    /\{([ABV])\}/g,
    (_, place: keyof typeof places) => places[place],
  );
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function isHeld(value: AnswerValue, kind: QuestionKind): boolean {
  switch (value.shape) {
    case "quantity":
      return value.valueM >= 0;
    case "yes_no":
      return value.yes;
    case "choice":
      return value.choice === "subject";
    case "class":
      return value.relation === kindInfo(kind).relations[0];
  }
}

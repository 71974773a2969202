import { itemAt } from "../base/index.js";

/**
 * Kinds of questions that no single spatial question answers, with exact answers where the
 * geometry is known. Distances are between centres, gaps between nearest points, widths as the
 * camera sees them, heights those of centres.
 *
 * | kind | answer | holds when |
 * |---|---|---|
 * | isosceles | yes, no | two of the sides between A, B, C differ by less than x |
 * | triangle_kind | equilateral, isosceles, scalene | all sides differ by less than x; two do; else |
 * | fits_through | yes, no | gap between B and C − width of A > x |
 * | nearest | one of the list | its distance to D is the least |
 * | alignment | yes, no | the middle one of A, B, C is less than x off the line through the others |
 * | stacking_order | the list in order | centres from the lowest to the highest |
 * | reach_count | a number | how many of the list are at most x from D |
 * | reach_path | yes, no | from D to A and on to B is at most x |
 */
export const MULTI_STEP_KINDS = [
  "isosceles",
  "triangle_kind",
  "fits_through",
  "nearest",
  "alignment",
  "stacking_order",
  "reach_count",
  "reach_path",
] as const;
export type MultiStepKind = (typeof MULTI_STEP_KINDS)[number];

/** A multi-step question, its objects by their phrases. */
export interface MultiStepQuestion {
  readonly kind: MultiStepKind;
  /** A, B, C; the list of nearest, stacking_order and reach_count; A and B of reach_path. */
  readonly things: readonly string[];
  /** D: what distances are from. */
  readonly from?: string;
  /** The length x in words: "10 cm". */
  readonly within?: string;
}

/**
 * Several ways to ask each kind. {1}, {2}, {3} are the objects, {and} and {or} all of them as a
 * list, {from} and {x} the rest.
 */
export const MULTI_STEP_PHRASINGS: Readonly<Record<MultiStepKind, readonly string[]>> = {
  isosceles: [
    "Do {and} form an isosceles triangle, to within {x}?",
    "Is the triangle between {and} isosceles, give or take {x}?",
    "Allowing {x} of difference, are two sides of the triangle of {and} equally long?",
    "If I drew lines between {and}, would two of them be the same length to within {x}?",
    "Would you call the triangle with corners at {and} isosceles, with a tolerance of {x}?",
  ],
  triangle_kind: [
    "What kind of triangle do {and} form, equilateral, isosceles or scalene, if sides that differ by less than {x} count as equal?",
    "Is the triangle of {and} equilateral, isosceles or scalene, to within {x}?",
    "Classify the triangle between {and} by its sides, with a tolerance of {x}.",
    "Equilateral, isosceles or scalene: which triangle do {and} make, give or take {x}?",
    "Sides count as equal when they differ by less than {x}. Which kind of triangle is that of {and}?",
  ],
  fits_through: [
    "Would {1}, as wide as it looks from here, fit through the gap between {2} and {3} with {x} to spare?",
    "Is the gap between {2} and {3} wider than {1} by more than {x}?",
    "Could one slide {1} without turning it between {2} and {3} and keep {x} of room?",
    "Does {1} pass between {2} and {3}, if {x} of clearance is wanted beside its width?",
    "Is there room for {1} between {2} and {3}, its width and another {x}?",
  ],
  nearest: [
    "Which of {and} is nearest to {from}?",
    "Of {and}, which one is closest to {from}?",
    "Which is the shortest way from {from}: the one to {or}?",
    "Starting at {from}, which would I reach first, {or}?",
    "Name the one of {and} with the least distance to {from}.",
  ],
  alignment: [
    "Do {and} stand in one straight line, to within {x}?",
    "Are {and} aligned, with a tolerance of {x}?",
    "Is the middle one of {and} less than {x} off the line through the other two?",
    "Could a straight rod touch the centres of {and}, give or take {x}?",
    "Do {and} lie on a line if I allow {x} to the side?",
  ],
  stacking_order: [
    "Put {and} in order from the lowest to the highest.",
    "In which order are {and} from bottom to top?",
    "List {and} by the height of their centres, lowest first.",
    "Starting with the lowest, how are {and} stacked up in height?",
    "Sort {and} from low to high.",
  ],
  reach_count: [
    "How many of {and} are within {x} of {from}?",
    "Within reach of {x} from {from}, how many of {and} are there?",
    "Count the ones of {and} that are at most {x} away from {from}.",
    "If {from} can move {x} and no farther, how many of {and} can it reach?",
    "Of {and}, how many lie no more than {x} from {from}?",
  ],
  reach_path: [
    "Can {from} reach {1} and then {2} on a way of at most {x}?",
    "Is it at most {x} from {from} to {1} and on to {2}?",
    "Moving in straight lines, does {from} get to {1} and from there to {2} within {x}?",
    "Are {x} enough for {from} to visit {1} first and {2} after it?",
    "Would a cord of {x} reach from {from} over {1} to {2}?",
  ],
};

/**
 * A multi-step question in words.
 *
 * @param phrasing Which of its kind's phrasings, counted round and round.
 */
export function wordMultiStep(
  { kind, things, from = "", within = "" }: MultiStepQuestion,
  phrasing = 0,
): string {
  const wordings = MULTI_STEP_PHRASINGS[kind];
  const wording = itemAt(wordings, phrasing % wordings.length);
  const slots: Readonly<Record<string, string>> = {
    and: listed(things, "and"),
    or: listed(things, "or"),
    from,
    x: within,
  };
  const text = wording.replace(/\{(\w+)\}/g, (_, slot: string) =>
    /\d/.test(slot) ? itemAt(things, Number(slot) - 1) : (slots[slot] ?? ""),
  );
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "the can, the box and the mug" */
function listed(things: readonly string[], word: string): string {
  return `${things.slice(0, -1).join(", ")} ${word} ${things.at(-1)}`;
}

interface Pattern {
  readonly kind: MultiStepKind;
  readonly regex: RegExp;
}

const SLOTS: Readonly<Record<string, string>> = {
  and: "(?<list>.+?)",
  or: "(?<list>.+?)",
  from: "(?<from>.+?)",
  x: "(?<x>\\d+(?:\\.\\d+)? ?(?:mm|cm|m|in|ft))",
};

const PATTERNS: readonly Pattern[] = MULTI_STEP_KINDS.flatMap((kind) =>
  MULTI_STEP_PHRASINGS[kind].map((phrasing) => ({ kind, regex: patternOf(phrasing) })),
);

/** The multi-step question that a text asks in one of our phrasings; undefined if in none. */
export function readMultiStep(text: string): MultiStepQuestion | undefined {
  for (const { kind, regex } of PATTERNS) {
    const groups = regex.exec(text.trim())?.groups;
    if (!groups) continue;
    const { list, from, x, t1, t2, t3 } = groups;
    const things =
      list === undefined ? [t1, t2, t3].filter((thing) => thing !== undefined) : partsOf(list);
    return { kind, things, ...(from && { from }), ...(x && { within: x }) };
  }
  return undefined;
}

function patternOf(phrasing: string): RegExp {
  const source = phrasing
    .replace(/[.*+?^$()|[\]\\]/g, "\\$&")
    .replace(/\{(\w+)\}/g, (_, slot: string) => SLOTS[slot] ?? `(?<t${slot}>.+?)`);
  return new RegExp(`^${source}$`, "i");
}

function partsOf(list: string): string[] {
  return list.split(/,\s*(?:and |or )?|\s+(?:and|or)\s+/i).filter((part) => part !== "");
}

import { shuffled, valueAt } from "../../base/index.js";
import type { VqaFrame } from "../../dataset/index.js";
import {
  type AnswerValue,
  askInInches,
  askQuestion,
  flipped,
  kindInfo,
  type ObjectRef,
  type SpatialQuestion,
  swapObjects,
  type TypedQuestion,
} from "../../language/index.js";

/** The ways in which a model is asked whether it agrees with itself; see docs/evaluation.md. */
export const PROBES = ["swap", "unit", "triangle", "mirror"] as const;
export type Probe = (typeof PROBES)[number];

/** What came of asking in two ways. */
export interface ProbeOutcome {
  readonly probe: Probe;
  readonly frame: string;
  readonly kind: string;
  /** `unanswered`: a refusal is not a contradiction. */
  readonly verdict: "agree" | "disagree" | "unanswered";
  /** Questions and answers, in the order in which they belong together. */
  readonly exchanges: readonly { readonly question: string; readonly answer: string }[];
}

/** One check of a model against itself. */
export interface PlannedProbe {
  readonly probe: Probe;
  readonly kind: string;
  /** The question of the data set whose answer takes part; absent if all are asked again. */
  readonly base?: TypedQuestion;
  /** Asked about the image, or about its mirror image. */
  readonly about: "image" | "mirror";
  readonly questions: readonly SpatialQuestion[];
  /** Given the base's answer (the first answer, if there is no base), and the others'. */
  readonly agrees: (first: AnswerValue, ...others: readonly AnswerValue[]) => boolean;
}

/** Questions of each unit probe in an image. */
const MOST_UNITS = 2;

/**
 * The checks for an image: of each shape of answer one question about two objects is asked again
 * with the objects swapped and in the mirror, lengths are asked for in inches, and one triangle
 * of objects is measured. The seed chooses the triangle.
 */
export function planProbes(
  frame: VqaFrame,
  objects: ReadonlyMap<string, ObjectRef>,
  questions: readonly TypedQuestion[],
  seed: number,
): PlannedProbe[] {
  const ofPairs = oneOfEachShape(questions.filter(({ object }) => object !== undefined));
  const lengths = questions.filter(({ kind }) => kindInfo(kind).shape === "quantity");
  return [
    ...ofPairs.flatMap(swapProbe),
    ...lengths.slice(0, MOST_UNITS).map(unitProbe),
    ...triangleProbe(frame, objects, seed),
    ...mirrorBases(questions).map(mirrorProbe),
  ];
}

function oneOfEachShape(questions: readonly TypedQuestion[]): TypedQuestion[] {
  const chosen = new Map(questions.map((question) => [kindInfo(question.kind).shape, question]));
  return [...chosen.values()];
}

function swapProbe(base: TypedQuestion): PlannedProbe[] {
  const swapped = swapObjects(base);
  if (swapped === undefined) return [];
  return [
    {
      probe: "swap",
      kind: base.kind,
      base,
      about: "image",
      questions: [swapped],
      agrees: (first, again) => sameAnswer(flipped(first, base.kind), again),
    },
  ];
}

function unitProbe(base: TypedQuestion): PlannedProbe {
  return {
    probe: "unit",
    kind: base.kind,
    base,
    about: "image",
    questions: [askInInches(base)],
    agrees: (first, again) => sameAnswer(first, again),
  };
}

function triangleProbe(
  { id, objects, support }: VqaFrame,
  refs: ReadonlyMap<string, ObjectRef>,
  seed: number,
): PlannedProbe[] {
  const corners = shuffled(
    objects.filter(({ name }) => name !== support).map(({ name }) => valueAt(refs, name)),
    seed + [...id].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 0),
  );
  const [a, b, c] = corners;
  if (!a || !b || !c) return [];
  const distance = (from: ObjectRef, to: ObjectRef) => askQuestion("distance", from, to);
  return [
    {
      probe: "triangle",
      kind: "distance",
      about: "image",
      questions: [distance(a, b), distance(b, c), distance(c, a)],
      agrees: (...values) => {
        const lengths = values.map((value) => (value.shape === "quantity" ? value.valueM : 0));
        return fitTriangle(lengths as [number, number, number]);
      },
    },
  ];
}

/** One of each shape, and one that speaks of left and right; none whose phrases do. */
function mirrorBases(questions: readonly TypedQuestion[]): TypedQuestion[] {
  const usable = questions.filter(({ subject, object }) =>
    [subject, object].every((one) => !/\b(left|right)/i.test(one?.phrase ?? "")),
  );
  const sideways = usable.find(({ kind }) => isSideways(kind));
  return [...new Set([...oneOfEachShape(usable), ...(sideways ? [sideways] : [])])];
}

function mirrorProbe(base: TypedQuestion): PlannedProbe {
  return {
    probe: "mirror",
    kind: base.kind,
    base,
    about: "mirror",
    questions: [base],
    agrees: (first, again) =>
      sameAnswer(isSideways(base.kind) ? flipped(first, base.kind) : first, again),
  };
}

function isSideways(kind: string): boolean {
  return kind.startsWith("left") || kind.startsWith("right");
}

/** Lengths that differ by less are the same answer: a part of the larger, and metres. */
const SAME = { share: 0.1, metres: 0.01 } as const;

/** Whether two lengths are the same answer, said twice. */
function sameLength(aM: number, bM: number): boolean {
  const larger = Math.max(Math.abs(aM), Math.abs(bM));
  return Math.abs(aM - bM) <= Math.max(SAME.metres, SAME.share * larger) + 1e-9;
}

/** Whether two answers say the same. */
function sameAnswer(a: AnswerValue, b: AnswerValue | undefined): boolean {
  switch (a.shape) {
    case "quantity":
      return b?.shape === a.shape && sameLength(a.valueM, b.valueM);
    case "yes_no":
      return b?.shape === a.shape && a.yes === b.yes;
    case "choice":
      return b?.shape === a.shape && a.choice === b.choice;
    case "class":
      return b?.shape === a.shape && a.relation === b.relation;
  }
}

/** Whether three distances fit a triangle: none is longer than the way over the third object. */
function fitTriangle(distancesM: readonly [number, number, number]): boolean {
  const longest = Math.max(...distancesM);
  const way = distancesM[0] + distancesM[1] + distancesM[2] - longest;
  return longest <= way || sameLength(longest, way);
}

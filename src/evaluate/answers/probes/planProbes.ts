import { shuffled } from "../../../base/index.js";
import type { VqaFrame } from "../../../dataset/index.js";
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
} from "../../../language/index.js";
import { fitTriangle, sameAnswer } from "./agree.js";
import type { Probe } from "./ProbeOutcome.js";

/** One check of a model against itself. */
export interface PlannedProbe {
  readonly probe: Probe;
  readonly kind: string;
  /** The question of the data set whose answer takes part; absent where all are asked anew. */
  readonly base?: TypedQuestion;
  /** Asked about the image, or about its mirror image. */
  readonly about: "image" | "mirror";
  readonly questions: readonly SpatialQuestion[];
  /** Given the base's answer, if there is a base, and those to `questions`. */
  readonly agrees: (values: readonly AnswerValue[]) => boolean;
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
      agrees: ([first, again]) => sameAnswer(flipped(first!, base.kind), again!),
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
    agrees: ([first, again]) => sameAnswer(first!, again!),
  };
}

function triangleProbe(
  { id, objects, support }: VqaFrame,
  refs: ReadonlyMap<string, ObjectRef>,
  seed: number,
): PlannedProbe[] {
  const corners = shuffled(
    objects.filter(({ name }) => name !== support).map(({ name }) => refs.get(name)!),
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
      agrees: (values) => {
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
    agrees: ([first, again]) => {
      const expected = isSideways(base.kind) ? flipped(first!, base.kind) : first!;
      return sameAnswer(expected, again!);
    },
  };
}

function isSideways(kind: string): boolean {
  return kind.startsWith("left") || kind.startsWith("right");
}

import * as z from "zod";
import { nameProblem, type VariableKind } from "../expression/index.js";
import {
  interpretQuestion,
  kindInfo,
  type ObjectRef,
  oppositeOf,
  type QuestionKind,
  RELATIONS,
} from "../language/index.js";
import type { FieldPath } from "../yaml/index.js";
import type { FieldReader } from "./FieldReader.js";
import { finite, kind, name, quantity, words } from "./fieldSchemas.js";
import type { FilterSpec, Measurement } from "./Task.js";

/** Variables that every task has beside its measurements. */
export const BUILT_IN: ReadonlyMap<string, VariableKind> = new Map([
  ["progress", "1"],
  ["stage", "1"],
  ["time", "s"],
]);

/** Takes noise off and follows a robot arm without lag; docs/task-file.md says what each does. */
export const DEFAULT_FILTER: FilterSpec = { medianWindow: 5, gateSigma: 4, accelerationSigma: 3 };

/** Values as the model gives them. */
const NO_FILTER: FilterSpec = {
  medianWindow: 1,
  gateSigma: Number.POSITIVE_INFINITY,
  accelerationSigma: Number.POSITIVE_INFINITY,
};

const MEASUREMENT = {
  kind,
  subject: name,
  object: name.optional(),
  question: words.optional(),
  smoothing: z.unknown().optional(),
};

const SMOOTHING = {
  median: z
    .int({ error: "must be a whole number of samples" })
    .min(1, { error: "must be at least 1 (which switches the outlier gate off)" })
    .max(99, { error: "must be at most 99 samples" })
    .optional(),
  gate: finite.positive({ error: "must be more than 0 sigmas" }).optional(),
  acceleration: quantity("m/s^2").optional(),
};

export interface KnownObjects {
  readonly objects: ReadonlyMap<string, ObjectRef>;
  readonly hasSupport: boolean;
  readonly filter: FilterSpec;
}

/** `smoothing`: the fields that it names, over the given defaults; `none` switches it off. */
export function readSmoothing(
  reader: FieldReader,
  path: FieldPath,
  section: unknown,
  defaults: FilterSpec,
): FilterSpec {
  if (section === undefined) return defaults;
  if (section === "none") return NO_FILTER;
  const { median, gate, acceleration } = reader.fields(path, section, SMOOTHING);
  return {
    medianWindow: median ?? defaults.medianWindow,
    gateSigma: gate ?? defaults.gateSigma,
    accelerationSigma: acceleration ?? defaults.accelerationSigma,
  };
}

export interface ReadMeasurements {
  readonly measurements: readonly Measurement[];
  /** All that the file names, also those with mistakes. */
  readonly variables: ReadonlyMap<string, VariableKind>;
}

/** `measurements`: named questions about known objects. */
export function readMeasurements(
  reader: FieldReader,
  section: unknown,
  known: KnownObjects,
): ReadMeasurements {
  const variables = new Map<string, VariableKind>();
  const measurements: Measurement[] = [];
  const entries = reader.entries(["measurements"], section, "measurements");
  for (const [name, value] of entries) {
    checkName(reader, name);
    const measurement = readMeasurement(reader, name, value, known);
    if (measurement) measurements.push(measurement);
    const quantity = !measurement || kindInfo(measurement.kind).shape === "quantity";
    variables.set(name, quantity ? "m" : "condition");
  }
  if (entries.length === 0) {
    reader.source.problem(["measurements"], "a task needs at least one measurement");
  }
  return { measurements, variables };
}

function checkName(reader: FieldReader, name: string): void {
  const problem = BUILT_IN.has(name) ? "is a built-in variable" : nameProblem(name);
  // What is not an identifier at all has been noted by `entries`.
  if (problem && !problem.startsWith("is not an identifier")) {
    reader.source.problem(["measurements", name], `"${name}" ${problem}: choose another`, "key");
  }
}

function readMeasurement(
  reader: FieldReader,
  name: string,
  value: unknown,
  { objects, hasSupport, filter }: KnownObjects,
): Measurement | undefined {
  const path = ["measurements", name];
  const read = reader.fields(path, value, MEASUREMENT);
  const find = (field: "subject" | "object") => {
    const wanted = read[field];
    const found = wanted && reader.objectName([...path, field], wanted, objects.keys());
    return found ? objects.get(found) : undefined;
  };
  const subject = find("subject");
  const object = find("object");
  const smoothing = readSmoothing(reader, [...path, "smoothing"], read.smoothing, filter);
  if (read.kind === undefined) return undefined;

  const { arity, needsUp } = kindInfo(read.kind);
  if (arity === 2 && read.object === undefined) {
    reader.source.problem(path, `"${read.kind}" is about two objects: add "object"`, "key");
  }
  if (arity === 1 && read.object !== undefined) {
    const message = `"${read.kind}" is about one object: remove "object"`;
    reader.source.problem([...path, "object"], message, "key");
  }
  if (read.subject !== undefined && read.subject === read.object) {
    reader.source.problem([...path, "object"], "is the same as the subject");
  } else if (subject && object) {
    const message = whyAlike(subject, object, read.question);
    if (message !== undefined) reader.source.problem([...path, "object"], message);
  }
  if (needsUp && !hasSupport) {
    const message = `"${read.kind}" needs to know which way is up: name the table or floor as "support"`;
    reader.source.problem([...path, "kind"], message);
  }
  if (!subject) return undefined;
  if (read.question !== undefined) {
    const typed = { kind: read.kind, subject, ...(object && { object }) };
    const other = otherAsked(read.question, typed, [...objects.values()]);
    if (other !== undefined) reader.source.warn([...path, "question"], other);
  }
  return {
    name,
    kind: read.kind,
    subject,
    ...(object && { object }),
    ...(read.question !== undefined && { question: read.question }),
    filter: smoothing,
  };
}

type Typed = Pick<Measurement, "kind" | "subject" | "object">;

/** What the words of a question ask for, where that is something else than its measurement. */
function otherAsked(
  question: string,
  meant: Typed,
  objects: readonly ObjectRef[],
): string | undefined {
  const asked = interpretQuestion(question, objects);
  if (asked.kind === "open" || asked.kind === "problem" || isSame(asked, meant)) return undefined;
  const said = ({ kind, subject, object }: Typed) =>
    `${kind} of ${[subject, ...(object ? [object] : [])].map(({ name }) => name).join(" and ")}`;
  return `asks for ${said(asked)}, but the measurement is ${said(meant)}: change one of them`;
}

/** Differences whose opposite is one of the other ends of the two things. */
const ENDS: ReadonlySet<QuestionKind> = new Set(["above_difference", "below_difference"]);

/** "How far is A to the left of B" asks for the same as "how far is B to the right of A". */
function isSame(a: Typed, b: Typed): boolean {
  const names = ({ subject, object }: Typed) => [subject.name, object?.name ?? ""];
  const isTurned = names(a).join() === names(b).toReversed().join();
  const { signed, shape } = kindInfo(a.kind);
  if (a.kind === b.kind) {
    const isSymmetric = shape === "choice" || (shape === "quantity" && !signed);
    return names(a).join() === names(b).join() || (isSymmetric && isTurned);
  }
  const isOpposite = RELATIONS.some(
    (relation) => a.kind.replace(relation, oppositeOf(relation)) === b.kind,
  );
  // "Higher" compares tops and "lower" bottoms; the taller one of two is not the shorter one.
  const isOfOthers = shape === "choice" || ENDS.has(a.kind);
  return isTurned && isOpposite && !isOfOthers;
}

/** Why a question about both would be about one object and itself, whose distance is 0. */
function whyAlike(a: ObjectRef, b: ObjectRef, question: string | undefined): string | undefined {
  if (question === undefined && plain(a.phrase) === plain(b.phrase)) {
    return `has the phrase "${b.phrase}" of "${a.name}" too: give each one of its own`;
  }
  if (a.frame === undefined || a.frame !== b.frame) return undefined;
  return `has the TF frame "${b.frame}" of "${a.name}" too, in which both are at one place: give each its own`;
}

function plain(phrase: string): string {
  return phrase.trim().replaceAll(/\s+/g, " ").toLowerCase();
}

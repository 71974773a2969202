import { setMaxListeners } from "node:events";
import { itemAt, valueAt } from "../../base/index.js";
import { type CameraFrame, FrameError } from "../../camera/index.js";
import type { VqaFrame, VqaRow } from "../../dataset/index.js";
import {
  type ObjectRef,
  onSupport,
  type QuestionKind,
  type SpatialAnswer,
  type SpatialQuestion,
  type TypedQuestion,
  withWholeSigma,
} from "../../language/index.js";
import type { SpatialVlm } from "../../models/index.js";
import type { AnswerRow, Said } from "./AnswerRow.js";
import type { ConstantPredictor } from "./ConstantPredictor.js";
import { AnswersInputError } from "./jsonLines.js";
import { mapInOrder } from "./mapInOrder.js";
import { type PlannedProbe, type ProbeOutcome, planProbes } from "./planProbes.js";
import { type AskedScene, isEvenlyChosen, type VqaSplit } from "./VqaSplit.js";
import { mirroredFrame, objectRefs, SUPPORT, vqaCameraFrame } from "./vqaCameraFrame.js";

export const CONSTANT = "constant";

export interface EvaluateVqaOptions {
  readonly vlm: SpatialVlm;
  /** Models that are asked the same questions, by name. */
  readonly others: ReadonlyMap<string, SpatialVlm>;
  readonly constant: ConstantPredictor;
  /** Images evaluated at most, evenly spread; all without. */
  readonly images?: number;
  /** Of these, the images on which the model is asked whether it agrees with itself. */
  readonly probedImages: number;
  /** Of the choice of probes. */
  readonly seed: number;
}

/** All that was said about one image. */
export interface EvaluatedScene {
  readonly rows: readonly AnswerRow[];
  readonly probes: readonly ProbeOutcome[];
}

/**
 * Asks a model every question of a split, with as many images at a time as it works on to its
 * advantage, and gives what it said image by image, in the order of the split.
 *
 * @throws AnswersInputError, ImageFileError if an image's files are missing or broken; the signal's
 *   reason when aborted.
 */
export async function* evaluateVqa(
  split: VqaSplit,
  options: EvaluateVqaOptions,
  signal: AbortSignal,
): AsyncGenerator<EvaluatedScene> {
  const all = Math.min(options.images ?? split.imageCount, split.imageCount);
  // Ends what is still asked when the consumer stops early, or one image fails.
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  // Every image that is asked about listens; Node takes more than ten for a leak.
  setMaxListeners(0, either);
  let index = 0;
  const work = (scene: AskedScene): Promise<EvaluatedScene> => {
    either.throwIfAborted();
    const isProbed = options.probedImages > 0 && isEvenlyChosen(index, all, options.probedImages);
    index += 1;
    return evaluateScene(split, scene, isProbed, options, either);
  };
  try {
    yield* mapInOrder(split.scenes(options.images), options.vlm.concurrency, async (scene) =>
      work(scene),
    );
  } finally {
    stop.abort(new Error("the evaluation has ended"));
  }
}

async function evaluateScene(
  split: VqaSplit,
  { frame, rows }: AskedScene,
  isProbed: boolean,
  { vlm, others, constant, seed }: EvaluateVqaOptions,
  signal: AbortSignal,
): Promise<EvaluatedScene> {
  const objects = objectRefs(frame);
  const questions = rows.map((row) => questionOf(row, objects));
  const planned = isProbed ? planProbes(frame, objects, questions, seed) : [];
  const image = await vqaCameraFrame(split.folder, frame);
  const ask = (model: SpatialVlm, about: CameraFrame, asked: readonly SpatialQuestion[]) =>
    askAbout(split, model, about, onSupport(asked, SUPPORT), signal);

  const ofImage = planned.filter(({ about }) => about === "image");
  const ofMirror = planned.filter(({ about }) => about === "mirror");
  const more = ofImage.flatMap((probe) => probe.questions);
  const answers = await ask(vlm, image, [...questions, ...more]);
  const mirrored =
    ofMirror.length === 0
      ? []
      : await ask(
          vlm,
          await mirroredFrame(image),
          ofMirror.flatMap((probe) => probe.questions),
        );
  const baselines = new Map<string, readonly SpatialAnswer[]>();
  for (const [name, model] of others) baselines.set(name, await ask(model, image, questions));

  const bases = new Map(questions.map((question, i) => [question, itemAt(answers, i)]));
  return {
    rows: rows.map((row, i): AnswerRow => {
      const kind = row.kind as QuestionKind;
      const rangeM = rangeOf(row, frame);
      return {
        id: row.id,
        frame: frame.id,
        kind,
        question: itemAt(questions, i).text,
        subject: row.subject_phrase,
        object: row.object_phrase ?? "",
        truth: row.truth,
        said: saidOf(itemAt(answers, i)),
        baselines: {
          [CONSTANT]: constant.predict(kind, row.truth.shape),
          ...Object.fromEntries(
            [...baselines].map(([name, said]) => [name, saidOf(itemAt(said, i))]),
          ),
        },
        ...(rangeM !== undefined && { rangeM }),
        objects: [row.subject, ...(row.object === null ? [] : [row.object])],
        scene: frame,
      };
    }),
    probes: [
      ...judged(ofImage, answers.slice(questions.length), bases, frame.id),
      ...judged(ofMirror, mirrored, bases, frame.id),
    ],
  };
}

function questionOf(row: VqaRow, objects: ReadonlyMap<string, ObjectRef>): TypedQuestion {
  const refOf = (name: string, phrase: string): ObjectRef => ({
    ...(objects.get(name) ?? { name }),
    phrase,
  });
  return {
    kind: row.kind as QuestionKind,
    text: row.messages[0].content[1].text,
    subject: refOf(row.subject, row.subject_phrase),
    ...(row.object !== null && { object: refOf(row.object, row.object_phrase ?? row.object) }),
  };
}

async function askAbout(
  { folder }: VqaSplit,
  model: SpatialVlm,
  image: CameraFrame,
  questions: readonly SpatialQuestion[],
  signal: AbortSignal,
): Promise<readonly SpatialAnswer[]> {
  try {
    return await model.ask(image, questions, signal);
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    throw new AnswersInputError(
      `${folder}: the image ${image.camera} cannot be used: ${error.message}`,
    );
  }
}

/** Outcomes of probes whose answers stand one after the other. */
function judged(
  planned: readonly PlannedProbe[],
  answers: readonly SpatialAnswer[],
  bases: ReadonlyMap<TypedQuestion, SpatialAnswer>,
  frame: string,
): ProbeOutcome[] {
  let at = 0;
  return planned.map(({ probe, kind, base, questions, agrees }): ProbeOutcome => {
    const own = answers.slice(at, at + questions.length);
    at += questions.length;
    const involved = base ? [valueAt(bases, base), ...own] : own;
    const [first, ...others] = involved.flatMap(({ value }) => value ?? []);
    const isAnswered = first !== undefined && 1 + others.length === involved.length;
    const verdict = !isAnswered ? "unanswered" : agrees(first, ...others) ? "agree" : "disagree";
    const exchanges = involved.map(({ question, text }) => ({
      question: question.text,
      answer: text,
    }));
    return { probe, frame, kind, verdict, exchanges };
  });
}

/** With the sigma that is published with it: the model's reliability is no part of what is written here. */
function saidOf(answer: SpatialAnswer): Said {
  const { text, latencyMs, value, refusal } = withWholeSigma(answer);
  return value ? { text, latencyMs, value } : { text, latencyMs, refusal };
}

/** Mean distance of the objects asked about from the camera. */
function rangeOf({ subject, object }: VqaRow, { objects }: VqaFrame): number | undefined {
  const names = object === null ? [subject] : [subject, object];
  const ranges = names.map((name) => objects.find((one) => one.name === name)?.center_m);
  const known = ranges.flatMap((center) => (center ? Math.hypot(...center) : []));
  if (known.length < names.length) return undefined;
  return known.reduce((sum, range) => sum + range, 0) / known.length;
}

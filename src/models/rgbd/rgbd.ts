import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type CameraFrame,
  type FramePart,
  projectPoint,
  registerParts,
} from "../../camera/index.js";
import { answerKind, NoSizeError } from "../../geometry/index.js";
import {
  type AnswerValue,
  kindInfo,
  type ObjectEvidence,
  type ObjectRef,
  type Refusal,
  type SpatialAnswer,
  type SpatialQuestion,
  type TypedQuestion,
} from "../../language/index.js";
import type { DisposableVlm } from "../SpatialVlm.js";
import { wrapVlm } from "../wrapVlm.js";
import { ClusterMemories } from "./clusters/ClusterMemories.js";
import type { Namer } from "./clusters/Namer.js";
import { type DepthView, openDepth, reuseCameraInfo } from "./DepthView.js";
import { type FoundObject, FrameScene } from "./FrameScene.js";
import { completeFrame, type Sources } from "./Sources.js";

export interface RgbdOptions {
  /** An object of fewer pixels (of the depth image) is not measured. */
  readonly minPixels?: number;
  /** Standard deviation of the position of an object that is known by its TF frame, metres. */
  readonly poseSigmaM?: number;
  /**
   * Noise of the camera's depth (standard deviation) at 1 m, millimetres; it grows with the distance
   * squared, as that of stereo and structured light does. Without it, the scatter of the support
   * about its plane shows the noise.
   */
  readonly depthNoiseMm?: number;
  /** Of the random draws of RANSAC. */
  readonly seed?: number;
  /** Where depth, masks and intrinsics come from if a frame has none. */
  readonly sources?: Sources;
  /**
   * Relative standard error of depth that a model has estimated. All lengths of a frame scale with
   * it: it is added to their sigma.
   */
  readonly depthError?: number;
  /**
   * Objects that nothing else finds are clusters of the depth that stand on a table, followed from
   * image to image. They are named by the task's `at`, by `namer`, or by a colour word.
   */
  readonly clusters?: { readonly namer?: Namer | undefined };
}

/** What was worked out about one question. */
type Result = { readonly found: readonly FoundObject[] } & (
  | { readonly value: AnswerValue; readonly refusal?: never }
  | { readonly value?: never; readonly refusal: Refusal }
);

/**
 * SpatialVLM's 3D lifting as a model: instance masks (or detection boxes, or TF frames) and depth
 * become point clouds on a support plane, from which any of the 43 kinds is computed, with a
 * sigma. It reads no words and no colours: open questions are refused. The questions' `support` gives
 * "up"; without it, kinds that need up are refused and centres are less exact.
 *
 * An object is found by its label ids where the frame has a label image (or by its phrase among
 * the image's label names), else by its detector class, else by its TF frame. `sources` can stand
 * in for a depth camera, masks and CameraInfo: then a colour image is enough.
 *
 * @example
 * await using model = rgbd({ minPixels: 50 });
 * const [answer] = await model.ask(frame, [{ ...question, support: table }], signal);
 */
export function rgbd(options: RgbdOptions = {}): DisposableVlm {
  const { sources = {}, depthError = 0.1, clusters, ...rest } = options;
  const settings = { minPixels: 20, poseSigmaM: 0.005, depthNoiseMm: 0, seed: 1, ...rest };
  const depthNoise = settings.depthNoiseMm / 1000;
  const sameInfo = reuseCameraInfo();
  const namer = clusters?.namer;
  const id = ["rgbd", clusters && "clusters", namer?.name, sources.masks?.name, sources.depth?.name]
    .filter(Boolean)
    .join("+");
  const memories = clusters && new ClusterMemories(settings.seed, namer);
  const needs: FramePart[] = [];
  if (!sources.depth) needs.push("depth");
  if (sources.fov === undefined) needs.push("info");
  return wrapVlm({
    id,
    fingerprint:
      `rgbd 2 ${JSON.stringify(settings)}${describeSources(sources, depthError)}` +
      (clusters ? ` clusters ${namer?.fingerprint ?? ""}` : ""),
    // What is followed is seen image after image.
    concurrency: clusters ? 1 : 2,
    needs,
    uses: ["labels", "detections", "poses"],
    ...(clusters && { remembers: true }),
    get usage() {
      return namer?.usage;
    },
    async ask(given, questions, signal) {
      const start = performance.now();
      signal.throwIfAborted();
      const refs = refsOf(questions);
      const registered = await registerParts(given);
      const { frame, sought } = await completeFrame(registered, refs, sources, signal);
      const opened = await openDepth(frame, sameInfo);
      const clustered =
        opened.view && (await memories?.see(registered, opened.view, questions, signal));
      const scenes = new Map<ObjectRef | undefined, FrameScene>();
      const sceneOn = (support: ObjectRef | undefined, view: DepthView): FrameScene => {
        const scene =
          scenes.get(support) ??
          new FrameScene(frame, view, {
            ...{ ...settings, depthNoise, sought },
            support: support ?? (clustered && TABLE),
            ...(clustered && { clustered }),
          });
        scenes.set(support, scene);
        return scene;
      };
      const isEstimated = !given.depth && sources.depth !== undefined;
      const answers: SpatialAnswer[] = [];
      for (const question of questions) {
        const result = opened.view
          ? await answer(sceneOn(question.support, opened.view), question, signal)
          : { refusal: opened.refusal, found: [] };
        const doubted = isEstimated ? widen(result, depthError) : result;
        answers.push(toAnswer(id, question, doubted, frame, performance.now() - start));
      }
      return answers;
    },
    async close() {
      await Promise.all([sources.masks?.close(), sources.depth?.close(), namer?.close()]);
    },
  });
}

/** What things stand on, where a task does not name it: clusters know it anyway. */
const TABLE: ObjectRef = { name: "table", phrase: "the table" };

/** All that has to be found in the frame. */
function refsOf(questions: readonly SpatialQuestion[]): readonly ObjectRef[] {
  const asked = questions.flatMap((question) =>
    question.kind === "open" ? [] : [question.subject, question.object],
  );
  const supports = questions.map(({ support }) => support);
  return [...asked, ...supports].filter((ref) => ref !== undefined);
}

/** Nothing without sources: then a frame alone decides. */
function describeSources({ masks, depth, fov }: Sources, depthError: number): string {
  if (!masks && !depth && fov === undefined) return "";
  const models = { masks: masks?.fingerprint, depth: depth?.fingerprint };
  return ` ${JSON.stringify({ ...models, fov, ...(depth && { depthError }) })}`;
}

function widen(result: Result, depthError: number): Result {
  const { value } = result;
  if (value?.shape !== "quantity") return result;
  const sigmaM = Math.hypot(value.sigmaM, depthError * value.valueM);
  return { found: result.found, value: { ...value, sigmaM } };
}

async function answer(
  scene: FrameScene,
  question: SpatialQuestion,
  signal: AbortSignal,
): Promise<Result> {
  if (question.kind === "open")
    return {
      refusal: {
        reason: "unsupported_question",
        detail: "rgbd does not read free text: use one of the 43 kinds, or another model",
      },
      found: [],
    };
  const { arity, needsUp } = kindInfo(question.kind);
  const refs = arity === 2 ? [question.subject, question.object] : [question.subject];
  const found: FoundObject[] = [];
  for (const ref of refs) {
    if (!ref)
      return {
        refusal: {
          reason: "unsupported_question",
          detail: `${question.kind} asks about two objects, but only one is given`,
        },
        found,
      };
    if (scene.isNew(ref)) {
      // Lifting takes milliseconds: others get their turn, and an abort is noticed.
      await nextTurn();
      signal.throwIfAborted();
    }
    const located = scene.locate(ref);
    if (located.refusal) return { refusal: located.refusal, found };
    found.push(located.found);
  }
  const noPlane = needsUp ? scene.noPlane : undefined;
  if (noPlane) return { refusal: noPlane, found };
  const [a, b] = found;
  if (!a) throw new RangeError(`${question.kind} asks about no object`);
  return { ...measure(scene, question, a, b), found };
}

function measure(
  scene: FrameScene,
  { kind }: TypedQuestion,
  a: FoundObject,
  b: FoundObject | undefined,
): { readonly value: AnswerValue } | { readonly refusal: Refusal } {
  try {
    return { value: answerKind(kind, scene.canonical, a.object, b?.object) };
  } catch (error) {
    if (!(error instanceof NoSizeError)) throw error;
    const { ref } = error.which === "object" && b ? b : a;
    const detail = `${ref.phrase} is known only by its TF frame ${ref.frame}, which has no size: give ${ref.name} labels or class_ids`;
    return { refusal: { reason: "no_object", detail } };
  }
}

function toAnswer(
  model: string,
  question: SpatialQuestion,
  result: Result,
  { info }: CameraFrame,
  latencyMs: number,
): SpatialAnswer {
  const evidence = result.found.flatMap(({ ref, object, boxPx }): ObjectEvidence[] => {
    if (!info) return [];
    const centerPx = projectPoint(info, object.center);
    return [{ object: ref.name, centerPx, centerM: object.center, ...(boxPx && { boxPx }) }];
  });
  const said = { question, model, latencyMs, ...(evidence.length && { evidence }) };
  if (result.refusal)
    return { ...said, text: `I cannot tell: ${result.refusal.detail}`, refusal: result.refusal };
  return { ...said, text: wording(question as TypedQuestion, result.value), value: result.value };
}

/** The answer as one would say it: "0.342 m", "Yes", "the red mug", "left". */
function wording(question: TypedQuestion, value: AnswerValue): string {
  switch (value.shape) {
    case "quantity":
      return `${value.valueM.toFixed(3)} m`;
    case "yes_no":
      return value.yes ? "Yes" : "No";
    case "choice":
      return (value.choice === "subject" ? question.subject : question.object)?.phrase ?? "";
    case "class":
      return value.relation;
  }
}

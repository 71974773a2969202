import { type FramePart, registerParts } from "../../camera/index.js";
import type { ObjectRef, SpatialAnswer, SpatialQuestion } from "../../language/index.js";
import { believed, USUAL_MIN_SCORE } from "../believed.js";
import type { DisposableVlm } from "../SpatialVlm.js";
import { wrapVlm } from "../wrapVlm.js";
import { answerFrom, toAnswer, widened } from "./answerFrom.js";
import { cameraErrorOf, USUAL_CAMERA_ERROR, USUAL_DEPTH_ERROR } from "./cameraError.js";
import { ClusterMemories } from "./clusters/ClusterMemories.js";
import type { Namer } from "./clusters/Namer.js";
import { type DepthView, openDepth, reuseCameraInfo } from "./DepthView.js";
import { FrameScene } from "./FrameScene.js";
import { completeFrame, type Sources } from "./Sources.js";

export interface RgbdOptions {
  /** An object of fewer pixels (of the depth image) is not measured. */
  readonly minPixels?: number;
  /**
   * Standard deviation of the position of an object that is known by its TF frame, metres, beside that of
   * the camera's pose. Default 0.002.
   */
  readonly poseSigmaM?: number;
  /**
   * Error of the camera's pose in TF (hand-eye calibration), root mean square: millimetres, default 5. It moves
   * all that TF tells alike, against all that is seen in depth.
   */
  readonly cameraErrorMm?: number;
  /** The same of its direction, degrees. Default 0.5. */
  readonly cameraErrorDeg?: number;
  /**
   * Noise of the camera's depth (standard deviation) at 1 m, millimetres; it grows with the distance
   * squared, as that of stereo and structured light does. Without it, the scatter of the support
   * about its plane shows the noise.
   */
  readonly depthNoiseMm?: number;
  /** Detections of a frame with a lower score are ignored, 0..1. Default 0.1. */
  readonly minScore?: number;
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
   * The same of measured depth: how far the camera's depth scale or focal length may be off. Default 0.005, as of
   * factory calibrations.
   */
  readonly depthScaleError?: number;
  /**
   * Objects that nothing else finds are clusters of the depth that stand on a table, followed from
   * image to image. They are named by the task's `at`, by `namer`, or by a colour word.
   */
  readonly clusters?: { readonly namer?: Namer | undefined };
}

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
  const {
    sources = {},
    depthError = USUAL_DEPTH_ERROR.depthError,
    depthScaleError = USUAL_DEPTH_ERROR.depthScaleError,
    clusters,
    ...rest
  } = options;
  const settings = {
    ...{ minPixels: 20, poseSigmaM: 0.002, ...USUAL_CAMERA_ERROR },
    ...{ depthNoiseMm: 0, minScore: USUAL_MIN_SCORE, seed: 1, ...rest },
  };
  const depthNoise = settings.depthNoiseMm / 1000;
  const cameraError = cameraErrorOf(settings);
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
      `rgbd 16 ${JSON.stringify({ ...settings, depthScaleError })}` +
      describeSources(sources, depthError) +
      (clusters ? ` clusters 6 ${namer?.fingerprint ?? ""}` : ""),
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
      if (given.contradiction !== undefined) {
        const refusal = { reason: "contradiction" as const, detail: given.contradiction };
        return questions.map((question) =>
          toAnswer(id, question, { refusal, found: [] }, given, performance.now() - start),
        );
      }
      const refs = refsOf(questions);
      const registered = await registerParts(believed(given, settings.minScore));
      const { frame, sought } = await completeFrame(registered, refs, sources, signal);
      const opened = await openDepth(frame, sameInfo);
      const clustered =
        opened.view && (await memories?.see(registered, opened.view, questions, signal));
      const scenes = new Map<ObjectRef | undefined, FrameScene>();
      const sceneOn = (support: ObjectRef | undefined, view: DepthView): FrameScene => {
        const scene =
          scenes.get(support) ??
          new FrameScene(frame, view, {
            ...{ ...settings, depthNoise, cameraError, sought },
            support: support ?? (clustered && TABLE),
            ...(clustered && { clustered }),
          });
        scenes.set(support, scene);
        return scene;
      };
      const isEstimated = !given.depth && sources.depth !== undefined;
      const answers: SpatialAnswer[] = [];
      try {
        for (const question of questions) {
          const result = opened.view
            ? await answerFrom("rgbd", sceneOn(question.support, opened.view), question, signal)
            : { refusal: opened.refusal, found: [] };
          const scaled = widened(result, isEstimated ? depthError : depthScaleError);
          const doubted = widened(scaled, given.lengthDoubt);
          answers.push(toAnswer(id, question, doubted, frame, performance.now() - start));
        }
      } finally {
        clustered?.by.done();
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

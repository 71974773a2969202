import { type CameraFrame, type CameraInfo, projectPoint, registerParts } from "../camera/index.js";
import { answerKind, NoSizeError } from "../geometry/index.js";
import type { AnswerValue, ObjectRef } from "../language/index.js";
import { FrameScene, openDepth } from "../models/index.js";
import type { Task } from "../task/index.js";
import { isClear, type Split, type VqaObject, type VqaScene } from "./VqaScene.js";

/** What is known of a recording's objects. */
export interface RecordedThings {
  readonly objects: readonly ObjectRef[];
  readonly support?: ObjectRef | undefined;
}

export interface FrameSceneOptions {
  readonly id: string;
  readonly split: Split;
  readonly things: RecordedThings;
  readonly seed: number;
  readonly sameInfo: (info: CameraInfo) => CameraInfo;
}

/** Lengths less sure than this are not asked for: metres, and as a part of the length. */
const UNSURE_M = 0.02;
const UNSURE_SHARE = 0.1;
/** Qualitative answers less sure than this are not asked for. */
const SURE = 0.95;
const MIN_PIXELS = 150;

/**
 * A recorded picture with the geometry that the `rgbd` model measures in it: its answers are the
 * truth if they are certain. A reason if there is nothing to ask about.
 */
export async function sceneOfFrame(
  given: CameraFrame,
  { id, split, things, seed, sameInfo }: FrameSceneOptions,
): Promise<VqaScene | { readonly skipped: string }> {
  if (given.fault !== undefined) return { skipped: given.fault };
  const frame = await registerParts(given);
  const opened = await openDepth(frame, sameInfo);
  if (opened.refusal) return { skipped: opened.refusal.detail };
  const { info } = frame;
  if (!info) return { skipped: "there is no camera_info" };
  const scene = new FrameScene(frame, opened.view, {
    support: things.support,
    minPixels: MIN_PIXELS,
    minScore: 0,
    poseSigmaM: 0.005,
    depthNoise: 0,
    seed,
  });
  const objects = things.objects.flatMap((ref): VqaObject[] => {
    const { found } = scene.locate(ref);
    if (!found?.object.size || isCut(found.boxPx, info)) return [];
    const centerPx = projectPoint(info, found.object.center);
    const caption = plainCaption(ref.phrase);
    return [
      {
        name: ref.name,
        labels: ref.labels ?? [],
        captions: [caption],
        body: found.object,
        centerPx,
      },
    ];
  });
  const support = things.support && {
    name: things.support.name,
    phrase: things.support.phrase,
    labels: things.support.labels ?? [],
  };
  return {
    id,
    split,
    source: frame.episode,
    camera: frame.camera,
    stampNs: frame.stampNs,
    image: frame.image,
    depth: frame.depth,
    labels: frame.labels,
    info,
    objects,
    // Recordings name each object; what is not measured has its own name.
    bystanders: [],
    support,
    supportPlane: scene.supportPlane,
    answer(kind, a, b) {
      try {
        const value = answerKind(kind, scene.canonical, a.body, b?.body);
        return isSure(value) && isClear(kind, scene.canonical, a, b, value) ? value : undefined;
      } catch (error) {
        if (error instanceof NoSizeError) return undefined;
        throw error;
      }
    },
  };
}

/** An object that the picture's edge cuts off has no size that could be seen. */
function isCut(
  box: readonly [number, number, number, number] | undefined,
  { width, height }: CameraInfo,
): boolean {
  if (!box) return true;
  const [left, top, right, bottom] = box;
  return left <= 0 || top <= 0 || right >= width || bottom >= height;
}

/** Whether a truth is certain enough to be asked for. */
export function isSure(value: AnswerValue): boolean {
  if (value.shape !== "quantity") return value.confidence >= SURE;
  return value.sigmaM <= UNSURE_M + UNSURE_SHARE * Math.abs(value.valueM);
}

/** A task's phrase without its article. */
export function plainCaption(phrase: string): string {
  return phrase
    .replace(/^(the|a|an) /i, "")
    .replaceAll("_", " ")
    .trim();
}

const SUPPORTS = /\b(table|tabletop|desk|counter|worktop|floor|ground|surface)\b/;
/** Names of what fills no mask that one could measure. */
const NO_THINGS = /\b(background|wall|ceiling|arm|sky|unlabell?ed|robot)$/;

/** The objects that questions can be about: the task's, or else those the frame's labels name. */
export function recordedThings(frame: CameraFrame, task: Task | undefined): RecordedThings {
  if (task) return { objects: [...task.objects.values()], support: task.support };
  const refs: ObjectRef[] = [];
  let support: ObjectRef | undefined;
  for (const [label, said] of frame.labelNames ?? []) {
    const phrase = `the ${said
      .toLowerCase()
      .replaceAll(/[\s_-]+/g, " ")
      .trim()}`;
    const name = phrase.slice(4).replaceAll(/[^\p{L}\p{N}]+/gu, "_");
    const ref: ObjectRef = { name: `${name || "thing"}_${label}`, phrase, labels: [label] };
    if (SUPPORTS.test(phrase)) support ??= ref;
    else if (!NO_THINGS.test(phrase)) refs.push(ref);
  }
  return { objects: refs, support };
}

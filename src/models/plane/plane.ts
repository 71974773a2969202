import { keepNewest } from "../../base/index.js";
import {
  bestDetection,
  boxAround,
  boxOfDetection,
  type CameraFrame,
  type CameraInfo,
  colorSize,
  type Detection,
  joinedBox,
  type PixelBox,
  registerParts,
  scaledBox,
} from "../../camera/index.js";
import { canonicalFrame } from "../../geometry/index.js";
import {
  isRobot,
  labelIdsOf,
  type ObjectRef,
  type Refusal,
  type SpatialAnswer,
  type SpatialQuestion,
} from "../../language/index.js";
import { believed, scoreInWords, USUAL_MIN_SCORE } from "../believed.js";
import { answerFrom, toAnswer, widened } from "../rgbd/answerFrom.js";
import { cameraErrorOf, PLANE_CAMERA_ERROR } from "../rgbd/cameraError.js";
import { reuseCameraInfo } from "../rgbd/DepthView.js";
import { LabelIndex } from "../rgbd/LabelIndex.js";
import { isFindable, pinhole } from "../rgbd/Sources.js";
import { rivalOf } from "../rivalOf.js";
import type { DisposableVlm } from "../SpatialVlm.js";
import { wrapVlm } from "../wrapVlm.js";
import { type BoxFinder, isBox } from "./Boxes.js";
import { isSameBox } from "./BoxHistory.js";
import type { BoxView, Touching } from "./BoxView.js";
import { PlaneScene } from "./PlaneScene.js";
import { SecondViews } from "./SecondViews.js";
import { StandingThings } from "./StandingThings.js";
import { SupportPlane } from "./SupportPlane.js";
import { surroundingsOf } from "./surroundings.js";
import { footEdgeOf } from "./turned.js";

export interface PlaneOptions {
  /** Who finds boxes of objects that the frame has no label, detection or TF frame of. */
  readonly boxes?: BoxFinder | undefined;
  /** Standard deviation of an edge of a box, pixels. Default 3. */
  readonly boxSigmaPx?: number;
  /**
   * Standard deviation of the support's height over its TF frame, or of `camera.heightM`, millimetres. Default
   * 10.
   */
  readonly heightErrorMm?: number;
  /**
   * Error of the camera's pose in TF, or of `camera.tiltDeg`, root mean square, as that of `rgbd`: millimetres,
   * default 5. It moves all that TF tells alike.
   */
  readonly cameraErrorMm?: number;
  /** The same of its direction, degrees. Default 0.9: about half a degree about each axis. */
  readonly cameraErrorDeg?: number;
  /**
   * Where the camera is, if neither TF nor depth tells: its height over the support, metres, and by
   * how many degrees it looks down. It has no roll then.
   */
  readonly camera?: { readonly heightM: number; readonly tiltDeg: number } | undefined;
  /** The camera does not move, so that a support seen once in depth stays where it is. */
  readonly isFixed?: boolean;
  /** The camera's horizontal field of view in degrees, for frames without CameraInfo. */
  readonly fov?: number | undefined;
  /** Standard deviation of the position of an object that is known by its TF frame, metres. */
  readonly poseSigmaM?: number;
  /** Detections of a frame with a lower score are ignored, 0..1. Default 0.1. */
  readonly minScore?: number;
  /** Of the random draws that find the support in depth. */
  readonly seed?: number;
}

const RADIANS = Math.PI / 180;

/** Data sets call each picture a camera of its own. */
const MOST_CAMERAS = 16;

/**
 * Lengths from colour images without depth, where things stand on a known plane: the box of an
 * object in the image becomes the upright cylinder on that plane whose image has that box, with a
 * sigma. The plane is told by TF (the support's `frame` and `height` in the task), by depth, or by
 * where the camera is. What does not stand on the plane, is cut off, hidden or seen from straight
 * above is measured by its form in earlier images, with a larger sigma, or refused.
 *
 * @example
 * await using model = plane({ camera: { heightM: 0.6, tiltDeg: 35 } });
 * const [answer] = await model.ask(frame, [question], signal);
 */
export function plane(options: PlaneOptions = {}): DisposableVlm {
  const { boxes, camera, fov, isFixed = false, seed = 1, poseSigmaM = 0.005 } = options;
  const { boxSigmaPx = 3, heightErrorMm = 10, minScore = USUAL_MIN_SCORE } = options;
  const {
    cameraErrorMm = PLANE_CAMERA_ERROR.cameraErrorMm,
    cameraErrorDeg = PLANE_CAMERA_ERROR.cameraErrorDeg,
  } = options;
  const errors = { heightErrorMm, cameraErrorMm, cameraErrorDeg };
  const settings = { boxSigmaPx, ...errors, camera, fov, isFixed, minScore, seed };
  const sameInfo = reuseCameraInfo();
  const heightSigmaM = heightErrorMm / 1000;
  const cameraError = cameraErrorOf(errors);
  const supports = new Map<string, SupportPlane>();
  const memories = new Map<string, { readonly episode: string; readonly things: StandingThings }>();
  let views = { episode: "", second: new SecondViews(cameraError) };
  const id = boxes ? `plane+${boxes.name}` : "plane";

  const supportOf = (name: string): SupportPlane => {
    const placed = camera && { heightM: camera.heightM, tiltRad: camera.tiltDeg * RADIANS };
    return keepNewest(
      supports,
      name,
      supports.get(name) ??
        new SupportPlane({ heightSigmaM, cameraError, camera: placed, isFixed, seed }, sameInfo),
      MOST_CAMERAS,
    );
  };
  const thingsOf = ({ camera, episode, stampNs }: CameraFrame): StandingThings => {
    const known = memories.get(camera);
    const isSame = known?.episode === episode && (known.things.lastStampNs ?? stampNs) <= stampNs;
    const memory = isSame ? known : { episode, things: new StandingThings() };
    return keepNewest(memories, camera, memory, MOST_CAMERAS).things;
  };

  return wrapVlm({
    id,
    fingerprint: `plane 13 ${JSON.stringify(settings)} ${boxes?.fingerprint ?? ""}`,
    // Forms are known from the images before.
    concurrency: 1,
    needs: fov === undefined ? ["info"] : [],
    uses: ["labels", "detections", "poses", "depth"],
    remembers: true,
    get usage() {
      return boxes?.usage;
    },
    async ask(given, questions, signal) {
      const start = performance.now();
      signal.throwIfAborted();
      const frame = await registerParts(believed(given, minScore));
      const all = (refusal: Refusal): SpatialAnswer[] =>
        questions.map((question) =>
          toAnswer(id, question, { refusal, found: [] }, frame, performance.now() - start),
        );
      if (frame.contradiction !== undefined)
        return all({ reason: "contradiction", detail: frame.contradiction });
      const info = await infoOf(frame, fov);
      if ("reason" in info) return all(info);
      const [support] = questions.flatMap(({ support }) => support ?? []);
      const seen: CameraFrame = { ...frame, info: sameInfo(info) };
      const known = await supportOf(frame.camera).of(seen, support);
      if (known.refusal) return all(known.refusal);
      const refs = refsOf(questions);
      const found = await boxesOf(seen, refs, { finder: boxes, boxSigmaPx, minScore }, signal);
      const things = thingsOf(frame);
      const otherBoxes = otherBoxesOf(frame, found.own, support);
      // The robot is measured by no box, and has no form.
      const unknown = refs
        .filter((ref) => !isRobot(ref) && !things.knows(ref.name, frame.stampNs))
        .flatMap(({ name }) => (found.boxes.has(name) ? [name] : []));
      if (views.episode !== frame.episode)
        views = { episode: frame.episode, second: new SecondViews(cameraError) };
      const canonical = canonicalFrame(known.plane);
      const foot = footEdgeOf({ canonical });
      const looked = { ...found, others: otherBoxes, unknown, boxSigmaPx, foot };
      const shown = await surroundingsOf(seen, looked);
      // What holds a thing may be seen by one of two cameras only.
      const arms = unknown.filter((name) => views.second.hasArmBefore(name, frame.stampNs));
      for (const [name, what] of shown)
        if (what.what === "arm") views.second.addArm(name, frame.stampNs);
      const view: BoxView = {
        stampNs: frame.stampNs,
        info: sameInfo(info),
        canonical,
        boxes: found.boxes,
        otherBoxes,
        ...placesByFrame(frame, refs, found.boxes),
        holders: holdersOf(frame, refs, found.boxes),
        touching: new Map([
          ...shown,
          ...arms.map((name): [string, Touching] => [name, { what: "arm" }]),
        ]),
        boxSigmaPx,
      };
      const apart = views.second.apartBefore(frame.stampNs);
      const options = { heightSigmaM, cameraError, poseSigmaM, missing: found.missing, apart };
      const scene = new PlaneScene(seen, view, things, options);
      const contradiction = views.second.contradictionBefore(frame.stampNs);
      const answers: SpatialAnswer[] = [];
      for (const question of questions) {
        const measured = await answerFrom("plane", scene, question, signal);
        const result = contradiction
          ? { refusal: contradiction, found: [] }
          : widened(measured, frame.lengthDoubt);
        answers.push(toAnswer(id, question, result, seen, performance.now() - start));
      }
      const told = support?.frame === undefined ? undefined : frame.poses?.get(support.frame);
      if (support?.heightM !== undefined && told?.ok) {
        // A question is done with the first thing that it lacks: the others tell as well.
        for (const ref of refs) scene.locate(ref);
        for (const thing of scene.free)
          views.second.add(thing, scene.canonical, told.pose, frame.stampNs);
      }
      return answers;
    },
    async close() {
      await boxes?.close();
    },
  });
}

async function infoOf(
  { info, image, absent }: CameraFrame,
  fov: number | undefined,
): Promise<CameraInfo | Refusal> {
  if (info) return info;
  if (fov !== undefined) return pinhole(await colorSize(image), fov);
  const why = absent?.get("info") ?? "the frame has no CameraInfo: choose a camera_info topic";
  return { reason: "no_plane", detail: `${why}; or give the field of view (fov=69, in degrees)` };
}

function refsOf(questions: readonly SpatialQuestion[]): readonly ObjectRef[] {
  const asked = questions.flatMap((question) =>
    question.kind === "open" ? [] : [question.subject, question.object],
  );
  return [...new Map(asked.flatMap((ref) => (ref ? [[ref.name, ref]] : []))).values()];
}

interface FoundBoxes {
  /** Pixels of the image of the frame's CameraInfo. */
  readonly boxes: ReadonlyMap<string, PixelBox>;
  readonly missing: ReadonlyMap<string, Refusal>;
  /** The detections that are the asked objects'. */
  readonly own: ReadonlySet<Detection>;
}

interface BoxOptions {
  readonly finder: BoxFinder | undefined;
  readonly boxSigmaPx: number;
  /** What the frame's detections have at least. */
  readonly minScore: number;
}

/** By labels, by the detections of their classes, else by `finder`; the robot has no box. */
async function boxesOf(
  frame: CameraFrame,
  refs: readonly ObjectRef[],
  { finder, boxSigmaPx, minScore }: BoxOptions,
  signal: AbortSignal,
): Promise<FoundBoxes> {
  const { info, labels, labelNames, detections, image } = frame;
  const boxes = new Map<string, PixelBox>();
  const missing = new Map<string, Refusal>();
  const own = new Set<Detection>();
  const sought: ObjectRef[] = [];
  const put = (ref: ObjectRef, box: PixelBox, doubt?: Refusal) => {
    const why = (info && wrongBox(box, ref, info)) ?? doubt;
    if (why) missing.set(ref.name, why);
    else boxes.set(ref.name, box);
  };
  const index = labels && LabelIndex.of(labels, info?.width ?? 0, info?.height ?? 0);
  for (const ref of refs) {
    if (ref.frame !== undefined && isRobot(ref)) continue;
    const ids = labelIdsOf(ref, labelNames);
    const labelled = index && boxOfLabels(index, ids, info?.width ?? 1);
    const best = bestDetection(detections ?? [], ref.classIds ?? []);
    if (labelled) put(ref, labelled);
    else if (best) {
      own.add(best);
      put(
        ref,
        boxOfDetection(best),
        rivalOf(best, detections ?? [], ref.phrase, ref.classIds ?? []),
      );
    } else if (detections && ref.classIds?.length)
      missing.set(ref.name, noDetection(ref, minScore));
    else if (finder && !isFindable(ref, frame)) sought.push(ref);
  }
  const told = () => ({ ...parted(boxes, missing, refs, boxSigmaPx), own });
  if (!finder || sought.length === 0 || !info) return told();
  const found = await finder.find(frame, sought, signal);
  signal.throwIfAborted();
  const { width, height } = await colorSize(image);
  const [x, y] = [info.width / width, info.height / height];
  sought.forEach((ref, i) => {
    const it = found[i];
    if (it === undefined) return;
    if (isBox(it)) put(ref, scaledBox(it, x, y));
    else missing.set(ref.name, it);
  });
  return told();
}

/** Without the boxes that two objects share: a thing is one of them. */
function parted(
  boxes: ReadonlyMap<string, PixelBox>,
  missing: ReadonlyMap<string, Refusal>,
  refs: readonly ObjectRef[],
  sigmaPx: number,
): Pick<FoundBoxes, "boxes" | "missing"> {
  const phraseOf = (name: string) => refs.find((ref) => ref.name === name)?.phrase ?? name;
  const shared = [...boxes].flatMap(([name, box]): [string, Refusal][] => {
    const twin = [...boxes].find(([other, it]) => other !== name && isSameBox(it, box, sigmaPx));
    if (!twin) return [];
    const detail = `${phraseOf(name)} and ${phraseOf(twin[0])} have the same box: give each a class, label or phrase of its own`;
    return [[name, { reason: "ambiguous", detail }]];
  });
  const names = new Set(shared.map(([name]) => name));
  return {
    boxes: new Map([...boxes].filter(([name]) => !names.has(name))),
    missing: new Map([...missing, ...shared]),
  };
}

/** Why a detector's box cannot be one of a thing in this image. */
function wrongBox(
  [left, top, right, bottom]: PixelBox,
  { phrase }: ObjectRef,
  { width, height }: CameraInfo,
): Refusal | undefined {
  const isReal = left < right && top < bottom && Number.isFinite(right - left + bottom - top);
  if (!isReal) {
    const detail = `${phrase} has no box: from left ${left} to ${right}, from top ${top} to ${bottom} is none`;
    return { reason: "unclear", detail };
  }
  if (left < width && right > 0 && top < height && bottom > 0) return undefined;
  const edges = [left, top, right, bottom].map((edge) => edge.toFixed(0)).join(", ");
  const detail = `the box of ${phrase} [${edges}] lies outside of the image of ${width}x${height} pixels: is it of an image of another size?`;
  return { reason: "unclear", detail };
}

/** Detections of what nobody asks about: also of the classes that are asked about, if another one was taken. */
function otherBoxesOf(
  { detections = [] }: CameraFrame,
  own: ReadonlySet<Detection>,
  support: ObjectRef | undefined,
): readonly (readonly [what: string, box: PixelBox])[] {
  return detections
    .filter((it) => !own.has(it) && !support?.classIds?.includes(it.classId))
    .map((it) => [`a thing of class ${it.classId}`, boxOfDetection(it)] as const);
}

function noDetection({ phrase, classIds = [] }: ObjectRef, minScore: number): Refusal {
  return {
    reason: "no_object",
    detail: `no detection of class ${classIds.join(", ")} (${phrase}) ${scoreInWords(minScore)}`,
  };
}

function boxOfLabels(
  index: LabelIndex,
  ids: readonly number[],
  width: number,
): PixelBox | undefined {
  const around = joinedBox(ids.map((id) => boxAround(index.pixelsOf(id), width)));
  const [left, top, right, bottom] = around;
  // A line is no outline. A pixel's centre has whole coordinates.
  return right - left > 1 && bottom - top > 1
    ? [left - 0.5, top - 0.5, right - 0.5, bottom - 0.5]
    : undefined;
}

/** Boxes of what may hold things, where TF does not tell where it is. */
function holdersOf(
  { poses, detections = [] }: CameraFrame,
  refs: readonly ObjectRef[],
  boxes: ReadonlyMap<string, PixelBox>,
): readonly PixelBox[] {
  const robots = refs.filter(isRobot);
  if (robots.some(({ frame }) => frame !== undefined && poses?.get(frame)?.ok)) return [];
  const asked = robots.map(({ name }) => boxes.get(name)).filter((box) => box !== undefined);
  const seen = detections.filter(({ classId }) => isRobot({ name: classId, phrase: classId }));
  return [...asked, ...seen.map(boxOfDetection)];
}

/** Where TF finds the robot, and other things that have no box. */
function placesByFrame(
  { poses }: CameraFrame,
  refs: readonly ObjectRef[],
  boxes: ReadonlyMap<string, PixelBox>,
): Pick<BoxView, "robotAt" | "framesAt"> {
  const found = refs.flatMap((ref) => {
    const pose = ref.frame === undefined || boxes.has(ref.name) ? undefined : poses?.get(ref.frame);
    return pose?.ok ? [{ ref, at: pose.pose.position }] : [];
  });
  return {
    robotAt: found.flatMap(({ ref, at }) => (isRobot(ref) ? [at] : [])),
    framesAt: found.flatMap(({ ref, at }) => (isRobot(ref) ? [] : [[ref.phrase, at] as const])),
  };
}

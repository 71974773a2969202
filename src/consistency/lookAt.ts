import { dot, itemAt, mapVec3, minus, secondsOf, unit, type Vec3 } from "../base/index.js";
import {
  type CameraFrame,
  type CameraInfo,
  decodeDepth,
  type Pose,
  projectPoint,
  registerParts,
  rotate,
} from "../camera/index.js";
import { isRobot } from "../language/index.js";
import type { Task } from "../task/index.js";
import type { Bearing } from "./bearings.js";
import type { Look } from "./Evidence.js";
import {
  type EdgeCounts,
  edgeCounts,
  edgeImage,
  isMostlyKnown,
  maskEdges,
  type Placements,
  placementsOf,
  shareOn,
} from "./maskEdges.js";
import { maskedThings } from "./maskedThings.js";
import { isAtBorder } from "./maskPixels.js";
import { masksOf } from "./masksOf.js";
import { planeIds, rayAt, type SmallView, sampled, showsSupport, smallView } from "./SmallView.js";
import { seenObjects } from "./seenObjects.js";
import { splitMasks } from "./splitMasks.js";
import { supportOffset } from "./supportOffset.js";
import { AXES } from "./trackFit.js";
import { wornColors } from "./wornColors.js";

/** What was told before of the frame's gripper, to see how fast it moves. */
export interface Before {
  readonly stampNs: bigint;
  readonly position: Vec3;
  /** The support's frame. */
  readonly rest?: Pose;
}

export interface LookOptions {
  /** When it is, on the clock of all looks. */
  readonly timeS: number;
  /** Whether the colour image is worth decoding. */
  readonly looksAtColors: boolean;
}

/** Masks whose edges lie on steps by more than this share fit. */
const FITS = 0.85;
/** By how much another place of the masks has to be better. */
const LEAST_GAIN = 0.1;
/** Slower than this a delay shows nothing, pixels a second of the small image. */
const LEAST_SPEED_PX = 12;
const MOST_SPEED_PX = 250;
/** Times further apart tell no speed, s. */
const MOST_APART_S = 0.35;

let placements: { readonly size: string; readonly of: Placements } | undefined;

/**
 * Looks at one image; undefined where it lacks depth, masks or intrinsics.
 *
 * @throws FrameError if depth or masks cannot be read
 */
export async function lookAt(
  given: CameraFrame,
  { objects, support, robot }: Pick<Task, "objects" | "support" | "robot">,
  before: Before | undefined,
  { timeS, looksAtColors }: LookOptions,
): Promise<Look | undefined> {
  const frame = await registerParts(given);
  const { depth, info, poses, stampNs, episode } = frame;
  if (!depth || !info) return undefined;
  const { labels } = frame;
  const masks = masksOf({ ...frame, ...(labels && { labels: sampled(labels) }) }, objects.values());
  if (!masks) return undefined;
  const view = smallView(await decodeDepth(sampled(depth)), masks.map);
  if (!view) return undefined;
  const supportIds = new Set(support ? masks.idsOf(support) : planeIds(view));
  const gripperIds = robot ? masks.idsOf(robot.gripper) : [];
  const asked = [...objects.values()].flatMap(masks.idsOf).filter((id) => !supportIds.has(id));
  const isThing = (id: number) => !supportIds.has(id);
  const edges = maskEdges(view, isThing);
  const { near, far } = placementsFor(view);
  const all = edgeImage(edges, isThing);
  const { isCoarse } = masks;
  // Where they are, masks mostly fit so well that nothing near by can be better by enough.
  const here = edgeCounts(all, HERE);
  const fitsHere = shareOn([here]) > 1 - LEAST_GAIN;
  const nearCounts = fitsHere ? here : edgeCounts(all, near);
  const isFitting = fitsHere || isCoarse || shareOn([nearCounts]) > FITS || !isMostlyKnown(all);
  const scale = info.width / view.width;
  const pose = robot && poses?.get(robot.gripperFrame);
  const told = pose?.ok ? pose.pose : undefined;
  const velocity = told && before && velocityOf(told, stampNs, before);
  const rest = support?.frame === undefined ? undefined : poses?.get(support.frame);
  const [gripperId] = gripperIds;
  const isGripper = (id: number) => gripperIds.includes(id);
  // A gripper may be seen as two fingers, in a task without a robot as well.
  const robotIds = [...objects.values()].filter(isRobot).flatMap(masks.idsOf);
  const isPassive = (id: number) => asked.includes(id) && !isGripper(id) && !robotIds.includes(id);
  const wears =
    looksAtColors && !isCoarse && (await wornColors(frame, view, masks, objects.values(), isThing));
  const pixels = velocity && told && pixelVelocity(told, velocity, info, scale);
  const speedPx = pixels && Math.hypot(...pixels);
  const isMoving = speedPx !== undefined && speedPx > LEAST_SPEED_PX && speedPx < MOST_SPEED_PX;
  const bearing = bearingOf(view, info, timeS, isGripper);
  const gripper = edgeImage(edges, isGripper);
  const hasEdges = !isCoarse && speedPx !== undefined && isMostlyKnown(gripper);
  return {
    ...{ timeS, episode, asked: new Set(asked) },
    ...{ width: view.width, height: view.height, scale, isCoarse, near: nearCounts },
    ...(!isFitting && { far: edgeCounts(all, far) }),
    ...(isMoving && hasEdges && { moving: { timeS, edges: gripper, info } }),
    ...(hasEdges && { gripper: edgeCounts(gripper, near), speedPx }),
    ...(wears && { wears }),
    ...(!isCoarse && { masked: maskedThings(view, info, edges, asked) }),
    ...(told && { told }),
    ...(velocity && { velocity }),
    ...(rest?.ok && { rest: rest.pose, ...restBeforeOf(stampNs, before) }),
    ...(gripperId !== undefined && { gripperId }),
    ...(bearing && !isCoarse && { bearing }),
    seen: seenObjects(
      view,
      info,
      isCoarse || fitsHere ? NOWHERE : bestShift(nearCounts, near),
      isThing,
    ),
    ...(!isCoarse && { split: splitMasks(view, info, isPassive, isThing) }),
    depthSum: sumOf(view.depthM),
    ...(rest?.ok && showsSupport(view, supportIds) && planeOf(view, info, rest.pose)),
    ...supportOffset(view, info, frame, support, supportIds),
  };
}

/** Each pixel counts by another factor than those around it. */
function sumOf(depthM: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < depthM.length; i++) sum += (1 + (i % 251)) * (depthM[i] || 0);
  return sum;
}

const LEAST_PIXELS = 12;

/** The middle of a mask; undefined where hardly any of it is in the image. */
function bearingOf(
  view: SmallView,
  info: CameraInfo,
  timeS: number,
  isOwn: (id: number) => boolean,
): Bearing | undefined {
  const masks = [...view.pixels].flatMap(([id, own]) => (isOwn(id) ? [own] : []));
  const pixels = masks.reduce((sum, { length }) => sum + length, 0);
  if (pixels < LEAST_PIXELS) return undefined;
  let [u, v] = [0, 0];
  for (const own of masks) {
    for (const pixel of own) {
      u += pixel % view.width;
      v += Math.floor(pixel / view.width);
    }
  }
  const at = rayAt(view, info, u / pixels, v / pixels);
  const isCutOff = masks.some((own) => isAtBorder(own, view));
  return at && { timeS, at, pixels, isCutOff };
}

const NOWHERE = { x: 0, y: 0 };
const HERE: Placements["near"] = [{ kind: "shifted", ...NOWHERE }];

/** Where `rgbd` moves the masks to; nowhere, unless that is better. */
function bestShift(counts: EdgeCounts, near: Placements["near"]): { x: number; y: number } {
  const middle = near.findIndex(({ x, y }) => x === 0 && y === 0);
  let [best, most] = [middle, shareOn([counts], middle + 1, middle) + LEAST_GAIN];
  near.forEach((_, p) => {
    const share = shareOn([counts], p + 1, p);
    if (share > most) [best, most] = [p, share];
  });
  return near[best] ?? NOWHERE;
}

function placementsFor({ width, height }: SmallView): Placements {
  const size = `${width}x${height}`;
  if (placements?.size !== size) placements = { size, of: placementsOf(width, height) };
  return placements.of;
}

function velocityOf(told: Pose, stampNs: bigint, before: Before): Vec3 | undefined {
  const seconds = secondsSince(before, stampNs);
  if (seconds === undefined) return undefined;
  const [x, y, z] = minus(told.position, before.position);
  return [x / seconds, y / seconds, z / seconds];
}

function restBeforeOf(stampNs: bigint, before: Before | undefined): Pick<Look, "restBefore"> {
  const seconds = before && secondsSince(before, stampNs);
  if (!before?.rest || seconds === undefined) return {};
  return { restBefore: { pose: before.rest, seconds } };
}

/** Undefined where it is too long ago, or later. */
function secondsSince(before: Before, stampNs: bigint): number | undefined {
  const seconds = secondsOf(stampNs - before.stampNs);
  return seconds > 0 && seconds < MOST_APART_S ? seconds : undefined;
}

/** How the gripper's frame moves in the small image, pixels a second. */
function pixelVelocity(
  told: Pose,
  velocity: Vec3,
  info: CameraInfo,
  scale: number,
): readonly [number, number] {
  const soonS = 0.05;
  const later = mapVec3(told.position, (value, axis) => value + soonS * velocity[axis]);
  const [u, v] = projectPoint(info, told.position);
  const [w, t] = projectPoint(info, later);
  return [(w - u) / scale / soonS, (t - v) / scale / soonS];
}

/** A support's plane is at right angles to an axis of its frame. */
function planeOf(
  { plane: [a, b, c], width }: SmallView,
  { fx, fy, cx, cy, width: full }: CameraInfo,
  { position, rotation }: Pose,
): Pick<Look, "tilt" | "climb"> {
  const scale = full / width;
  const middle = (scale - 1) / 2;
  const inverse: Vec3 = [
    (a * fx) / scale,
    (b * fy) / scale,
    c + (a * (cx - middle)) / scale + (b * (cy - middle)) / scale,
  ];
  const normal = unit(inverse);
  if (!normal) return {};
  const cosines = AXES.map((axis) => dot(normal, rotate(rotation, axis)));
  const sizes = cosines.map(Math.abs);
  const cosine = Math.max(...sizes);
  const axis = sizes.indexOf(cosine);
  const up = rotate(rotation, itemAt(AXES, axis));
  const toldM = Math.sign(cosines[axis] ?? 0) * dot(up, position);
  return {
    tilt: Math.acos(Math.min(1, cosine)),
    climb: { axis, shownM: 1 / Math.hypot(...inverse), toldM },
  };
}

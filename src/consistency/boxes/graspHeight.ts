import { addScaled, distanceBetween, dot, minus, type Vec3 } from "../../base/index.js";
import {
  type PixelBox,
  type Pose,
  pixelRay,
  projectPoint,
  transformPoint,
} from "../../camera/index.js";
import {
  canonicalFrame,
  fitUpright,
  fromCanonical,
  type Plane,
  toCanonical,
  type UprightPrior,
} from "../../geometry/index.js";
import type { BoxLook } from "./BoxLook.js";

/** What a grasp says of the support's height. */
export interface GraspHeight {
  readonly name: string;
  /** By how much the height is told too high; negative: too low, m. */
  readonly tooHighM: number;
  /** How far the grasped thing is from where the plane puts it, m. */
  readonly apartM: number;
}

/** A box that moves by so much of its size is of a thing that was moved; by less, of one that stands. */
const MOVED = 0.5;
const STILL = 0.15;
/** The gripper is so near to a box, as a share of its size, where it may hold what is in it. */
const AT_GRIPPER = 1;
/** A held thing's box and the gripper move alike, but for so much of its size. */
const ALIKE = 0.4;
const LEAST_FREE = 2;
const LEAST_HELD = 2;
/** A grasp takes less time than so many looks. */
const LAST_LOOKS = 4;
/** What is left of the way between both that no height explains, m, and as a share of it. */
const LEFT_M = 0.015;
const LEFT_SHARE = 0.35;

interface Sample extends BoxLook {
  readonly told: Pose;
  readonly plane: Plane;
  readonly box: PixelBox;
  /** Of the box, and of the gripper, pixels. */
  readonly at: Pixel;
  readonly gripperAt: Pixel;
}
type Pixel = readonly [u: number, v: number];

/**
 * Where a gripper grasps a thing, the thing is: a plane at a wrong height shows it nearer to the camera
 * or farther away. Undefined where no grasp is seen, or where it is elsewhere in a way that no height explains.
 *
 * @param looks of one episode, in order
 * @param graspPoint where the centre of a held thing is in the gripper's frame, m
 */
export function graspHeight(
  name: string,
  looks: readonly BoxLook[],
  graspPoint: Vec3,
): GraspHeight | undefined {
  const samples = looks.flatMap((look) => sampleOf(name, look));
  const [first] = samples;
  const sizes = samples.map(({ box }) => sizeOf(box)).sort((a, b) => a - b);
  const usual = sizes[sizes.length >> 1] ?? 0;
  const moved = (a: Sample, b: Sample) => apartPx(a.at, b.at) / usual;
  const begun = samples.findIndex((it) => first && moved(first, it) > MOVED);
  if (!first || begun < 0) return undefined;
  const isNear = ({ at, gripperAt }: Sample) => apartPx(at, gripperAt) < AT_GRIPPER * usual;
  const before = samples.slice(0, begun).filter((it) => moved(first, it) < STILL);
  const free = before.filter((it) => !isNear(it));
  const [reach] = before
    .slice(-LAST_LOOKS)
    .filter(isNear)
    .toSorted((a, b) => heightOf(a) - heightOf(b));
  if (!reach || free.length < LEAST_FREE) return undefined;
  const isHeld = (it: Sample) => {
    const own: Pixel = [it.at[0] - reach.at[0], it.at[1] - reach.at[1]];
    const its: Pixel = [it.gripperAt[0] - reach.gripperAt[0], it.gripperAt[1] - reach.gripperAt[1]];
    return isNear(it) && apartPx(own, its) < ALIKE * usual;
  };
  if (!samples.slice(begun, begun + LEAST_HELD).every(isHeld)) return undefined;
  const place = middleOf(free.map(placeOf).filter((it) => it !== undefined));
  if (!place || begun + LEAST_HELD > samples.length) return undefined;
  const canonical = canonicalFrame(reach.plane);
  const grasped = toCanonical(canonical, transformPoint(reach.told, graspPoint));
  const eye = toCanonical(canonical, [0, 0, 0]);
  const [ray, way] = [minus(place, eye), minus(grasped, place)];
  const share = dot(way, ray) / dot(ray, ray);
  const apartM = Math.hypot(...way);
  const leftM = Math.hypot(...addScaled(way, ray, -share));
  if (leftM > Math.max(LEFT_M, LEFT_SHARE * apartM)) return undefined;
  return { name, tooHighM: share * eye[2], apartM };
}

function sampleOf(name: string, look: BoxLook): Sample[] {
  const { told, plane, info } = look;
  const box = look.boxes.get(name);
  if (!box || !told || !plane) return [];
  const at: Pixel = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  return [{ ...look, told, plane, box, at, gripperAt: projectPoint(info, told.position) }];
}

function sizeOf([left, top, right, bottom]: PixelBox): number {
  return Math.sqrt((right - left) * (bottom - top));
}

function apartPx(a: Pixel, b: Pixel): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** Of the gripper over the plane, m. */
function heightOf({ told, plane }: Sample): number {
  return dot(plane.normal, told.position) + plane.offsetM;
}

const ANY_STANDING: UprightPrior = {
  bottomM: { mean: 0, sigma: 0.003 },
  logHalfWidth: { mean: Math.log(0.04), sigma: 1 },
  logDepth: { mean: -0.1, sigma: 0.3 },
  logHeight: { mean: 0, sigma: 0.8 },
};
/** Of an edge, as a share of a box's size. */
const EDGE_SHARE = 0.04;

/** The centre of what stands there on the plane, canonical. */
function placeOf({ plane, info, box }: Sample): Vec3 | undefined {
  const canonical = canonicalFrame(plane);
  const [left, , right, bottom] = box;
  const ray = pixelRay(info, (left + right) / 2, bottom);
  const eye = toCanonical(canonical, [0, 0, 0]);
  const through = ray && toCanonical(canonical, [...ray, 1]);
  if (!through || !(eye[2] - through[2] > 1e-3)) return undefined;
  const foot = addScaled(eye, minus(through, eye), eye[2] / (eye[2] - through[2]));
  const sigmaPx = Math.max(1, EDGE_SHARE * sizeOf(box));
  const sigmasPx = [sigmaPx, sigmaPx, sigmaPx, sigmaPx] as const;
  const project = (point: Vec3) => projectPoint(info, fromCanonical(canonical, point));
  return fitUpright({ edges: box, sigmasPx }, ANY_STANDING, project, [foot[0], foot[1]])?.center;
}

/** The one that is nearest to all others. */
function middleOf(places: readonly Vec3[]): Vec3 | undefined {
  const far = (place: Vec3) => places.reduce((sum, it) => sum + distanceBetween(it, place), 0);
  return places.toSorted((a, b) => far(a) - far(b))[0];
}

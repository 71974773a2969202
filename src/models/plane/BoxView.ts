import type { Vec3 } from "../../base/index.js";
import {
  boxArea,
  boxOverlap,
  type CameraInfo,
  type PixelBox,
  pixelRay,
  projectPoint,
} from "../../camera/index.js";
import {
  type CanonicalFrame,
  fromCanonical,
  type Normal,
  type SeenBox,
  toCanonical,
} from "../../geometry/index.js";
import { type EdgeIndex, footEdgeOf, turned, turnedBack, turnedIndexOf } from "./turned.js";

/** What the picture shows at a box that no other box tells of. */
export interface Touching {
  readonly what: "carrier" | "arm" | "perhaps an arm" | "neighbour";
  /** How far down a carrier reaches (see `turned`), pixels; undefined if the image cuts it off. */
  readonly endsAt?: number | undefined;
}

/** What one image shows, and where its plane is. */
export interface BoxView {
  readonly stampNs: bigint;
  readonly info: CameraInfo;
  /** On the support plane. */
  readonly canonical: CanonicalFrame;
  /** Boxes of all objects that have one, by name, in pixels of the image of `info`. */
  readonly boxes: ReadonlyMap<string, PixelBox>;
  /** Boxes of things that nobody asks about, by what they are: they may hide or carry others. */
  readonly otherBoxes: readonly (readonly [what: string, box: PixelBox])[];
  /** Places of the robot by TF, optical frame. */
  readonly robotAt: readonly Vec3[];
  /** The same of other things that have no box: others may stand on them. */
  readonly framesAt: readonly (readonly [phrase: string, at: Vec3])[];
  /** Boxes of grippers and hands that TF does not tell. */
  readonly holders: readonly PixelBox[];
  /** What the picture shows at boxes, by name, that has no box of its own. */
  readonly touching: ReadonlyMap<string, Touching>;
  /** Standard deviation of an edge of a box, pixels. */
  readonly boxSigmaPx: number;
}

/** A box, and which of its edges are the object's own. */
export interface SeenThing {
  /** An edge that is hidden, or another thing's, lies somewhere between two places: as uncertain as that makes it. */
  readonly seen: SeenBox;
  /** Edges that the image cuts off. */
  readonly isCut: boolean;
  /** The object whose nearer box the edge of its foot lies in. */
  readonly before: string | undefined;
  /** How far down that, and what it may stand on itself, reaches (see `turned`); undefined if the image cuts it off. */
  readonly beforeEndsAt: number | undefined;
  /** A nearer box hides another edge, or it is that of another box in this one. */
  readonly isHidden: boolean;
}

/** A box is that of a cylinder but for handles and corners: this share of its side. */
const FORM_SHARE = 0.03;
/** Edges this close to the image's may be cut off, pixels. */
const LEAST_BORDER_PX = 2;
/** An upper or lower edge of which so much lies in a nearer box may not be the object's own. */
const HIDDEN_SHARE = 0.3;
/**
 * What ends within so many standard deviations of an edge of a nearer box may stand on that thing; of the image's
 * edge, may be cut off.
 */
const NEAR_SIGMAS = 2;
/** Two boxes that overlap by so much (intersection over union) are of one thing. */
const SAME_BOX = 0.5;
/** A box of so much of the image is that of a table. */
const TABLE_SHARE = 0.3;
/** A side is seen over what hides its lower part. */
const HIDDEN_SIDE_SHARE = 0.8;
/** The gripper is this near to a box, as a share of its sides, or to its middle: it may hold what is in it. */
const GRIPPER_SHARE = 0.75;
const GRIPPER_M = 0.07;
/** What is held is at least so far away as what its lower edge hides of the plane, as a share. */
const HELD_SHARE = 0.75;

export function lookAt(name: string, imageBox: PixelBox, view: BoxView): SeenThing {
  const foot = footEdgeOf(view);
  const box = turned(imageBox, foot);
  const [left, top, right, bottom] = box;
  const border = turned([0, 0, view.info.width, view.info.height], foot);
  const marginPx = NEAR_SIGMAS * view.boxSigmaPx;
  const borderPx = Math.max(LEAST_BORDER_PX, marginPx);
  const cut = [
    left <= border[0] + borderPx,
    top <= border[1] + borderPx,
    right >= border[2] - borderPx,
    bottom >= border[3] - borderPx,
  ];
  const others: Named = [
    ...view.boxes,
    ...view.otherBoxes.filter(([, it]) => isOther(it, imageBox, view.info)),
  ].flatMap(([other, it]) => (other === name ? [] : [[other, turned(it, foot)] as const]));
  // What ends lower in the image stands nearer to the camera.
  const nearer = others.filter(([, it]) => it[3] > bottom - marginPx);
  // A box around two things has edges of both.
  const within = others.filter(([, it]) =>
    it.every((edge, i) => (i < 2 ? 1 : -1) * (edge - (box[i] ?? edge)) > -marginPx),
  );
  const carriers = nearer.filter(([, it]) => hidesOf(box, it, marginPx)[3]);
  // Where else an edge may be: behind what hides it, or at the far side of the other thing that has it.
  const otherwise = box.map((at, edge) => [
    ...nearer.flatMap(([, it]) =>
      edge < 3 && hidesOf(box, it, marginPx)[edge] ? [it[edge] ?? at] : [],
    ),
    ...within.flatMap(([, it]) =>
      Math.abs((it[edge] ?? at) - at) < marginPx ? [it[(edge + 2) % 4] ?? at] : [],
    ),
  ]);
  const edges = box.map((at, i) => edgeBetween(at, otherwise[i] ?? [])) as [
    Normal,
    Normal,
    Normal,
    Normal,
  ];
  const sigma = (edge: EdgeIndex): number => {
    if (cut[edge]) return Number.POSITIVE_INFINITY;
    const side = edge === 3 || edge % 2 === 0 ? right - left : bottom - top;
    return Math.hypot(view.boxSigmaPx, FORM_SHARE * side, edges[edge].sigma);
  };
  // Turned, the edge that is `to` in the image.
  const sigmaPx = (to: EdgeIndex) => sigma(turnedIndexOf(to, foot));
  return {
    seen: {
      edges: turnedBack([edges[0].mean, edges[1].mean, edges[2].mean, edges[3].mean], foot),
      sigmasPx: [sigmaPx(0), sigmaPx(1), sigmaPx(2), sigmaPx(3)],
    },
    isCut: cut.some(Boolean),
    before: carriers[0]?.[0],
    beforeEndsAt: endOf(carriers, nearer, marginPx, border[3] - borderPx),
    isHidden: otherwise.some((places) => places.length > 0),
  };
}

type Named = readonly (readonly [name: string, box: PixelBox])[];

/** The edges of a box that lie in another one. */
function hidesOf(
  [left, top, right, bottom]: PixelBox,
  it: PixelBox,
  marginPx: number,
): readonly boolean[] {
  const shareX = overlap([left, right], [it[0], it[2]]) / (right - left);
  const shareY = overlap([top, bottom], [it[1], it[3]]) / (bottom - top);
  const inside = (value: number, from: number, to: number) => value >= from && value <= to;
  return [
    shareY > HIDDEN_SIDE_SHARE && inside(left, it[0], it[2]),
    shareX > HIDDEN_SHARE && inside(top, it[1], it[3]),
    shareY > HIDDEN_SIDE_SHARE && inside(right, it[0], it[2]),
    shareX > HIDDEN_SHARE && inside(bottom, it[1] - marginPx, it[3] + marginPx),
  ];
}

/** The lowest row of boxes, and of those that they may stand on. */
function endOf(
  carriers: Named,
  nearer: Named,
  marginPx: number,
  lastRow: number,
): number | undefined {
  // A set goes on to what is added while it is gone through.
  const chain = new Set(carriers);
  for (const [, it] of chain)
    for (const next of nearer)
      if (!chain.has(next) && next[1][3] > it[3] && hidesOf(it, next[1], marginPx)[3])
        chain.add(next);
  const end = Math.max(...[...chain].map(([, it]) => it[3]));
  return end < lastRow ? end : undefined;
}

/** Anywhere between where a box has its edge and the farthest of other places. */
function edgeBetween(at: number, otherwise: readonly number[]): Normal {
  const [least, most] = [Math.min(at, ...otherwise), Math.max(at, ...otherwise)];
  return anywhereBetween(least, most);
}

export function anywhereBetween(least: number, most: number): Normal {
  return { mean: (least + most) / 2, sigma: (most - least) / Math.sqrt(12) };
}

/** Whether a box of what nobody asks about is neither of the same thing nor of a table. */
export function isOther(it: PixelBox, box: PixelBox, info: CameraInfo): boolean {
  return boxOverlap(it, box) < SAME_BOX && !isTable(it, info);
}

export function isTable(it: PixelBox, { width, height }: CameraInfo): boolean {
  return boxArea(it) > TABLE_SHARE * width * height;
}

function overlap([a, b]: readonly [number, number], [c, d]: readonly [number, number]): number {
  return Math.max(0, Math.min(b, d) - Math.max(a, c));
}

/** The middle of the edge of a box that its thing stands on, pixels. */
export function footPixelOf(box: PixelBox, view: BoxView): readonly [u: number, v: number] {
  const foot = footEdgeOf(view);
  const [left, top, right, bottom] = box;
  return foot % 2 === 0 ? [box[foot], (top + bottom) / 2] : [(left + right) / 2, box[foot]];
}

/** Where that is on the plane, canonical; undefined above the horizon. */
export function footOf(box: PixelBox, view: BoxView): readonly [x: number, y: number] | undefined {
  const { info, canonical } = view;
  const ray = pixelRay(info, ...footPixelOf(box, view));
  if (!ray) return undefined;
  const eye = toCanonical(canonical, [0, 0, 0]);
  const through = toCanonical(canonical, [...ray, 1]);
  const fall = eye[2] - through[2];
  if (!(fall > 1e-3)) return undefined;
  const far = eye[2] / fall;
  return [eye[0] + far * (through[0] - eye[0]), eye[1] + far * (through[1] - eye[1])];
}

/** The robot's place that is at the box in the image, canonical; undefined if none is. */
export function robotNear(box: PixelBox, view: BoxView): Vec3 | undefined {
  const near = view.robotAt.find((at) => isNear(at, box, view));
  return near && toCanonical(view.canonical, near);
}

/** What only TF tells and is at the box in the image. */
export function carrierNear(box: PixelBox, view: BoxView): string | undefined {
  return view.framesAt.find(([, at]) => isNear(at, box, view))?.[0];
}

function isNear(at: Vec3, box: PixelBox, view: BoxView): boolean {
  const [left, top, right, bottom] = box;
  const { info, canonical } = view;
  const eye = toCanonical(canonical, [0, 0, 0]);
  const [x, y] = footOf(box, view) ?? [Infinity, Infinity];
  // What is held is nearer than what it hides of the plane, but a camera at the wrist is nearer to the gripper.
  const rangeM = HELD_SHARE * Math.hypot(x - eye[0], y - eye[1], eye[2]);
  const [u, v] = projectPoint(info, at);
  const leastPx = (GRIPPER_M * info.fx) / Math.max(at[2], rangeM);
  const isBeside = (from: number, to: number, place: number) =>
    Math.abs(place - (from + to) / 2) < Math.max((0.5 + GRIPPER_SHARE) * (to - from), leastPx);
  return isBeside(left, right, u) && isBeside(top, bottom, v);
}

/** Whether a gripper or a hand that TF does not tell is at the box in the image. */
export function isAtHolder([left, top, right, bottom]: PixelBox, view: BoxView): boolean {
  const marginPx = NEAR_SIGMAS * view.boxSigmaPx;
  return view.holders.some(
    (it) =>
      overlap([left - marginPx, right + marginPx], [it[0], it[2]]) > 0 &&
      overlap([top - marginPx, bottom + marginPx], [it[1], it[3]]) > 0,
  );
}

/** A point of the canonical frame in pixels. */
export function projectionOf({ info, canonical }: BoxView) {
  return (point: Vec3): readonly [u: number, v: number] =>
    projectPoint(info, fromCanonical(canonical, point));
}

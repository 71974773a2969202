/** What is true of drawn things, by their geometry. */
import { distanceBetween, dot, type Vec3 } from "../../../src/base/index.js";
import { invertPose, type Pose, rotate, transformPoint } from "../../../src/camera/index.js";
import { exactObject } from "../../../src/dataset/sceneOfStudio.js";
import {
  answerKind,
  type CanonicalFrame,
  canonicalFrame,
  convexHull,
  minAreaRectangle,
} from "../../../src/geometry/index.js";
import type { QuantityKind } from "../../../src/language/index.js";
import { surfaceOf } from "../../plane/scenes/Shape.js";
import type { Thing } from "./things.js";

/** Surfaces that are so near touch: their points are no closer together. */
const TOUCH_M = 0.002;
/** How much closer points are for lengths, and where the nearest ones are sought. */
const FINE = 4;
const AROUND_M = 0.025;

export interface Solid {
  readonly exact: ReturnType<typeof exactObject>;
  readonly points: readonly Vec3[];
  /** The same surface, of closer points. */
  readonly fine: readonly Vec3[];
}

/** The table, z = 0 of the world, as a camera sees it. */
export function tableOf({ position, rotation }: Pose): CanonicalFrame {
  const normal = rotate(invertPose({ position, rotation }).rotation, [0, 0, 1]);
  return canonicalFrame({ normal, offsetM: position[2], residualM: 0, inliers: 0 });
}

const span = (values: readonly number[]) =>
  values.reduce<readonly [number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );

/** Its centre is that of the smallest upright box around its body. */
export function solidOf(thing: Thing, label: number, pose: Pose, table: CanonicalFrame): Solid {
  // A circle of few points is narrower than it is.
  const fine = thing.shapes.flatMap((shape) => surfaceOf(shape, FINE));
  const body = thing.body?.flatMap((shape) => surfaceOf(shape, FINE)) ?? fine;
  // Levels above each other have the same footprint.
  const flat = new Map(body.map(([x, y]) => [`${x.toFixed(5)} ${y.toFixed(5)}`, [x, y]]));
  const print = minAreaRectangle(convexHull(Float64Array.from([...flat.values()].flat())));
  const [bottomM, topM] = span(fine.map(([, , z]) => z));
  const right = rotate(pose.rotation, [1, 0, 0]);
  const [left, farRight] = span(fine.map((point) => dot(point, right)));
  const box = { lengthM: print.lengthM, widthM: print.widthM, heightM: topM - bottomM };
  const [low, high] = span(body.map(([, , z]) => z));
  const center: Vec3 = [print.centerX, print.centerY, (low + high) / 2];
  const exact = exactObject(
    {
      ...{ name: thing.form, noun: thing.form, color: undefined, size: undefined, label },
      ...{ center: transformPoint(invertPose(pose), center), topM, bottomM, box },
      widthM: farRight - left,
    },
    table,
  );
  return { exact, points: thing.shapes.flatMap((shape) => surfaceOf(shape)), fine };
}

export function truthOf(kind: QuantityKind, table: CanonicalFrame, a: Solid, b?: Solid): number {
  if (kind === "gap" && b) return gapBetween(a, b);
  const truth = answerKind(kind, table, a.exact, b?.exact);
  if (truth.shape !== "quantity") throw new Error(`${kind} is no length`);
  return truth.valueM;
}

interface Nearest {
  readonly apartM: number;
  readonly one: Vec3;
  readonly other: Vec3;
}

function nearest(some: readonly Vec3[], others: readonly Vec3[]): Nearest {
  let square = Number.POSITIVE_INFINITY;
  let [one, other]: [Vec3, Vec3] = [NOWHERE, NOWHERE];
  for (const p of some)
    for (const q of others) {
      const now = (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 + (p[2] - q[2]) ** 2;
      if (now < square) [square, one, other] = [now, p, q];
    }
  return { apartM: Math.sqrt(square), one, other };
}

const NOWHERE: Vec3 = [0, 0, 0];

/** Between the nearest points of two surfaces: where coarse ones are nearest, finer ones are compared. */
function gapBetween(a: Solid, b: Solid): number {
  const { one, other } = nearest(a.points, b.points);
  const around = ({ fine }: Solid, middle: Vec3) =>
    fine.filter((point) => distanceBetween(point, middle) < AROUND_M);
  const { apartM } = nearest(around(a, one), around(b, other));
  return apartM < TOUCH_M ? 0 : apartM;
}

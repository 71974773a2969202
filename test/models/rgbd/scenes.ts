import type { Damage } from "../../../bench/corruption/tableDamages.js";
import { Random, type Vec3 } from "../../../src/base/index.js";
import { type CameraFrame, decodeDepth, depthImageOf } from "../../../src/camera/index.js";
import type {
  ObjectRef,
  QuantityKind,
  Relation,
  SpatialQuestion,
} from "../../../src/language/index.js";
import { rgbd } from "../../../src/models/index.js";
import { castFrame, type Sensor, type View } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";

export const A: ObjectRef = { name: "a", phrase: "the red thing", labels: [1] };
export const B: ObjectRef = { name: "b", phrase: "the blue thing", labels: [2] };
export const TABLE: ObjectRef = { name: "table", phrase: "the table", labels: [4] };

export function question(
  kind: SpatialQuestion["kind"],
  subject: ObjectRef = A,
  object?: ObjectRef,
): SpatialQuestion {
  if (kind === "open") return { kind, text: "What is on the table?" };
  return { kind, subject, text: kind, support: TABLE, ...(object && { object }) };
}

/** A question that does not say what its objects stand on. */
export function unsupported({ support: _, ...question }: SpatialQuestion): SpatialQuestion {
  return question;
}

export const SIGNAL = new AbortController().signal;

/** A length that `rgbd` tells of a frame, with its sigma, metres. */
export async function lengthIn(
  frame: CameraFrame,
  kind: QuantityKind,
  subject: ObjectRef = A,
  object?: ObjectRef,
) {
  await using model = rgbd();
  const [answer] = await model.ask(frame, [question(kind, subject, object)], SIGNAL);
  if (answer?.value?.shape !== "quantity") throw new Error(answer?.text);
  return answer.value;
}

/** A frame's depth as a damage of the bench leaves it. */
export async function damagedDepth({ depth, info }: CameraFrame, damage: Damage) {
  if (!depth || !info) throw new Error("a cast frame has depth");
  const { depthM, width, height } = await decodeDepth(depth);
  const ids = new Uint16Array(depthM.length);
  const damaged = damage({ depthM: Float32Array.from(depthM), ids, info }, new Random(1, "damage"));
  return depthImageOf({ width, height, depthM: damaged.depthM });
}

export interface TwoThings {
  readonly frame: CameraFrame;
  readonly truth: Readonly<Record<QuantityKind, number>>;
  /** How much more so A is than B, metres. */
  readonly more: Readonly<Record<Relation, number>>;
}

/** Two things of any shape on or above a table, side by side, and the truth about them. */
export function twoThings(random: () => number, sensor: Sensor = {}): TwoThings {
  const between = (low: number, high: number) => low + (high - low) * random();
  const thing = (id: number, x: number): Solid => {
    const y = between(-0.2, 0.2);
    const lift = random() < 0.3 ? between(0.05, 0.15) : 0;
    const kind = Math.floor(3 * random());
    if (kind === 0) {
      const radius = between(0.025, 0.06);
      return { id, shape: "sphere", radius, center: [x, y, radius + lift] };
    }
    const halfHeight = between(0.02, 0.08);
    const center: Vec3 = [x, y, halfHeight + lift];
    if (kind === 1)
      return { id, shape: "cylinder", radius: between(0.02, 0.05), halfHeight, center };
    const half: Vec3 = [between(0.02, 0.06), between(0.02, 0.06), halfHeight];
    return { id, shape: "box", half, yaw: between(-1.5, 1.5), center };
  };
  const a = thing(1, between(-0.3, -0.1));
  const b = thing(2, between(0.1, 0.3));
  const view: View = { eye: [between(-0.2, 0.2), -0.8, between(0.55, 0.85)], target: [0, 0, 0.05] };
  const frame = castFrame(
    {
      table: [0.5, 0.4],
      solids: random() < 0.5 ? [a, b] : [b, a],
      truth: { a: a.center, b: b.center },
    },
    view,
    sensor,
  );
  const truth = truthOf(frame, view, a, b);
  return { frame, truth, more: moreOf(truth, view, a, b) };
}

function moreOf(
  truth: Record<QuantityKind, number>,
  view: View,
  a: Solid,
  b: Solid,
): Record<Relation, number> {
  const above = a.center[2] - b.center[2];
  const tall = 2 * (halfHeightOf(a) - halfHeightOf(b));
  const wide = widthOf(a, view) - widthOf(b, view);
  const big = Math.cbrt(volumeOf(a)) - Math.cbrt(volumeOf(b));
  return {
    left: truth.left_difference,
    right: -truth.left_difference,
    above,
    below: -above,
    behind: truth.behind_difference,
    front: -truth.behind_difference,
    tall,
    short: -tall,
    wide,
    thin: -wide,
    big,
    small: -big,
  };
}

/** Of the box around it. */
function volumeOf(solid: Solid): number {
  if (solid.shape === "sphere") return (2 * solid.radius) ** 3;
  if (solid.shape === "cylinder") return 4 * solid.radius ** 2 * 2 * solid.halfHeight;
  return 8 * solid.half[0] * solid.half[1] * solid.half[2];
}

function truthOf(frame: CameraFrame, view: View, a: Solid, b: Solid): Record<QuantityKind, number> {
  const optical = (name: string): Vec3 => {
    const pose = frame.poses!.get(name)!;
    if (!pose.ok) throw new Error(pose.reason);
    return pose.pose.position;
  };
  const [oa, ob] = [optical("a"), optical("b")];
  const [za, zb] = [a.center[2], b.center[2]];
  const [ha, hb] = [halfHeightOf(a), halfHeightOf(b)];
  const flat = Math.hypot(a.center[0] - b.center[0], a.center[1] - b.center[1]);
  const ranges = Math.hypot(...oa) - Math.hypot(...ob);
  return {
    distance: Math.hypot(flat, za - zb),
    gap: gapOf(a, b),
    height: 2 * ha,
    width: widthOf(a, view),
    elevation: za - ha,
    vertical_distance: Math.abs(za - zb),
    horizontal_distance: flat,
    above_difference: za + ha - (zb + hb),
    below_difference: zb - hb - (za - ha),
    behind_difference: ranges,
    front_difference: -ranges,
    left_difference: ob[0] - oa[0],
    right_difference: oa[0] - ob[0],
  };
}

function halfHeightOf(solid: Solid): number {
  if (solid.shape === "sphere") return solid.radius;
  return solid.shape === "cylinder" ? solid.halfHeight : solid.half[2];
}

/** Along the optical x axis, which is level in these views. */
function widthOf(solid: Solid, { eye, target }: View): number {
  if (solid.shape !== "box") return 2 * solid.radius;
  const sideways = Math.atan2(target[0] - eye[0], target[1] - eye[1]);
  const turn = solid.yaw + sideways;
  return 2 * (solid.half[0] * Math.abs(Math.cos(turn)) + solid.half[1] * Math.abs(Math.sin(turn)));
}

/** Between the nearest points of two solids, by comparing dense samples of their surfaces. */
function gapOf(a: Solid, b: Solid): number {
  const [pa, pb] = [surface(a), surface(b)];
  let best = Infinity;
  for (const p of pa)
    for (const q of pb) best = Math.min(best, Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]));
  return best;
}

function surface(solid: Solid): Vec3[] {
  const [x, y, z] = solid.center;
  const points: Vec3[] = [];
  const around = Array.from({ length: 48 }, (_, i) => (i / 48) * 2 * Math.PI);
  const levels = Array.from({ length: 13 }, (_, i) => i / 6 - 1);
  for (const level of levels)
    for (const angle of around) {
      if (solid.shape === "box") {
        // A square around, stretched to the box.
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const k = 1 / Math.max(Math.abs(c), Math.abs(s));
        const [u, v] = [solid.half[0] * c * k, solid.half[1] * s * k];
        points.push([
          x + u * Math.cos(solid.yaw) - v * Math.sin(solid.yaw),
          y + u * Math.sin(solid.yaw) + v * Math.cos(solid.yaw),
          z + level * solid.half[2],
        ]);
        continue;
      }
      const flat = solid.shape === "sphere" ? Math.sqrt(1 - level * level) : 1;
      points.push([
        x + solid.radius * flat * Math.cos(angle),
        y + solid.radius * flat * Math.sin(angle),
        z + level * (solid.shape === "sphere" ? solid.radius : solid.halfHeight),
      ]);
    }
  return points;
}

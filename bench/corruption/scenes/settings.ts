/** Scenes that are drawn by chance, and how cameras, sensors and segmentations see them. */
import type { Random, Vec3 } from "../../../src/base/index.js";
import type { CameraInfo, Pose } from "../../../src/camera/index.js";
import { opticalPose } from "../../../src/sim/scene/cameraPose.js";
import { surfaceOf } from "../../plane/scenes/Shape.js";
import { DAMAGES, type Damage, type Images, thingsIn } from "../tableDamages.js";
import { FIRST_ID, pinhole } from "./cast.js";
import {
  CARRIERS,
  FORMS,
  fingersBefore,
  gripperAround,
  HANDY,
  raised,
  type Thing,
  thing,
} from "./things.js";

export interface Setting {
  /** All in degrees, metres and focal lengths of an image's width. */
  readonly tiltDeg?: readonly [number, number];
  readonly rollDeg?: readonly [number, number];
  readonly distanceM?: readonly [number, number];
  readonly focalWidths?: number;
  /** How far aside the camera looks. */
  readonly asideM?: number;
  /** Widths and heights of images. */
  readonly sizes?: readonly (readonly [number, number])[];
  /** Of the things that are drawn; all by default. */
  readonly forms?: readonly string[];
  /** What stands before another thing, or hangs. */
  readonly hides?: boolean | "fingers";
  /** What stands on a thing is always there, and may be larger than that. */
  readonly isPile?: boolean;
  readonly damage?: Damage;
}

/** The label of the middle of each cell, as a segmentation of few pixels gives it. */
const coarse: Damage = ({ depthM, ids, info }, random) => {
  const cell = random.integer(6, 12);
  const middle = (at: number, last: number) =>
    Math.min(last, Math.floor(at / cell) * cell + (cell >> 1));
  const { width, height } = info;
  return {
    ...{ depthM, info },
    ids: ids.map((_, i) => {
      const [u, v] = [i % width, Math.floor(i / width)];
      return ids[middle(v, height - 1) * width + middle(u, width - 1)] ?? 0;
    }),
  };
};

/** Things of which a band has no depth, as metal and glass have none. */
const shiny: Damage = ({ depthM, ids, info }, random) => {
  const bands = new Map<number, readonly [number, number]>();
  for (const id of thingsIn(ids)) {
    if (random.next() < 0.4) continue;
    let [left, right] = [info.width, 0];
    ids.forEach((it, i) => {
      if (it !== id) return;
      left = Math.min(left, i % info.width);
      right = Math.max(right, i % info.width);
    });
    const wide = (right - left + 1) * random.uniform(0.15, 0.45);
    const from = left - wide / 2 + random.next() * (right - left + 1);
    bands.set(id, [from, from + wide]);
  }
  return {
    ...{ ids, info },
    depthM: depthM.map((z, i) => {
      const [from, to] = bands.get(ids[i] ?? 0) ?? [0, 0];
      return i % info.width >= from && i % info.width < to ? 0 : z;
    }),
  };
};

export function damage(name: string): Damage {
  const known = DAMAGES.get(name);
  if (!known) throw new Error(`no damage ${name}`);
  return known[0];
}

export const SETTINGS: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  ["usual", {}],
  ["noise", { damage: damage("1 mm of noise at 1 m") }],
  ["far", { distanceM: [1.4, 2] }],
  ["near wrist", { distanceM: [0.22, 0.4], tiltDeg: [45, 80], asideM: 0.08 }],
  ["low view", { tiltDeg: [8, 20] }],
  ["roll", { rollDeg: [-45, 45] }],
  ["wide lens", { focalWidths: 0.42, distanceM: [0.35, 0.6], asideM: 0.15 }],
  ["narrow view", { focalWidths: 1.7, asideM: 0.12 }],
  ["hider in front", { hides: true, tiltDeg: [15, 40] }],
  ["disparity", { damage: damage("stereo: steps of 0.1 px") }],
  ["noise in patches", { damage: damage("noise of 2 mm in patches of 10 px") }],
  ["edge smear", { damage: damage("flying pixels") }],
  ["near things too wide", { damage: damage("stereo: near things 3 px too wide") }],
  ["holes", { damage: damage("30 % holes") }],
  ["coarse masks", { damage: coarse }],
  ["bleed", { damage: damage("masks 3 px larger") }],
  ["shiny", { damage: shiny }],
]);

export interface Scene {
  readonly things: readonly Thing[];
  readonly pose: Pose;
  readonly info: CameraInfo;
}

const SIZES = [
  [640, 480],
  [848, 480],
  [424, 240],
] as const;
const RADIANS = Math.PI / 180;
/** Things keep so far apart, besides their sizes. */
const APART_M = 0.012;
const TRIES = 60;

export function sceneOf(random: Random, setting: Setting): Scene {
  const { tiltDeg = [25, 60], rollDeg = [0, 0], distanceM = [0.6, 1.1] } = setting;
  const { focalWidths = 0.9, asideM = 0 } = setting;
  const aside = () => asideM * random.uniform(-1, 1);
  const pose = opticalPose({
    target: [aside(), aside(), 0.03],
    distanceM: random.uniform(...distanceM),
    azimuthRad: random.uniform(-Math.PI, Math.PI),
    pitchRad: random.uniform(...tiltDeg) * RADIANS,
    rollRad: random.uniform(...rollDeg) * RADIANS,
  });
  const [width, height] = random.pick(setting.sizes ?? SIZES);
  const placed: Placed[] = [];
  const { forms = [...FORMS.keys()] } = setting;
  const count = random.integer(3, 5);
  for (let i = 0; i < count; i++) addTo(placed, random, random.pick(forms));
  if (setting.hides === true) hideOne(placed, random, pose.position);
  if (setting.isPile || random.next() < 0.35) stackOne(placed, random);
  const things = placed.map(({ thing }) => thing);
  if (setting.hides === "fingers")
    things.push(fingersTo(random.pick(placed).at, random, pose.position));
  const isHeld = random.next() < 0.3;
  return {
    things: isHeld ? withHeld(things, random) : things,
    pose,
    info: pinhole(width, height, focalWidths * width),
  };
}

interface Placed {
  readonly thing: Thing;
  readonly at: Vec3;
  readonly radiusM: number;
}

function addTo(placed: Placed[], random: Random, form: string): void {
  for (let i = 0; i < TRIES; i++) {
    const at: Vec3 = [random.uniform(-0.22, 0.22), random.uniform(-0.2, 0.2), 0];
    if (place(placed, thing(form, random, at), at)) return;
  }
}

/** If nothing else is there. */
function place(placed: Placed[], made: Thing, at: Vec3): boolean {
  const radiusM = Math.max(...pointsOf(made).map(([x, y]) => Math.hypot(x - at[0], y - at[1])));
  const isFree = placed.every(
    (it) => Math.hypot(at[0] - it.at[0], at[1] - it.at[1]) > radiusM + it.radiusM + APART_M,
  );
  if (isFree) placed.push({ thing: made, at, radiusM });
  return isFree;
}

const pointsOf = ({ shapes }: Thing) => shapes.flatMap((shape) => surfaceOf(shape));

/** Something that is mostly higher, on the way to the camera. */
function hideOne(placed: Placed[], random: Random, eye: Vec3): void {
  const { at } = random.pick(placed);
  const form = random.pick(["bottle", "box", "can", "mug"]);
  const away = Math.hypot(eye[0] - at[0], eye[1] - at[1]);
  for (let i = 0; i < TRIES; i++) {
    const [near, side] = [random.uniform(0.07, 0.2) / away, random.uniform(-0.4, 0.4)];
    const [dx, dy] = [(eye[0] - at[0]) * near, (eye[1] - at[1]) * near];
    const before: Vec3 = [at[0] + dx - side * dy, at[1] + dy + side * dx, 0];
    if (place(placed, thing(form, random, before), before)) return;
  }
}

/** On the way to the camera, between a quarter and a half of it. */
function fingersTo([x, y]: Vec3, random: Random, eye: Vec3): Thing {
  const share = random.uniform(0.25, 0.5);
  const at: Vec3 = [x + share * (eye[0] - x), y + share * (eye[1] - y), share * eye[2] - 0.05];
  const yaw = Math.atan2(eye[0] - x, y - eye[1]) + random.uniform(-0.3, 0.3);
  return fingersBefore(at, yaw, random.uniform(0.03, 0.1));
}

/** One thing becomes what another one stands on. */
function stackOne(placed: Placed[], random: Random): void {
  const [form, floorOf] = random.pick([...CARRIERS]);
  const before = placed.length;
  addTo(placed, random, form);
  const carrier = placed[before];
  if (!carrier) return;
  const { at } = carrier;
  const off = () => random.uniform(-0.015, 0.015);
  const upper = thing(random.pick([...FORMS.keys()]), random, [at[0] + off(), at[1] + off(), 0]);
  placed.push({ ...carrier, thing: raised(upper, floorOf(carrier.thing)) });
}

/** One more, in the air, between two fingers. */
function withHeld(things: readonly Thing[], random: Random): readonly Thing[] {
  const at: Vec3 = [random.uniform(-0.15, 0.15), random.uniform(-0.15, 0.15), 0];
  const held = raised(thing(random.pick(HANDY), random, at), random.uniform(0.16, 0.25));
  const yaw = random.uniform(0, Math.PI);
  const acrossM = pointsOf(held).map(
    ([x, y]) => (x - at[0]) * Math.cos(yaw) + (y - at[1]) * Math.sin(yaw),
  );
  const heights = pointsOf(held).map(([, , z]) => z);
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const center: Vec3 = [at[0], at[1], (low + high) / 2];
  const wideM = 2 * Math.max(...acrossM);
  return [...things, held, gripperAround(center, wideM, high - low, yaw)];
}

/** Those that enough is seen of to be asked about, by their place among all. The gripper has another id. */
export function seenThings({ ids, info }: Images, count: number): readonly number[] {
  const pixels = new Map<number, number>();
  for (const id of ids) pixels.set(id, (pixels.get(id) ?? 0) + 1);
  const least = (60 * info.width * info.height) / (640 * 480);
  return Array.from({ length: count }, (_, i) => i).filter(
    (i) => (pixels.get(FIRST_ID + i) ?? 0) >= least,
  );
}

/** Scenes that are drawn by chance: what stands, and what does not, so that `plane` must refuse or widen. */
import { addScaled, type Random, type Vec3 } from "../../../src/base/index.js";
import { joinedBox, type PixelBox } from "../../../src/camera/index.js";
import { opticalPose } from "../../../src/sim/scene/cameraPose.js";
import type { Look, Pattern, Rgb, Solid, View } from "./picture.js";
import { ball, box, cone, cylinder, lying, moved, type Shape } from "./Shape.js";

export interface Thing extends Solid {
  readonly name: string;
  /** A detector sees it. Default true. */
  readonly hasBox?: boolean;
}

export interface Scene {
  readonly view: View;
  /** Where a second camera is, which takes every second image. */
  readonly otherView?: View;
  readonly look: Look;
  /** The first two are asked about. */
  readonly things: readonly Thing[];
  /** In the last two of six images; default as before. */
  readonly later?: readonly Thing[];
  /** What a detector makes of exact boxes, by the name of the thing. */
  readonly boxes?: (exact: ReadonlyMap<string, PixelBox>) => ReadonlyMap<string, PixelBox>;
}

type Row = (random: Random) => Scene;

const RADIANS = Math.PI / 180;
const SIZE = { width: 320, height: 240 } as const;

interface Camera {
  readonly azimuthRad?: number;
  readonly tiltDeg?: number;
  readonly rollDeg?: number;
  readonly focalPx?: number;
  readonly distanceM?: number;
  readonly lens?: { readonly model: string; readonly coefficients: readonly number[] };
}

function viewOf(random: Random, camera: Camera = {}): View {
  const { tiltDeg = random.uniform(25, 50), rollDeg = 0, focalPx = 300, lens } = camera;
  const { distanceM = random.uniform(0.6, 1.1) } = camera;
  const { azimuthRad = random.uniform(-0.5, 0.5) } = camera;
  const pose = opticalPose({
    ...{ target: [0, 0, 0.03], distanceM, azimuthRad },
    ...{ pitchRad: tiltDeg * RADIANS, rollRad: rollDeg * RADIANS },
  });
  const [cx, cy] = [(SIZE.width - 1) / 2, (SIZE.height - 1) / 2];
  const distortion = lens ?? { model: "plumb_bob", coefficients: [] };
  return { pose, info: { ...SIZE, fx: focalPx, fy: focalPx, cx, cy, distortion } };
}

const PATTERNS: readonly Pattern[] = ["plain", "wood", "checker"];
/** Linear, of a thing: any hue, from dark to light. */
const colorOf = (random: Random): Rgb => {
  const light = random.uniform(0.1, 0.9);
  const share = () => light * random.uniform(0.15, 1);
  return [share(), share(), share()];
};
const TABLES: readonly Rgb[] = [
  [0.5, 0.33, 0.18],
  [0.62, 0.6, 0.55],
  [0.25, 0.14, 0.08],
  [0.75, 0.75, 0.75],
  [0.12, 0.13, 0.15],
  [0.3, 0.4, 0.33],
];
const GRIPPERS: readonly Rgb[] = [
  [0.02, 0.02, 0.02],
  [0.08, 0.08, 0.09],
  [0.6, 0.6, 0.62],
  [0.85, 0.85, 0.85],
  [0.7, 0.25, 0.05],
];

function lookOf(random: Random, look: Partial<Look> = {}): Look {
  const [x, y] = [random.uniform(-1, 1), random.uniform(-1, 1)];
  return {
    ...{ pattern: random.pick(PATTERNS), tableColor: random.pick(TABLES) },
    ...{ floorColor: random.pick(TABLES), lamp: [x, y, random.uniform(1.2, 2)] },
    ...{ ambient: random.uniform(0.4, 0.7), noise: random.uniform(1, 4) },
    ...look,
  };
}

const up = (thing: Thing, by: number): Thing => ({
  ...thing,
  shapes: thing.shapes.map((shape) => moved(shape, [0, 0, by])),
});
const turn = (random: Random) => random.uniform(0, Math.PI);

const can = (random: Random, at: Vec3): Thing => ({
  ...{ name: "can", color: colorOf(random) },
  shapes: [cylinder(at, random.uniform(0.025, 0.045), random.uniform(0.06, 0.14))],
});
type Form = (random: Random, at: Vec3) => readonly Shape[];
const upright: Form = (random, at) => [
  cylinder(at, random.uniform(0.025, 0.05), random.uniform(0.05, 0.2)),
];
/** Small enough to be lifted, or carried. */
const handy: Form = (random, at) => [
  cylinder(at, random.uniform(0.025, 0.04), random.uniform(0.05, 0.12)),
];

interface Pair {
  readonly form?: Form;
  readonly camera?: Camera;
  readonly look?: (random: Random) => Partial<Look>;
}

function pairOf(random: Random, { form = upright, camera = {}, look }: Pair = {}) {
  const side = random.next() < 0.5 ? -1 : 1;
  const aside = () => side * random.uniform(0.08, 0.16);
  const at: Vec3 = [-aside(), random.uniform(-0.1, 0.1), 0];
  const other: Vec3 = [aside(), random.uniform(-0.1, 0.1), 0];
  const it: Thing = { name: "it", color: colorOf(random), shapes: form(random, at) };
  const view = viewOf(random, camera);
  return { it, can: can(random, other), at, view, look: lookOf(random, look?.(random)) };
}

const stands =
  (
    pair: Pair = {},
    around: (random: Random, at: Vec3, view: View) => readonly Thing[] = () => [],
  ): Row =>
  (random) => {
    const { it, can, at, view, look } = pairOf(random, pair);
    return { view, look, things: [it, can, ...around(random, at, view)] };
  };

/** Two fingers at the sides of what is held, a palm over it, an arm. */
function gripper(random: Random, at: Vec3, radiusM: number, topM: number): Thing {
  const [reach, yaw] = [radiusM + 0.006, turn(random)];
  const aside: Vec3 = [Math.cos(yaw), Math.sin(yaw), 0];
  const base = (by: number, z: number) => addScaled(addScaled(at, aside, by), [0, 0, 1], z);
  const finger = (by: number) => box(base(by, topM - 0.04), [0.012, 0.022, 0.07], yaw);
  const palm = box(base(0, topM + 0.03), [2 * reach + 0.05, 0.05, 0.04], yaw);
  return {
    ...{ name: "gripper", hasBox: false, color: random.pick(GRIPPERS) },
    shapes: [finger(-reach), finger(reach), palm, cylinder(base(0, topM + 0.07), 0.03, 0.5)],
  };
}

const held =
  (isFromStart: boolean): Row =>
  (random) => {
    const { it, can, at, view, look } = pairOf(random, { form: handy });
    const [shape] = it.shapes;
    const [radiusM, highM] = shape?.form === "cone" ? [shape.upperM, shape.longM] : [0.03, 0.1];
    const liftM = random.uniform(0.02, 0.2);
    const things = [up(it, liftM), can, gripper(random, at, radiusM, highM + liftM)];
    return isFromStart ? { view, look, things } : { view, look, things: [it, can], later: things };
  };

/** Seen by a second camera, too, that looks from another side. */
const seenTwice =
  (row: Row): Row =>
  (random) => {
    const side = random.next() < 0.5 ? -1 : 1;
    return {
      ...row(random),
      otherView: viewOf(random, { azimuthRad: side * random.uniform(0.8, 1.5) }),
    };
  };

const carried =
  (lowM: number, highM: number, hasBox = false): Row =>
  (random) => {
    const { it, can, at, view, look } = pairOf(random, { form: handy });
    const heightM = random.uniform(lowM, highM);
    const sides: Vec3 = [random.uniform(0.1, 0.2), random.uniform(0.1, 0.2), heightM];
    const carrier = { name: "carrier", hasBox, color: colorOf(random) };
    return {
      ...{ view, look },
      things: [up(it, heightM), can, { ...carrier, shapes: [box(at, sides, turn(random))] }],
    };
  };

/** Where a thing is on the line from a place to the camera, on the table. */
function before(at: Vec3, { pose }: View, byM: number): Vec3 {
  const [x, y] = [pose.position[0] - at[0], pose.position[1] - at[1]];
  const far = Math.hypot(x, y);
  return [at[0] + (byM * x) / far, at[1] + (byM * y) / far, 0];
}

const hidden =
  (hasBox: boolean): Row =>
  (random) => {
    const tall: Form = (r, at) => [cylinder(at, r.uniform(0.025, 0.04), r.uniform(0.08, 0.14))];
    const { it, can, at, view, look } = pairOf(random, { form: tall });
    const place = before(at, view, random.uniform(0.08, 0.12));
    const shapes = [cylinder(place, random.uniform(0.045, 0.055), random.uniform(0.05, 0.1))];
    const hider = { name: "hider", hasBox, color: colorOf(random), shapes };
    return { view, look, things: [it, can, hider] };
  };

const merged =
  (hasBox: boolean): Row =>
  (random) => {
    const { it, can, at, view, look } = pairOf(random, {});
    const by = (random.next() < 0.5 ? -1 : 1) * random.uniform(0.07, 0.1);
    const place: Vec3 = [at[0] + by, at[1] + random.uniform(-0.03, 0.03), 0];
    const shapes = [cylinder(place, random.uniform(0.02, 0.04), random.uniform(0.04, 0.12))];
    const neighbour = { name: "neighbour", hasBox, color: colorOf(random), shapes };
    return {
      ...{ view, look, things: [it, can, neighbour] },
      boxes: (exact) => {
        const [own, other] = [exact.get("it"), exact.get("neighbour")];
        if (!own || !other) return exact;
        return new Map([...exact, ["it", joinedBox([own, other])]]);
      },
    };
  };

/** Seen over the thing, with no box: that hides nothing of it. */
const behind = (random: Random, at: Vec3, view: View): readonly Thing[] => {
  const place = before(at, view, -random.uniform(0.1, 0.16));
  const shapes = [cylinder(place, random.uniform(0.02, 0.04), random.uniform(0.06, 0.15))];
  return [{ name: "other", hasBox: false, color: colorOf(random), shapes }];
};
/** Around it, at a distance. */
const clutter = (random: Random, at: Vec3): readonly Thing[] =>
  [0, 1, 2, 3].map((i) => {
    const [angle, farM] = [random.uniform(0, 2 * Math.PI), random.uniform(0.17, 0.3)];
    const place: Vec3 = [at[0] + farM * Math.cos(angle), at[1] + farM * Math.sin(angle), 0];
    const shapes = [box(place, [0.05, 0.05, random.uniform(0.02, 0.08)], turn(random))];
    return { name: `other ${i}`, hasBox: false, color: colorOf(random), shapes };
  });

const mug: Form = (random, at) => {
  const [radiusM, highM, yaw] = [
    random.uniform(0.035, 0.045),
    random.uniform(0.08, 0.11),
    turn(random),
  ];
  const reach = radiusM + 0.012;
  const handleAt: Vec3 = [at[0] + reach * Math.cos(yaw), at[1] + reach * Math.sin(yaw), highM / 5];
  return [cylinder(at, radiusM, highM), box(handleAt, [0.03, 0.01, 0.6 * highM], yaw)];
};
const boxy: Form = (random, at) => {
  const sides: Vec3 = [
    random.uniform(0.05, 0.2),
    random.uniform(0.04, 0.12),
    random.uniform(0.03, 0.2),
  ];
  return [box(at, sides, turn(random))];
};
const lyingDown: Form = (random, at) => [
  lying(at, random.uniform(0.015, 0.035), random.uniform(0.1, 0.22), turn(random)),
];
const bowl: Form = (random, at) => {
  const upperM = random.uniform(0.06, 0.1);
  return [cone(at, upperM * random.uniform(0.4, 0.6), upperM, upperM * random.uniform(0.5, 0.9))];
};
const plain = (pattern: Pattern) => () => ({ pattern });
const WIDE = { model: "plumb_bob", coefficients: [-0.25, 0.06, 0, 0, 0] };

export const ROWS: ReadonlyMap<string, Row> = new Map<string, Row>([
  ["stands: plain table", stands({ look: plain("plain") })],
  ["stands: wood", stands({ look: plain("wood") })],
  ["stands: checkered", stands({ look: plain("checker") })],
  [
    "stands: long shadows",
    stands({ look: (r) => ({ ambient: 0.3, lamp: [1.2 * Math.cos(turn(r)), 1.2, 0.7] }) }),
  ],
  [
    "stands: of about the table's colour",
    (random) => {
      const scene = stands()(random);
      const color = scene.look.tableColor.map((it) => it * random.uniform(0.75, 1.25));
      const [it, ...rest] = scene.things;
      return it
        ? { ...scene, things: [{ ...it, color: color as unknown as Rgb }, ...rest] }
        : scene;
    },
  ],
  ["stands: a thing without a box behind it", stands({}, behind)],
  ["stands: things without boxes around it", stands({}, clutter)],
  ["stands: mug with a handle", stands({ form: mug })],
  ["stands: boxes at all angles", stands({ form: boxy })],
  ["stands: bowl", stands({ form: bowl })],
  ["stands: ball", stands({ form: (r, at) => [ball(at, r.uniform(0.025, 0.05))] })],
  ["stands: lies, at all angles", stands({ form: lyingDown })],
  ["stands: camera looks down by 10 degrees", stands({ camera: { tiltDeg: 10 } })],
  ["stands: camera rolled by 20 degrees", stands({ camera: { rollDeg: 20 } })],
  ["stands: wide lens", stands({ camera: { focalPx: 150, distanceM: 0.6, lens: WIDE } })],
  ["held from the start, nothing told of the gripper", held(true)],
  ["stands: two cameras", seenTwice(stands())],
  ["held from the start, two cameras", seenTwice(held(true))],
  ["on a thing of 3 to 10 cm without a box, two cameras", seenTwice(carried(0.03, 0.1))],
  ["lifted in the last two images, nothing told of the gripper", held(false)],
  ["on a thing of 3 to 10 cm without a box", carried(0.03, 0.1)],
  ["on a thing of 1 to 3 cm without a box", carried(0.01, 0.03)],
  ["its lower part hidden by a thing without a box", hidden(false)],
  ["one box around it and a neighbour without a box", merged(false)],
  ["on a thing of 1 to 10 cm with a box", carried(0.01, 0.1, true)],
  ["its lower part hidden by a thing with a box", hidden(true)],
  ["one box around it and a neighbour with a box", merged(true)],
]);

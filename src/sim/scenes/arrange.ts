import type { Random, Vec3 } from "../../base/index.js";
import {
  FINGER_HALF_M,
  GANTRY_ZERO_Z_M,
  MAX_OPENING_M,
  MUG_HALF_HEIGHT_M,
  MUG_RADIUS_M,
  REACH_M,
  TABLE_TOP_M,
  TRAY_BASE_M,
  TRAY_HALF_M,
  tfFrameOf,
} from "../scene/constants.js";
import type { SceneLayout } from "./sampleSceneLayout.js";

/** Where objects stand and the gripper is; metres and radians in the world. */
export interface Arrangement {
  /** Centre of each object by its body's name. */
  readonly things: ReadonlyMap<string, { readonly position: Vec3; readonly yawRad: number }>;
  readonly gripper: Vec3;
  readonly openingM: number;
}

const HALF = { x: 0.38, y: 0.25 } as const;
const GAP_M = 0.006;
/** Above this nothing on the table is touched by what is held. */
const CLEAR_M = 0.24;

interface Thing {
  readonly body: string;
  readonly halfHeightM: number;
  readonly footprintM: number;
  readonly graspM: number;
  readonly hasFlatTop: boolean;
}

type Spot = { readonly x: number; readonly y: number; readonly radius: number };

/**
 * A random arrangement of a layout's objects without physics: on the table, now and then on the
 * tray, on top of each other or between the fingers.
 */
export function arrange(layout: SceneLayout, random: Random): Arrangement {
  for (;;) {
    const arrangement = tryToArrange(layout, random);
    if (arrangement !== undefined) return arrangement;
  }
}

function tryToArrange(layout: SceneLayout, random: Random): Arrangement | undefined {
  const spots: Spot[] = [];
  const place = (radius: number): Spot | undefined => {
    const spot = freeSpot(random, spots, radius);
    if (spot) spots.push(spot);
    return spot;
  };
  const things = new Map<string, { position: Vec3; yawRad: number }>();
  const put = (body: string, x: number, y: number, z: number, yawRad = random.uniform(-3.1, 3.1)) =>
    things.set(body, { position: [x, y, TABLE_TOP_M + z], yawRad });

  const tray = place(Math.hypot(TRAY_HALF_M.x, TRAY_HALF_M.y));
  if (!tray) return undefined;
  put("blue_tray", tray.x, tray.y, TRAY_HALF_M.z);
  const loose = random.shuffle(thingsOf(layout));
  const held = random.next() < 0.35 ? loose.pop() : undefined;
  const onTray = random.next() < 0.35 ? loose.pop() : undefined;
  if (onTray) put(onTray.body, tray.x, tray.y, TRAY_BASE_M + onTray.halfHeightM);
  const standing: { thing: Thing; spot: Spot }[] = [];
  for (const thing of loose) {
    const base = standing.find(
      (other) => other.thing.hasFlatTop && other.thing.footprintM > 0.9 * thing.footprintM,
    );
    if (base && random.next() < 0.2) {
      put(thing.body, base.spot.x, base.spot.y, 2 * base.thing.halfHeightM + thing.halfHeightM);
      standing.splice(standing.indexOf(base), 1);
      continue;
    }
    const spot = place(thing.footprintM);
    if (!spot) return undefined;
    standing.push({ thing, spot });
    put(thing.body, spot.x, spot.y, thing.halfHeightM);
  }
  if (!held) return { things, gripper: freeGripper(random, spots), openingM: opening(random) };

  const height = random.uniform(0.06, 0.3);
  const at = height > CLEAR_M ? anySpot(random, 0.1) : freeSpot(random, spots, 0.1);
  if (!at) return undefined;
  put(held.body, at.x, at.y, height, 0);
  const gripper: Vec3 = [
    at.x,
    at.y,
    TABLE_TOP_M + height + Math.max(0, held.halfHeightM - 0.9 * FINGER_HALF_M.z),
  ];
  return { things, gripper, openingM: Math.min(MAX_OPENING_M, held.graspM) };
}

function thingsOf(layout: SceneLayout): Thing[] {
  return [
    {
      body: "red_mug",
      halfHeightM: MUG_HALF_HEIGHT_M,
      // With the handle.
      footprintM: MUG_RADIUS_M + 0.026,
      graspM: 2 * MUG_RADIUS_M,
      hasFlatTop: false,
    },
    ...layout.distractors.map(({ name, shape }) => ({
      body: tfFrameOf(name),
      halfHeightM: shape.halfHeightM,
      footprintM: shape.footprintM,
      graspM: shape.graspWidthM,
      hasFlatTop: shape.type === "box" || (shape.type === "cylinder" && !shape.isLying),
    })),
  ];
}

/** Above the table, out of the way of what stands there. */
function freeGripper(random: Random, spots: readonly Spot[]): Vec3 {
  const [minX, minY, minZ] = REACH_M.min;
  const [maxX, maxY, maxZ] = REACH_M.max;
  const x = random.uniform(minX, maxX);
  const y = random.uniform(minY, maxY);
  const isFree = spots.every((spot) => Math.hypot(x - spot.x, y - spot.y) > spot.radius + 0.1);
  return [x, y, random.uniform(isFree ? minZ : TABLE_TOP_M + CLEAR_M, maxZ)];
}

function opening(random: Random): number {
  return random.uniform(0.01, MAX_OPENING_M);
}

function anySpot(random: Random, radius: number): Spot {
  const x = random.uniform(-HALF.x, HALF.x);
  return { x, y: random.uniform(-HALF.y, HALF.y), radius };
}

function freeSpot(random: Random, taken: readonly Spot[], radius: number): Spot | undefined {
  for (let attempt = 0; attempt < 60; attempt++) {
    const spot = anySpot(random, radius);
    if (taken.every((o) => Math.hypot(spot.x - o.x, spot.y - o.y) > radius + o.radius + GAP_M))
      return spot;
  }
  return undefined;
}

/** Slides of the gantry and the fingers' travel: MuJoCo's joints by name. */
export function gripperJoints({ gripper, openingM }: Arrangement): ReadonlyMap<string, number> {
  const [x, y, z] = gripper;
  return new Map([
    ["gantry_x", x],
    ["gantry_y", y],
    ["gantry_z", z - GANTRY_ZERO_Z_M],
    ["finger_left", openingM / 2],
    ["finger_right", openingM / 2],
  ]);
}

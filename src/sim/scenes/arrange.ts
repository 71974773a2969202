import type { Random, Vec3 } from "../../base/index.js";
import {
  FINGER_HALF_M,
  GANTRY_ZERO_Z_M,
  MUG_HALF_HEIGHT_M,
  MUG_RADIUS_M,
  REACH_M,
  TABLE_TOP_M,
  TRAY_BASE_M,
  TRAY_HALF_M,
  tfFrameOf,
} from "../scene/constants.js";
import {
  anyOpening,
  drawGrasp,
  drawMeeting,
  FINGER_ROOM_M,
  type Grasp,
  openAround,
  TRAY_ROOM_M,
  widestIn,
} from "./drawGrasp.js";
import type { SceneLayout } from "./sampleSceneLayout.js";

/** Where a body is, and how it is turned: about its own z axis, then tilted about the world's x. */
export interface Placement {
  readonly position: Vec3;
  readonly yawRad: number;
  readonly tiltRad: number;
}

/** Where objects stand and the gripper is; metres and radians in the world. */
export interface Arrangement {
  /** By the names of bodies; positions of centres. */
  readonly things: ReadonlyMap<string, Placement>;
  readonly gripper: Vec3;
  readonly openingM: number;
}

const HALF = { x: 0.38, y: 0.25 } as const;
const GAP_M = 0.006;
/** Air below what is carried, at the least. */
const AIR_M = 0.004;
/** Heights above the table. */
const HIGHEST_CARRIED_M = 0.32;
const HIGHEST_GRIPPER_M = REACH_M.max[2] - TABLE_TOP_M;
/** What is nearer to the gripper than this may be below its hand. */
const HAND_M = 0.1;

/** What can stand on the table and be held; metres. */
export interface Thing {
  readonly body: string;
  readonly halfHeightM: number;
  readonly footprintM: number;
  /** Width between the fingers, which close along the world's x. */
  readonly graspM: number;
  /** Half of what the fingers can hold it by, along y. */
  readonly halfLengthM: number;
  /** Turned so, the fingers fit. */
  readonly graspYawRad: (random: Random) => number;
  readonly hasFlatTop: boolean;
}

/** A place on the table and how high what is there reaches. */
interface Spot {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  topM: number;
}

/**
 * A random arrangement of a layout's objects without physics: on the table, now and then on the
 * tray, on top of each other, between the fingers in the air, or where the gripper is about to grasp
 * it, has just grasped it, or has let go of it.
 */
export function arrange(layout: SceneLayout, random: Random): Arrangement {
  for (;;) {
    const arrangement = tryToArrange(layout, random);
    if (arrangement !== undefined) return arrangement;
  }
}

function tryToArrange(layout: SceneLayout, random: Random): Arrangement | undefined {
  const table = new Tabletop(random);
  const tray = table.freeSpot(Math.hypot(TRAY_HALF_M.x, TRAY_HALF_M.y), 2 * TRAY_HALF_M.z);
  if (!tray) return undefined;
  table.put("blue_tray", tray, TRAY_HALF_M.z);
  const loose = random.shuffle(thingsOf(layout));
  const meeting = drawMeeting(random);
  const met = meeting === "none" ? undefined : takeMet(loose, random);
  const standsMet = met !== undefined && meeting !== "carried";
  const fitsTray = met !== undefined && met.graspM <= widestIn(TRAY_ROOM_M);
  const isMetOnTray = standsMet && fitsTray && random.next() < 0.3;
  const onTray = isMetOnTray ? met : random.next() < 0.35 ? loose.pop() : undefined;
  const metYawRad = met?.graspYawRad(random);
  let metAt: (Place & { readonly heightM: number }) | undefined;
  if (onTray) {
    const heightM = TRAY_BASE_M + onTray.halfHeightM;
    table.put(onTray.body, tray, heightM, isMetOnTray ? metYawRad : undefined);
    tray.topM = Math.max(tray.topM, heightM + onTray.halfHeightM);
    if (isMetOnTray) metAt = { ...tray, heightM };
  }
  if (standsMet && !isMetOnTray) {
    const spot = table.freeSpot(Math.max(met.footprintM, FINGER_ROOM_M), 2 * met.halfHeightM);
    if (!spot) return undefined;
    metAt = { ...spot, heightM: met.halfHeightM };
    table.put(met.body, spot, met.halfHeightM, metYawRad);
  }
  if (!standLoose(loose, table, random)) return undefined;

  const { things, spots } = table;
  if (meeting === "carried" && met) return carried(met, metYawRad, tray, table, random);
  if (meeting === "grasped" && met && metAt) {
    const roomM = isMetOnTray ? TRAY_ROOM_M : FINGER_ROOM_M;
    const isClosed = random.next() < 0.5;
    const grasp = isClosed ? drawGrasp(met, random, false) : openAround(met, random, roomM);
    return { things, gripper: above(metAt, metAt.heightM, grasp), openingM: grasp.openingM };
  }
  if (meeting === "above" && metAt) {
    const at = near(metAt, Math.abs(0.015 * random.normal()), random);
    return { things, gripper: hover(at, spots, random, 0.12), openingM: anyOpening(random) };
  }
  const at = { x: random.uniform(...REACH_X), y: random.uniform(...REACH_Y) };
  return { things, gripper: hover(at, spots, random), openingM: anyOpening(random) };
}

/** What has been put on the table, and the places that it takes. */
class Tabletop {
  readonly things = new Map<string, Placement>();
  readonly spots: Spot[] = [];
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Takes a place that nothing else has; undefined where none was found. */
  freeSpot(radius: number, topM: number): Spot | undefined {
    for (let attempt = 0; attempt < 60; attempt++) {
      const { x, y } = anySpot(this.#random);
      const isFree = this.spots.every(
        (o) => Math.hypot(x - o.x, y - o.y) > radius + o.radius + GAP_M,
      );
      if (!isFree) continue;
      const spot = { x, y, radius, topM };
      this.spots.push(spot);
      return spot;
    }
    return undefined;
  }

  /** @param heightM of its centre above the table */
  put(
    body: string,
    { x, y }: Place,
    heightM: number,
    yawRad = this.#random.uniform(-3.1, 3.1),
    tiltRad = 0,
  ): void {
    this.things.set(body, { position: [x, y, TABLE_TOP_M + heightM], yawRad, tiltRad });
  }
}

/** Stands things on the table, now and then on each other; whether there was room for all. */
function standLoose(loose: readonly Thing[], table: Tabletop, random: Random): boolean {
  const standing: { thing: Thing; spot: Spot }[] = [];
  for (const thing of loose) {
    const base = standing.find(
      (other) => other.thing.hasFlatTop && other.thing.footprintM > 0.9 * thing.footprintM,
    );
    if (base && random.next() < 0.2) {
      table.put(thing.body, base.spot, base.spot.topM + thing.halfHeightM);
      base.spot.topM += 2 * thing.halfHeightM;
      standing.splice(standing.indexOf(base), 1);
      continue;
    }
    const spot = table.freeSpot(thing.footprintM, 2 * thing.halfHeightM);
    if (!spot) return false;
    standing.push({ thing, spot });
    table.put(thing.body, spot, thing.halfHeightM);
  }
  return true;
}

/** With a thing in the air between the fingers; undefined where it would have to be too high. */
function carried(
  met: Thing,
  yawRad: number | undefined,
  tray: Spot,
  table: Tabletop,
  random: Random,
): Arrangement | undefined {
  const grasp = drawGrasp(met, random, true);
  // Over the tray as often as elsewhere, since it is brought there.
  const isOverTray = random.next() < 0.4;
  const at = isOverTray ? near(tray, random.uniform(0, 0.12), random) : anySpot(random);
  const lowest = Math.min(-grasp.reachM, grasp.riseM - FINGER_HALF_M.z);
  const least = highestNear(table.spots, at, met.footprintM + HAND_M) + AIR_M - lowest;
  const most = Math.min(HIGHEST_CARRIED_M, HIGHEST_GRIPPER_M - grasp.riseM);
  if (least > most) return undefined;
  // Lifts of a few centimetres are as frequent as high ones.
  const heightM = least + (most - least) * random.next() ** 1.5;
  table.put(met.body, at, heightM, yawRad, grasp.tiltRad);
  return {
    things: table.things,
    gripper: above(at, heightM, grasp),
    openingM: grasp.openingM,
  };
}

type Place = { readonly x: number; readonly y: number };

const REACH_X = [REACH_M.min[0], REACH_M.max[0]] as const;
const REACH_Y = [REACH_M.min[1], REACH_M.max[1]] as const;

/** The mug more often than another: it is what most is asked about. */
function takeMet(loose: Thing[], random: Random): Thing | undefined {
  const mug = loose.findIndex(({ body }) => body === "red_mug");
  return random.next() < 0.35 ? loose.splice(mug, 1)[0] : loose.pop();
}

function thingsOf(layout: SceneLayout): Thing[] {
  return [
    {
      body: "red_mug",
      halfHeightM: MUG_HALF_HEIGHT_M,
      // With the handle.
      footprintM: MUG_RADIUS_M + 0.026,
      graspM: 2 * MUG_RADIUS_M,
      halfLengthM: 0,
      // The handle is out of the fingers' way, as in the episodes.
      graspYawRad: (random) => random.pick([-1, 1]) * (Math.PI / 2) + random.uniform(-0.75, 0.75),
      hasFlatTop: false,
    },
    ...layout.distractors.map(({ name, shape }) => {
      const isLong = shape.type === "box" || shape.isLying;
      return {
        body: tfFrameOf(name),
        halfHeightM: shape.halfHeightM,
        footprintM: shape.footprintM,
        graspM: shape.graspWidthM,
        halfLengthM: isLong ? (shape.size[1] ?? 0) : 0,
        graspYawRad: (random: Random) => random.pick([0, Math.PI]),
        hasFlatTop: shape.type === "box" || (shape.type === "cylinder" && !shape.isLying),
      };
    }),
  ];
}

/** The gripper at something whose centre is `heightM` above the table. */
function above({ x, y }: Place, heightM: number, { riseM, asideM }: Grasp): Vec3 {
  return [x + asideM[0], y + asideM[1], TABLE_TOP_M + heightM + riseM];
}

/** The gripper in the air, clear of what is below it, at most so far above that. */
function hover(at: Place, spots: readonly Spot[], random: Random, atMostM = 1): Vec3 {
  const least = highestNear(spots, at, HAND_M) + FINGER_HALF_M.z + AIR_M;
  const z = random.uniform(least, Math.min(HIGHEST_GRIPPER_M, least + atMostM));
  return [at.x, at.y, TABLE_TOP_M + z];
}

/** Height above the table up to which something may be within a distance of a place. */
function highestNear(spots: readonly Spot[], { x, y }: Place, withinM: number): number {
  const tops = spots
    .filter((spot) => Math.hypot(x - spot.x, y - spot.y) < spot.radius + withinM)
    .map(({ topM }) => topM);
  return Math.max(0, ...tops);
}

function near({ x, y }: Place, distanceM: number, random: Random): Place {
  const angle = random.uniform(-Math.PI, Math.PI);
  return { x: x + distanceM * Math.cos(angle), y: y + distanceM * Math.sin(angle) };
}

function anySpot(random: Random): Place {
  const x = random.uniform(-HALF.x, HALF.x);
  return { x, y: random.uniform(-HALF.y, HALF.y) };
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

/** Sound recordings of set-ups that differ from the simulator's own: cameras that move, sensors, masks. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { addScaled, Random, type Vec3 } from "../../src/base/index.js";
import {
  type CameraFrame,
  composePoses,
  depthImageOf,
  type FramePose,
  type Pose,
  type RawImage,
} from "../../src/camera/index.js";
import { frameOf, labelNamesOf } from "../../src/sim/frames.js";
import { OUTCOMES, type Outcome } from "../../src/sim/index.js";
import { pinhole } from "../../src/sim/render/SceneRenderer.js";
import { opticalPose } from "../../src/sim/scene/cameraPose.js";
import { LABEL, TABLE_TOP_M } from "../../src/sim/scene/constants.js";
import type { TabletopLayout } from "../../src/sim/scene/TabletopLayout.js";
import { simulateEpisode } from "../../src/sim/TabletopEpisode.js";
import { direction, grownMasks, turn } from "./damages.js";
import { MovingCamera } from "./MovingCamera.js";

/** Where a camera is at a time, in the world, and by how much the hand has turned, rad. */
type CameraPath = (timeS: number, gripper: Vec3, durationS: number) => Placed;
interface Placed {
  readonly pose: Pose;
  /** What TF says, where that is not the pose. */
  readonly told?: Pose;
  readonly turnRad?: number;
}
type CameraKind = (layout: TabletopLayout, random: Random) => CameraPath;

const DEGREE = Math.PI / 180;
const TARGET: Vec3 = [0, 0.01, TABLE_TOP_M + 0.07];
const smooth = (share: number) => {
  const x = Math.min(1, Math.max(0, share));
  return x * x * (3 - 2 * x);
};

/** Stays at some values, and goes from one to the next within a second or two. */
function nowAndThen(random: Random, times: number, range: readonly number[]) {
  const stops = Array.from({ length: times + 1 }, (_, i) => ({
    share: i === 0 ? 0 : (i - 0.5 + 0.4 * random.next()) / times,
    values: range.map((it) => it * random.uniform(-1, 1)),
  }));
  const takesS = random.uniform(0.6, 2);
  return (timeS: number, durationS: number): readonly number[] =>
    range.map((_, k) =>
      stops.reduce((value, stop, i) => {
        const before = stops[i - 1];
        if (!before) return stop.values[k] ?? 0;
        const way = (stop.values[k] ?? 0) - (before.values[k] ?? 0);
        return value + way * smooth((timeS - stop.share * durationS) / takesS);
      }, 0),
    );
}

function wrist(turns: boolean, distances: readonly [number, number]): CameraKind {
  return (_, random) => {
    const azimuthRad = random.pick([0, Math.PI]) + random.uniform(-0.3, 0.3);
    const distanceM = random.uniform(...distances);
    const pitchRad = random.uniform(45, 75) * DEGREE;
    const rollRad = random.uniform(-0.05, 0.05);
    const ahead = random.uniform(0.0, 0.06);
    const swing = nowAndThen(random, 3, [turns ? 100 * DEGREE : 0]);
    return (timeS, gripper, durationS) => {
      const [turnRad = 0] = swing(timeS, durationS);
      const azimuth = azimuthRad + turnRad;
      const target: Vec3 = [
        gripper[0] - ahead * Math.sin(azimuth),
        gripper[1] + ahead * Math.cos(azimuth),
        gripper[2] - 0.05,
      ];
      return {
        pose: opticalPose({ target, distanceM, azimuthRad: azimuth, pitchRad, rollRad }),
        turnRad,
      };
    };
  };
}

/** Turns and moves now and then, as a head or a base does. */
function mobile(
  times: number,
  [panDeg, tiltDeg]: readonly [number, number],
  offM: number,
): CameraKind {
  return (_, random) => {
    const base = {
      distanceM: random.uniform(0.85, 1.2),
      azimuthRad: random.uniform(-0.6, 0.6),
      pitchRad: random.uniform(0.55, 0.8),
    };
    const go = nowAndThen(random, times, [panDeg * DEGREE, tiltDeg * DEGREE, offM, offM, offM / 2]);
    return (timeS, _gripper, durationS) => {
      const [pan = 0, tilt = 0, x = 0, y = 0, z = 0] = go(timeS, durationS);
      const still = opticalPose({ ...base, target: TARGET, rollRad: 0 });
      const pose = opticalPose({
        target: TARGET,
        distanceM: base.distanceM,
        azimuthRad: base.azimuthRad + pan,
        pitchRad: base.pitchRad + tilt,
        rollRad: 0,
      });
      // A head turns about itself.
      const position: Vec3 = [still.position[0] + x, still.position[1] + y, still.position[2] + z];
      return { pose: { position, rotation: pose.rotation } };
    };
  };
}

/** Moves all the time, slowly. */
const drifting: CameraKind = (_, random) => {
  const phase = random.uniform(0, 6);
  return (timeS) => {
    const swing = (periodS: number) => Math.sin((2 * Math.PI * timeS) / periodS + phase);
    return {
      pose: opticalPose({
        target: addScaled(TARGET, [1, 0.5, 0.2], 0.03 * swing(5)),
        distanceM: 1 + 0.1 * swing(7),
        azimuthRad: 0.3 * swing(9),
        pitchRad: 0.68 + 0.08 * swing(6),
        rollRad: 0.03 * swing(4),
      }),
    };
  };
};

/** Is pushed a little, which its static transform does not tell. */
function bumped(degrees: number, offM: number): CameraKind {
  return (layout, random) => {
    const told = layout.cameras[0]?.pose ?? { position: [0, 0, 0], rotation: [0, 0, 0, 1] };
    const push: Pose = {
      ...turn(direction(random), degrees),
      position: [offM * random.uniform(-1, 1), offM * random.uniform(-1, 1), 0],
    };
    const share = random.uniform(0.2, 0.8);
    return (timeS, _gripper, durationS) => ({
      told,
      pose: timeS > share * durationS ? composePoses(told, push) : told,
    });
  };
}

const fixed =
  (at: 0 | 1): CameraKind =>
  (layout) => {
    const pose = layout.cameras[at]?.pose;
    if (!pose) throw new Error("the layout has two cameras");
    return () => ({ pose });
  };

/** A camera that looks past the gripper for most of the time. */
const lookingAside: CameraKind = (layout, random) => {
  const { mug } = layout;
  const view = {
    target: [mug.x, mug.y, TABLE_TOP_M + 0.03] as const,
    distanceM: random.uniform(0.45, 0.6),
    azimuthRad: random.uniform(-0.5, 0.5),
    pitchRad: random.uniform(0.6, 1),
    rollRad: 0,
  };
  const pose = opticalPose(view);
  return () => ({ pose });
};

export interface SetUp {
  readonly camera: CameraKind;
  readonly width?: number;
  readonly rateHz?: number;
  readonly outcome?: Outcome | "still";
  readonly look?: Partial<Look>;
  /** A second gripper that rests, with a frame of its own. */
  readonly hasSecondGripper?: boolean;
}

export const SET_UPS: ReadonlyMap<string, SetUp> = new Map<string, SetUp>([
  ["wrist", { camera: wrist(false, [0.2, 0.3]) }],
  ["wrist that turns", { camera: wrist(true, [0.2, 0.3]) }],
  ["wrist, far", { camera: wrist(true, [0.32, 0.45]) }],
  ["head", { camera: mobile(3, [12, 8], 0.01) }],
  ["head, often", { camera: mobile(8, [15, 8], 0.02) }],
  ["base", { camera: mobile(3, [6, 3], 0.15) }],
  ["in the hand of somebody", { camera: drifting }],
  ["pushed by 1° and 1 cm", { camera: bumped(1, 0.01) }],
  ["gripper mostly out of view", { camera: lookingAside }],
  ["gripper that does not move", { camera: fixed(0), outcome: "still" }],
  ["two grippers", { camera: fixed(0), hasSecondGripper: true }],
  ["main", { camera: fixed(0) }],
  ["side", { camera: fixed(1) }],
]);
/** One id on gripper and arm: the middle of the mask is not the gripper's. */
export const WITH_ARM: Partial<Look> = { masks: "gripper with arm" };

/** How a sensor and a segmentation give what is there; drawn anew for each recording. */
export interface Look {
  readonly noiseMm: number;
  readonly stepMm: number;
  readonly nearM: number;
  readonly farM: number;
  readonly shadowPx: number;
  readonly flying: number;
  readonly brightness: number;
  readonly masks: "all" | "task" | "gripper with arm" | "no table";
  readonly grownPx: number;
  /** Of the gripper's frame over the fingers' middle, as a flange's, m. */
  readonly flangeM: number;
  readonly poseDegrees: number;
  readonly poseM: number;
}

export function sampleLook(random: Random, known: Partial<Look> = {}): Look {
  return {
    noiseMm: random.uniform(0.5, 4),
    stepMm: random.pick([0, 1, 2, 5]),
    nearM: random.pick([0.1, 0.17, 0.28]),
    farM: random.pick([1.2, 2, 4]),
    shadowPx: random.pick([0, 1, 3]),
    flying: random.pick([0, 0.3]),
    brightness: random.uniform(0.6, 1.25),
    masks: random.pick(["all", "task", "no table"] as const),
    grownPx: random.pick([-1, 0, 0, 1, 2]),
    flangeM: random.pick([0, 0, 0.06, 0.12]),
    poseDegrees: random.uniform(0, 1),
    poseM: random.uniform(0, 0.01),
    ...known,
  };
}

const known = new Map<string, ReturnType<typeof simulateEpisode>>();

/** What a gripper does takes longer to simulate than to draw: several cameras see the same. */
function simulated(seed: number, outcome: Outcome, rateHz: number) {
  const key = `${seed} ${outcome} ${rateHz}`;
  const episode = known.get(key) ?? simulateEpisode(seed, outcome, rateHz);
  known.set(key, episode);
  return episode;
}

/** As the simulator draws it, exact; kept in the folder for temporary files. */
export async function drawn(
  name: string,
  seed: number,
  { camera, width = 160, rateHz = 10, outcome }: SetUp,
): Promise<readonly CameraFrame[]> {
  const file = `set-up-${name.replaceAll(/\W+/g, "-")}-${seed}-${width}-${rateHz}.v8`;
  const path = join(tmpdir(), file);
  if (existsSync(path)) return deserialize(readFileSync(path)) as CameraFrame[];
  const scripted = OUTCOMES[seed % OUTCOMES.length] ?? "success";
  const asked = outcome === undefined || outcome === "still" ? scripted : outcome;
  const { layout, moments } = await simulated(seed, asked, rateHz);
  const placeAt = camera(layout, new Random(seed, `camera ${name}`));
  using view = await MovingCamera.create(layout);
  const height = (width * 3) / 4;
  const [focalWidths] = layout.cameras.map((it) => it.focalWidths);
  const lens = pinhole(width, height, focalWidths ?? 0.9);
  const [first, last] = [moments[0], moments.at(-1)];
  const secondsAt = (stampNs: bigint) => Number(stampNs - (first?.truth.stampNs ?? 0n)) / 1e9;
  const durationS = secondsAt(last?.truth.stampNs ?? 0n);
  const frames: CameraFrame[] = [];
  const images = moments.filter((moment) => moment.configuration);
  for (const [image, moment] of images.entries()) {
    const { configuration, truth } = outcome === "still" && first ? first : moment;
    if (!configuration) continue;
    const { stampNs } = moment.truth;
    const gripper = truth.poses.get("gripper")?.position ?? [0, 0, 0];
    const { pose, told = pose, turnRad = 0 } = placeAt(secondsAt(stampNs), gripper, durationS);
    const isDrawn = image % DRAWN_EVERY === 0;
    const rendered = isDrawn ? view.render(configuration, pose, lens) : NOTHING;
    const placement = { name: "camera", pose: told, focalWidths: focalWidths ?? 0.9 };
    const scene = { episode: `${name}_${seed}`, labelNames: labelNamesOf(layout) };
    const frame = frameOf(rendered, { width, height }, placement, { ...truth, stampNs }, scene);
    const turned = turn([0, 0, 1], turnRad / DEGREE);
    const whole = withPose(frame, "gripper", (own) => composePoses(own, turned));
    frames.push(isDrawn ? whole : withoutImage(whole));
  }
  writeFileSync(path, serialize(frames));
  return frames;
}

/** Transforms come more often than images, which take the time. */
const DRAWN_EVERY = 2;
const NOTHING = { rgb: new Uint8Array(), depthM: new Float32Array(), labels: new Uint8Array() };

function withoutImage({ depth: _, labels: __, ...frame }: CameraFrame): CameraFrame {
  return frame;
}

function withPose(frame: CameraFrame, name: string, change: (pose: Pose) => Pose): CameraFrame {
  const own = frame.poses?.get(name);
  if (!own?.ok) return frame;
  const changed: FramePose = { ok: true, pose: change(own.pose) };
  return { ...frame, poses: new Map([...(frame.poses ?? []), [name, changed]]) };
}

/** As a sensor, a segmentation and a calibration give it. */
export function seenAs(
  frames: readonly CameraFrame[],
  look: Look,
  random: Random,
): readonly CameraFrame[] {
  const off: Pose = {
    ...turn(direction(random), look.poseDegrees),
    position: [look.poseM * random.uniform(-1, 1), look.poseM * random.uniform(-1, 1), 0],
  };
  const flange: Pose = { position: [0, 0, look.flangeM], rotation: [0, 0, 0, 1] };
  return frames.map((frame) => {
    const { depth, labels, image } = frame;
    const poses = new Map(
      [...(frame.poses ?? [])].map(([name, own]): [string, FramePose] => {
        if (!own.ok) return [name, own];
        const pose = name === "gripper" ? composePoses(own.pose, flange) : own.pose;
        return [name, { ok: true, pose: composePoses(off, pose) }];
      }),
    );
    const isWhole = depth?.kind === "raw" && labels?.kind === "raw" && image.kind === "raw";
    if (!isWhole) return { ...frame, poses };
    return {
      ...frame,
      poses,
      depth: sensed(depth, look, random),
      labels: masked(labels, look),
      image: { ...image, data: image.data.map((v) => Math.min(255, v * look.brightness)) },
    };
  });
}

function sensed(depth: RawImage, look: Look, random: Random): RawImage {
  const { width, height, data } = depth;
  const exact = new Float32Array(
    data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength),
  );
  const depthM = exact.map((z, i) => {
    if (!(z > 0)) return 0;
    const column = i % width;
    let seen = z;
    // No depth beside what is nearer, on one side.
    for (let by = 1; by <= look.shadowPx && column + by < width; by++) {
      if ((exact[i + by] ?? 0) < z - 0.03) return 0;
    }
    // A pixel on an edge is somewhere between both.
    const beside = exact[column + 1 < width ? i + 1 : i] ?? z;
    if (Math.abs(beside - z) > 0.03 && random.next() < look.flying) {
      seen = z + (beside - z) * random.next();
    }
    seen += 0.001 * look.noiseMm * z * z * random.normal();
    if (look.stepMm > 0) seen = (Math.round((1000 * seen) / look.stepMm) * look.stepMm) / 1000;
    return seen > look.nearM && seen < look.farM ? seen : 0;
  });
  return depthImageOf({ width, height, depthM });
}

function masked(labels: RawImage, { masks, grownPx }: Look): RawImage {
  const named = labels.data.map((id) => {
    if (masks === "gripper with arm") return id === LABEL.arm ? LABEL.gripper : id;
    if (masks === "no table") return id === LABEL.table ? 0 : id;
    if (masks === "task") return id <= LABEL.tray ? id : 0;
    return id;
  });
  return grownMasks({ ...labels, data: named }, grownPx, (id) => id > 0 && id !== LABEL.table);
}

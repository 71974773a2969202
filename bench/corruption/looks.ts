/** How sensors, segmentations and calibrations give what is there. */
import type { Random } from "../../src/base/index.js";
import {
  type CameraFrame,
  composePoses,
  depthImageOf,
  type FramePose,
  invertPose,
  type Pose,
  pixelRay,
  type RawImage,
  transformPoint,
} from "../../src/camera/index.js";
import { LABEL } from "../../src/sim/scene/constants.js";
import { direction, turn } from "../wrongCamera.js";
import { grownMasks } from "./damages.js";

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
  readonly masks: "all" | "task" | "gripper with arm" | "no table" | "fingertips";
  /** The id whose mask is missing for a third of the time. */
  readonly missing?: number;
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
  const startsAt = random.uniform(0.1, 0.6);
  return frames.map((frame, at) => {
    const { depth, labels, image } = frame;
    const share = at / frames.length - startsAt;
    const missing = share > 0 && share < 1 / 3 ? look.missing : undefined;
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
      labels: masked(frame, depth, labels, look, missing),
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

function masked(
  { info, poses }: CameraFrame,
  depth: RawImage,
  labels: RawImage,
  { masks, grownPx }: Look,
  missing: number | undefined,
): RawImage {
  const gripper = poses?.get("gripper");
  const toGripper = gripper?.ok ? invertPose(gripper.pose) : undefined;
  const depthM = new DataView(depth.data.buffer, depth.data.byteOffset, depth.data.byteLength);
  const isAbove = (pixel: number) => {
    const ray = info && pixelRay(info, pixel % labels.width, Math.floor(pixel / labels.width));
    if (!ray || !toGripper) return false;
    const z = depthM.getFloat32(4 * pixel, true);
    return transformPoint(toGripper, [ray[0] * z, ray[1] * z, z])[2] > 0;
  };
  const named = labels.data.map((id, pixel) => {
    if (id === missing) return 0;
    if (masks === "gripper with arm") return id === LABEL.arm ? LABEL.gripper : id;
    if (masks === "no table") return id === LABEL.table ? 0 : id;
    if (masks === "fingertips") return id === LABEL.gripper && isAbove(pixel) ? LABEL.arm : id;
    if (masks === "task") return id <= LABEL.tray ? id : 0;
    return id;
  });
  return grownMasks({ ...labels, data: named }, grownPx, (id) => id > 0 && id !== LABEL.table);
}

/** Of `factor` times the size, of equal pixels; depth in whole mm, where it is of words. */
export function enlarged(frame: CameraFrame, factor: number, hasWords: boolean): CameraFrame {
  const { image, depth, labels, info } = frame;
  if (image.kind !== "raw" || depth?.kind !== "raw" || labels?.kind !== "raw" || !info) {
    return frame;
  }
  const middle = (factor - 1) / 2;
  return {
    ...frame,
    image: times(image, factor),
    depth: times(hasWords ? inWords(depth) : depth, factor),
    labels: times(labels, factor),
    info: {
      ...info,
      ...{ width: factor * info.width, height: factor * info.height },
      ...{ fx: factor * info.fx, fy: factor * info.fy },
      ...{ cx: factor * info.cx + middle, cy: factor * info.cy + middle },
    },
  };
}

function times(image: RawImage, factor: number): RawImage {
  if (factor === 1) return image;
  const bytes = image.step / image.width;
  const [width, height, step] = [factor * image.width, factor * image.height, factor * image.step];
  const data = new Uint8Array(step * height);
  for (let y = 0; y < image.height; y++) {
    const row = factor * y * step;
    for (let x = 0; x < image.width; x++) {
      const from = y * image.step + x * bytes;
      const pixel = image.data.subarray(from, from + bytes);
      for (let k = 0; k < factor; k++) data.set(pixel, row + (x * factor + k) * bytes);
    }
    for (let k = 1; k < factor; k++) data.copyWithin(row + k * step, row, row + step);
  }
  return { ...image, width, height, step, data };
}

/** In whole mm, as a camera that declares nothing. */
function inWords({ depthOrigin: _, ...depth }: RawImage): RawImage {
  const { data, width, height } = depth;
  const depthM = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const words = new Uint8Array(2 * width * height);
  const mm = new DataView(words.buffer);
  for (let i = 0; i < width * height; i++) {
    mm.setUint16(2 * i, Math.min(65_535, Math.round(1000 * depthM.getFloat32(4 * i, true))), true);
  }
  return { ...depth, encoding: "16UC1", step: 2 * width, data: words };
}

/** Sound recordings of set-ups that differ from the simulator's own: cameras that move, sizes, rates, lenses. */
import { Random, type Vec3 } from "../../src/base/index.js";
import {
  type CameraFrame,
  composePoses,
  type FramePose,
  type Pose,
} from "../../src/camera/index.js";
import { frameOf, labelNamesOf } from "../../src/sim/frames.js";
import { OUTCOMES, type Outcome } from "../../src/sim/index.js";
import { pinhole } from "../../src/sim/render/SceneRenderer.js";
import { simulateEpisode } from "../../src/sim/TabletopEpisode.js";
import { keptOnDisk } from "../keptOnDisk.js";
import { turn } from "../wrongCamera.js";
import {
  behindAnother,
  bumped,
  type CameraKind,
  DEGREE,
  drifting,
  fixed,
  further,
  lookingAside,
  mobile,
  smooth,
  wrist,
} from "./cameraPaths.js";
import type { Look } from "./looks.js";
import { MovingCamera } from "./MovingCamera.js";

export interface SetUp {
  readonly camera: CameraKind;
  readonly width?: number;
  readonly height?: number;
  readonly rateHz?: number;
  /** Transforms come so many times as often as images, which take the time. */
  readonly drawnEvery?: number;
  readonly focalWidths?: number;
  /** So long nothing moves at first, s. */
  readonly idleS?: number;
  /** Then, somebody brings the mug from so far aside, m. */
  readonly broughtM?: number;
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

/** Beside these: what a lens, a task or a person does. */
export const MORE_SET_UPS: ReadonlyMap<string, SetUp> = new Map<string, SetUp>([
  ["main, wide lens", { camera: further(fixed(0), -0.35), focalWidths: 0.5 }],
  ["main, wide lens, as far", { camera: fixed(0), focalWidths: 0.5 }],
  ["side, narrow lens", { camera: further(fixed(1), 0.8), focalWidths: 1.6 }],
  ["main, narrow lens, as near", { camera: fixed(0), focalWidths: 1.4 }],
  ["wrist, wide lens", { camera: wrist(true, [0.2, 0.3]), focalWidths: 0.55 }],
  ["fingertips alone have masks", { camera: fixed(0), look: { masks: "fingertips" } }],
  ["no mask of the gripper for a while", { camera: fixed(1), look: { missing: 1 } }],
  ["no mask of the mug for a while", { camera: fixed(0), look: { missing: 2 } }],
  ["no mask of the tray for a while", { camera: fixed(0), look: { missing: 3 } }],
  ["long idle at first", { camera: fixed(0), idleS: 20 }],
  ["long idle at first, side", { camera: fixed(1), idleS: 20 }],
  ["mug is brought by hand", { camera: fixed(0), idleS: 5, broughtM: 0.25 }],
  ["mug behind another thing", { camera: behindAnother }],
  ["noisy sensor", { camera: fixed(0), look: { noiseMm: 8, flying: 0.5, shadowPx: 3 } }],
  ["noisy sensor, side", { camera: fixed(1), look: { noiseMm: 8, flying: 0.5, shadowPx: 3 } }],
]);

/** How large images are, and how often transforms come. */
export interface Setting {
  readonly width: number;
  readonly height: number;
  readonly rateHz: number;
  readonly drawnEvery: number;
  /** They are drawn that much smaller. */
  readonly factor: number;
  /** Depth in whole mm, 16UC1. */
  readonly hasWords: boolean;
}
export const SETTINGS: ReadonlyMap<string, Setting> = new Map([
  ["160x120, 30 Hz", settingOf(160, 120, 30, 10, 1, false)],
  ["320x240, 5 Hz", settingOf(320, 240, 5, 2, 1, false)],
  ["1280x720, 5 Hz, 16UC1", settingOf(320, 180, 5, 2, 4, true)],
  ["320x240, 30 Hz, 16UC1", settingOf(160, 120, 30, 10, 2, true)],
  ["200x150, 5 Hz", settingOf(200, 150, 5, 2, 1, false)],
  ["848x480, 15 Hz, 16UC1", settingOf(212, 120, 15, 5, 4, true)],
]);

function settingOf(
  width: number,
  height: number,
  rateHz: number,
  drawnEvery: number,
  factor: number,
  hasWords: boolean,
): Setting {
  return { width, height, rateHz, drawnEvery, factor, hasWords };
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
export function drawn(name: string, seed: number, setUp: SetUp): Promise<readonly CameraFrame[]> {
  const { width = 160, height = (width * 3) / 4, rateHz = 10, drawnEvery = 2 } = setUp;
  const size = `${width}x${height}-${rateHz}-${drawnEvery}`;
  return keptOnDisk(`set-up-${name.replaceAll(/\W+/g, "-")}-${seed}-${size}`, () =>
    framesOf(name, seed, { ...setUp, width, height, rateHz, drawnEvery }),
  );
}

type Sized = SetUp & Required<Pick<SetUp, "width" | "height" | "rateHz" | "drawnEvery">>;

async function framesOf(
  name: string,
  seed: number,
  { camera, width, height, rateHz, drawnEvery, outcome, ...setUp }: Sized,
): Promise<readonly CameraFrame[]> {
  const { idleS = 0, broughtM = 0 } = setUp;
  const scripted = OUTCOMES[seed % OUTCOMES.length] ?? "success";
  const asked = outcome === undefined || outcome === "still" ? scripted : outcome;
  const { layout, moments } = await simulated(seed, asked, rateHz);
  const random = new Random(seed, `camera ${name}`);
  const placeAt = camera(layout, random);
  using view = await MovingCamera.create(layout);
  const focalWidths = setUp.focalWidths ?? layout.cameras[0]?.focalWidths ?? 0.9;
  const lens = pinhole(width, height, focalWidths);
  const frames: CameraFrame[] = [];
  const images = moments.filter((moment) => moment.configuration);
  const idle = Math.round(idleS * rateHz);
  const count = idle + images.length;
  const startNs = images[0]?.truth.stampNs ?? 0n;
  const angle = random.uniform(0, 2 * Math.PI);
  for (let image = 0; image < count; image++) {
    const moment = images[outcome === "still" ? 0 : Math.max(0, image - idle)];
    if (!moment?.configuration) continue;
    const { configuration, truth } = moment;
    const timeS = image / rateHz;
    const stampNs = startNs + BigInt(Math.round(1e9 * timeS));
    const mug = truth.poses.get("red_mug")?.position ?? [0, 0, 0];
    const asideM = broughtM * (1 - smooth(timeS / Math.max(1, idleS - 1)));
    const brought: Vec3 = [
      mug[0] + asideM * Math.cos(angle),
      mug[1] + asideM * Math.sin(angle),
      mug[2] + Math.min(0.1, asideM * (broughtM - asideM) * 8),
    ];
    const gripper = truth.poses.get("gripper")?.position ?? [0, 0, 0];
    const { pose, told = pose, turnRad = 0 } = placeAt(timeS, gripper, count / rateHz);
    const isDrawn = image % drawnEvery === 0;
    const moved = withValues(configuration, mug, brought);
    const rendered = isDrawn ? view.render(moved, pose, lens) : NOTHING;
    const placement = { name: "camera", pose: told, focalWidths };
    const scene = { episode: `${name}_${seed}`, labelNames: labelNamesOf(layout) };
    const poses = new Map(truth.poses);
    const own = poses.get("red_mug");
    if (own) poses.set("red_mug", { ...own, position: brought });
    const frame = frameOf(rendered, { width, height }, placement, { poses, stampNs }, scene);
    const turned = turn([0, 0, 1], turnRad / DEGREE);
    const whole = withPose(frame, "gripper", (it) => composePoses(it, turned));
    frames.push(isDrawn ? whole : withoutImage(whole));
  }
  return frames;
}

/** With other values where these three are. */
function withValues(configuration: Float64Array, from: Vec3, to: Vec3): Float64Array {
  const at = configuration.findIndex((_, i) =>
    from.every((value, k) => configuration[i + k] === value),
  );
  const moved = configuration.slice();
  if (at >= 0) moved.set(to, at);
  return moved;
}

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

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Vec3 } from "../../src/base/index.js";
import type { CameraFrame, KinematicSample, Pose } from "../../src/camera/index.js";
import { opticalFrameOf } from "../../src/sim/frames.js";
import { OUTCOMES, type Outcome } from "../../src/sim/index.js";
import { pinhole } from "../../src/sim/render/SceneRenderer.js";
import { simulateEpisode } from "../../src/sim/TabletopEpisode.js";

const MUG_HALF_HEIGHT_M = 0.045;
const TABLE_TOP_M = 0.72;

/** What the task's measurements truly are at an image. */
export type Truths = Readonly<Record<"reach" | "lift" | "place", number>>;

/** An episode as frames without pixels, with the truth beside them. */
export interface BenchEpisode {
  readonly name: string;
  readonly outcome: Outcome;
  readonly seed: number;
  readonly frames: readonly CameraFrame[];
  readonly truths: readonly Truths[];
  /** Index of the first image on which the mug is held; the count of images where it never is. */
  readonly graspAt: number;
  readonly isSuccess: boolean;
  /** Where the mug is at each image, m. */
  readonly mugs: readonly Vec3[];
}

interface Moment {
  readonly stampNs: string;
  readonly poses: readonly [string, Pose][];
  readonly joints: readonly [string, number][];
  readonly isHeld: boolean;
  readonly isImage: boolean;
  readonly isSuccess: boolean;
}

/**
 * Simulated once on a machine: the physics of an episode take seconds. After a change of the
 * simulator the folder is to be deleted.
 */
export async function loadEpisode(seed: number, outcome: Outcome): Promise<BenchEpisode> {
  const moments = await momentsOf(seed, outcome);
  const frames: CameraFrame[] = [];
  const truths: Truths[] = [];
  const mugs: Vec3[] = [];
  let [graspAt, since] = [-1, [] as KinematicSample[]];
  for (const moment of moments) {
    const poses = new Map(moment.poses);
    const sample = kinematicsOf(moment, poses);
    since.push(sample);
    if (!moment.isImage) continue;
    if (moment.isHeld && graspAt < 0) graspAt = frames.length;
    frames.push(frameOf(sample, since, `${outcome}_${seed}`));
    truths.push(truthsOf(poses));
    mugs.push(poses.get("red_mug")?.position ?? [0, 0, 0]);
    since = [];
  }
  return {
    name: `${outcome}_${seed}`,
    outcome,
    seed,
    frames,
    truths,
    graspAt: graspAt < 0 ? frames.length : graspAt,
    isSuccess: moments.at(-1)?.isSuccess === true,
    mugs,
  };
}

/** The same, but the tray stands so far beside the place where the mug is put (on something else). */
export function besideTray(episode: BenchEpisode, asideM: number): BenchEpisode {
  const [x, y] = episode.mugs.at(-1) ?? [0, 0, 0];
  const truths = episode.truths.map((truth, i) => {
    const [mugX, mugY] = episode.mugs[i] ?? [0, 0, 0];
    return { ...truth, place: Math.hypot(mugX - x, mugY - y - asideM) };
  });
  return { ...episode, name: `${episode.name}_beside`, truths, isSuccess: false };
}

/** The same, but the gripper goes for another thing: the mug stands so far beside that. */
export function besideMug(episode: BenchEpisode, asideM: number): BenchEpisode {
  const truths = episode.truths.map((truth, i) => {
    const gripper = episode.frames[i]?.kinematics?.at(-1)?.poses.get("gripper")?.position;
    const [x, y, z] = gripper ?? [0, 0, 0];
    const [mugX, mugY, mugZ] = episode.mugs[i] ?? [0, 0, 0];
    return { ...truth, reach: Math.hypot(x - mugX, y - mugY - asideM, z - mugZ) };
  });
  return { ...episode, name: `${episode.name}_another`, truths };
}

/** The robot's own frames and joints: the poses of things stay out. */
function kinematicsOf(moment: Moment, poses: ReadonlyMap<string, Pose>): KinematicSample {
  const own = ["gripper", "table", opticalFrameOf("camera")].flatMap((name) => {
    const pose = poses.get(name);
    return pose ? [[name, pose] as const] : [];
  });
  return {
    stampNs: BigInt(moment.stampNs),
    poses: new Map(own),
    joints: new Map(moment.joints),
  };
}

function frameOf(
  { stampNs }: KinematicSample,
  kinematics: readonly KinematicSample[],
  episode: string,
): CameraFrame {
  return {
    camera: "camera",
    stampNs,
    frameId: opticalFrameOf("camera"),
    episode,
    image: {
      kind: "raw",
      width: 1,
      height: 1,
      encoding: "rgb8",
      step: 3,
      isBigEndian: false,
      data: new Uint8Array(3),
    },
    info: pinhole(640, 480, 0.9),
    kinematics,
  };
}

function truthsOf(poses: ReadonlyMap<string, Pose>): Truths {
  const at = (name: string) => poses.get(name)?.position ?? [0, 0, 0];
  const [gripper, mug, tray] = [at("gripper"), at("red_mug"), at("blue_tray")];
  return {
    reach: Math.hypot(...gripper.map((value, i) => value - (mug[i] ?? 0))),
    lift: Math.max(mug[2] - MUG_HALF_HEIGHT_M - TABLE_TOP_M, 0),
    place: Math.hypot(mug[0] - tray[0], mug[1] - tray[1]),
  };
}

async function momentsOf(seed: number, outcome: Outcome): Promise<Moment[]> {
  const folder = join(tmpdir(), "spatial-reward-episodes");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${outcome}_${seed}.json`);
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Moment[];
  } catch {
    const moments = await simulate(seed, outcome);
    writeFileSync(path, JSON.stringify(moments));
    return moments;
  }
}

async function simulate(seed: number, outcome: Outcome): Promise<Moment[]> {
  const { moments, layout } = await simulateEpisode(seed, outcome, 10);
  const [camera] = layout.cameras;
  return moments.map(({ truth, joints, configuration }) => ({
    stampNs: truth.stampNs.toString(),
    poses: [
      ...truth.poses,
      ...(camera ? [[opticalFrameOf(camera.name), camera.pose] as [string, Pose]] : []),
    ],
    joints: joints.names.map((name, i) => [name, joints.positions[i] ?? 0]),
    isHeld: truth.isHeld,
    isImage: configuration !== undefined,
    isSuccess: truth.isSuccess,
  }));
}

/** Seeds in turn through the five outcomes. */
export async function loadEpisodes(firstSeed: number, count: number): Promise<BenchEpisode[]> {
  const episodes: BenchEpisode[] = [];
  for (let i = 0; i < count; i++) {
    const outcome = OUTCOMES[i % OUTCOMES.length] ?? "success";
    episodes.push(await loadEpisode(firstSeed + i, outcome));
  }
  return episodes;
}

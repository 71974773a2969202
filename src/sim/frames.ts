import { Random } from "../base/index.js";
import {
  type CameraFrame,
  type CameraInfo,
  composePoses,
  type FramePose,
  invertPose,
  type KinematicSample,
  type Pose,
  type RawImage,
} from "../camera/index.js";
import type { RenderedView } from "./render/CameraView.js";
import { pinhole } from "./render/SceneRenderer.js";
import { FIXED_LABEL_NAMES } from "./scene/constants.js";
import type { CameraPlacement, TabletopLayout } from "./scene/TabletopLayout.js";
import type { SimJoints, SimTruth } from "./TabletopWorld.js";

/** `camera_color_optical_frame` */
export function opticalFrameOf(camera: string): string {
  return `${camera}_color_optical_frame`;
}

/** Names of all instance ids of a scene: "robot gripper", "red mug", "green box", … */
export function labelNamesOf(layout: TabletopLayout): Map<number, string> {
  const names = new Map(FIXED_LABEL_NAMES);
  for (const { labelId, name } of layout.distractors) names.set(labelId, name);
  return names;
}

/** A frame that has all that a camera can give, raw. */
export interface SimulatedFrame extends CameraFrame {
  readonly image: RawImage;
  readonly depth: RawImage;
  readonly labels: RawImage;
  readonly info: CameraInfo;
}

/** A rendered view as the camera frame that a robot's topics would give. */
export function frameOf(
  view: RenderedView,
  size: { readonly width: number; readonly height: number },
  camera: CameraPlacement,
  truth: Pick<SimTruth, "stampNs" | "poses">,
  scene: { readonly episode: string; readonly labelNames: ReadonlyMap<number, string> },
): SimulatedFrame {
  const { width, height } = size;
  const raw = (encoding: string, bytesPerPixel: number, data: Uint8Array): RawImage => {
    const step = width * bytesPerPixel;
    return { kind: "raw", width, height, encoding, step, isBigEndian: false, data };
  };
  const { depthM } = view;
  const depthBytes = new Uint8Array(depthM.buffer, depthM.byteOffset, depthM.byteLength);
  return {
    camera: camera.name,
    stampNs: truth.stampNs,
    frameId: opticalFrameOf(camera.name),
    episode: scene.episode,
    image: raw("rgb8", 3, view.rgb),
    depth: raw("32FC1", 4, depthBytes),
    labels: raw("mono8", 1, view.labels),
    labelNames: scene.labelNames,
    info: pinhole(width, height, camera.focalWidths),
    poses: posesSeenFrom(camera, truth),
  };
}

/** Every TF frame's pose in the camera's optical frame. */
function posesSeenFrom(
  camera: CameraPlacement,
  truth: Pick<SimTruth, "poses">,
): Map<string, FramePose> {
  const worldInCamera = invertPose(camera.pose);
  const poses = new Map<string, FramePose>([["world", { ok: true, pose: worldInCamera }]]);
  for (const [name, pose] of truth.poses) {
    poses.set(name, { ok: true, pose: composePoses(worldInCamera, pose) });
  }
  return poses;
}

/** What the robot itself knows at a moment: its gripper, its cameras, its joints; a copy. */
export function kinematicsOf(
  truth: Pick<SimTruth, "stampNs" | "poses">,
  { names, positions }: SimJoints,
  cameras: readonly CameraPlacement[],
): KinematicSample {
  const gripper = truth.poses.get("gripper");
  const poses = new Map<string, Pose>([
    ...(gripper ? [["gripper", gripper] as const] : []),
    ...cameras.map(({ name, pose }) => [opticalFrameOf(name), pose] as const),
  ]);
  const joints = new Map(names.map((name, i) => [name, positions[i] ?? Number.NaN]));
  // What a reader does to it changes neither the scene nor an episode that is kept.
  return { stampNs: truth.stampNs, poses: structuredClone(poses), joints };
}

/** Adds normal noise of `sigmaMm` · z² (z in metres) to a depth image, in place; repeatable. */
export function addDepthNoise(
  depthM: Float32Array,
  sigmaMm: number,
  seed: number,
  stream: string,
): void {
  if (sigmaMm === 0) return;
  const random = new Random(seed, stream);
  depthM.forEach((z, i) => {
    depthM[i] = z + random.normal() * sigmaMm * 1e-3 * z * z;
  });
}

import { itemAt, Random } from "../base/index.js";
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
import type { SimSettings } from "./SimOptions.js";
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

/** What the frames of an episode have in common. */
interface Scene {
  readonly episode: string;
  readonly labelNames: ReadonlyMap<number, string>;
}

/** A rendered view as the camera frame that a robot's topics would give. */
export function frameOf(
  view: RenderedView,
  size: { readonly width: number; readonly height: number },
  camera: CameraPlacement,
  truth: Pick<SimTruth, "stampNs" | "poses">,
  scene: Scene,
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

/**
 * What a layout's cameras see at a moment, with the noise of their depth, which is added in place:
 * by seed, camera and image, whoever draws them.
 *
 * @param image how many images each camera took before
 */
export function framesOf(
  views: readonly RenderedView[],
  settings: Pick<SimSettings, "width" | "height" | "depthNoiseMm">,
  { cameras, seed }: Pick<TabletopLayout, "cameras" | "seed">,
  truth: Pick<SimTruth, "stampNs" | "poses">,
  { image, ...scene }: Scene & { readonly image: number },
): SimulatedFrame[] {
  return views.map((view, i) => {
    const camera = itemAt(cameras, i);
    addDepthNoise(view.depthM, settings.depthNoiseMm, seed, `depth ${camera.name} ${image}`);
    return frameOf(view, settings, camera, truth, scene);
  });
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

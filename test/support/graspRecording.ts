import { distanceBetween, rosTimeOf, type Vec3 } from "../../src/base/index.js";
import type { KinematicSample } from "../../src/camera/index.js";
import { BagWriter } from "../../src/sources/index.js";
import { type Move, recorded } from "../kinematics/robot.js";

/** Metres that the full range of a colour channel stands for. */
const FULL_M = 0.6;

export interface GraspRecordingOptions {
  /** Where the gripper starts; it grasps at the origin, lifts, and puts down at (0, 0.2, 0). */
  readonly start?: Vec3;
  readonly moves?: readonly Move[];
  /** Also records the frame of the thing: truth by TF. */
  readonly withThing?: boolean;
  /** Also records the intrinsics of a camera that sees a metre of the table. */
  readonly withInfo?: boolean;
  /** Of the joints; `{}`: none are told. */
  readonly jointsOf?: (opening: number) => Readonly<Record<string, number>>;
}

export const GRASP_MOVES: readonly Move[] = [
  { untilS: 2, to: [0, 0, 0.2] },
  { untilS: 3, to: [0, 0, 0] },
  { untilS: 3.4, opening: 0.06 },
  { untilS: 3.8 },
  { untilS: 4.8, to: [0, 0, 0.15] },
  { untilS: 5.8, to: [0, 0.2, 0.15] },
  { untilS: 6.8, to: [0, 0.2, 0] },
  { untilS: 7 },
  { untilS: 7.4, opening: 0.1 },
  { untilS: 8.4, to: [0, 0.2, 0.25] },
  { untilS: 9.4, to: [0.3, 0.2, 0.35] },
];

export const GRASP_TASK = `name: pick
objects:
  gripper: { phrase: the gripper, frame: hand, grasp: {} }
  mug: { phrase: the red mug, frame: mug, held_at: [5 cm, 7 cm] }
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
reward: { terms: { near: -reach } }
`;

/**
 * A robot's recording of a grasp at 10 images a second. Each image is of one colour, whose green
 * tells how far gripper and thing are truly apart: `trueDistanceOf` reads it, which lets a server
 * that knows nothing but the image say something sick about it.
 */
export async function writeGraspRecording(
  path: string,
  {
    start = [0.3, 0, 0.3],
    moves = GRASP_MOVES,
    withThing = false,
    withInfo = false,
    jointsOf,
  }: GraspRecordingOptions = {},
): Promise<void> {
  const writer = await BagWriter.create(path);
  const topics = [
    ["/tf", "tf2_msgs/msg/TFMessage"],
    ["/joint_states", "sensor_msgs/msg/JointState"],
    ["/camera/color/image_raw", "sensor_msgs/msg/Image"],
    ...(withInfo ? [["/camera/color/camera_info", "sensor_msgs/msg/CameraInfo"] as const] : []),
  ] as const;
  for (const [name, type] of topics) await writer.addTopic({ name, type });
  const samples = recorded(moves, jointsOf, { at: start, opening: 0.1 });
  let thing: Vec3 = [0, 0, 0];
  let isHeld = false;
  for (const [i, sample] of samples.entries()) {
    const { stampNs, joints, poses } = sample;
    const hand = poses.get("hand")?.position ?? start;
    const opening = openingAt(sample);
    if (opening < 0.0605 && distanceBetween(hand, thing) < 0.01) isHeld = true;
    if (opening > 0.0605) isHeld = false;
    if (isHeld) thing = hand;
    const stamp = rosTimeOf(stampNs);
    const frames: [string, Vec3, readonly number[]][] = [...poses].map(([name, pose]) => [
      name,
      pose.position,
      pose.rotation,
    ]);
    if (withThing) frames.push(["mug", thing, [0, 0, 0, 1]]);
    const transforms = frames.map(([child, [x, y, z], [qx = 0, qy = 0, qz = 0, qw = 1]]) => ({
      header: { stamp, frame_id: "base" },
      child_frame_id: child,
      transform: { translation: { x, y, z }, rotation: { x: qx, y: qy, z: qz, w: qw } },
    }));
    await writer.write("/tf", stampNs, { transforms });
    await writer.write("/joint_states", stampNs, {
      header: { stamp, frame_id: "" },
      name: [...joints.keys()],
      position: [...joints.values()],
    });
    if (i % 3 !== 0) continue;
    if (withInfo) {
      await writer.write("/camera/color/camera_info", stampNs, {
        header: { stamp, frame_id: "optical" },
        ...{ width: 8, height: 8, distortion_model: "plumb_bob", d: [0, 0, 0, 0, 0] },
        k: [7, 0, 3.5, 0, 7, 3.5, 0, 0, 1],
        r: [1, 0, 0, 0, 1, 0, 0, 0, 1],
        p: [7, 0, 3.5, 0, 0, 7, 3.5, 0, 0, 0, 1, 0],
        ...{ binning_x: 0, binning_y: 0 },
        roi: { x_offset: 0, y_offset: 0, height: 0, width: 0, do_rectify: false },
      });
    }
    const distance = distanceBetween(hand, thing);
    const green = Math.round((255 * Math.min(distance, FULL_M)) / FULL_M);
    const data = new Uint8Array(3 * 64);
    for (let pixel = 0; pixel < 64; pixel++) data.set([i % 256, green, 40], 3 * pixel);
    await writer.write("/camera/color/image_raw", stampNs, {
      header: { stamp, frame_id: "optical" },
      ...{ width: 8, height: 8, encoding: "rgb8", is_bigendian: 0, step: 24, data },
    });
  }
  await writer.close();
}

function openingAt({ joints }: KinematicSample): number {
  return [...joints.values()].reduce((sum, position) => sum + position, 0);
}

/** The true distance that an image's green tells, m. */
export function trueDistanceOf(green: number): number {
  return (FULL_M * green) / 255;
}

import type { CameraInfo, Pose, RawImage } from "../../camera/index.js";
import type { SimJoints } from "../SimTruth.js";

// Plain objects with the fields of ROS 2 messages; fields left out have their defaults.

export function timeOf(stampNs: bigint): { sec: number; nanosec: number } {
  return { sec: Number(stampNs / 1_000_000_000n), nanosec: Number(stampNs % 1_000_000_000n) };
}

export function headerOf(stampNs: bigint, frameId: string) {
  return { stamp: timeOf(stampNs), frame_id: frameId };
}

/** geometry_msgs/msg/TransformStamped of a frame in `world`. */
export function transformOf(stampNs: bigint, childFrame: string, pose: Pose) {
  const [x, y, z] = pose.position;
  const [qx, qy, qz, qw] = pose.rotation;
  return {
    header: headerOf(stampNs, "world"),
    child_frame_id: childFrame,
    transform: { translation: { x, y, z }, rotation: { x: qx, y: qy, z: qz, w: qw } },
  };
}

/** sensor_msgs/msg/Image */
export function imageOf(stampNs: bigint, frameId: string, image: RawImage) {
  const { width, height, encoding, step, data } = image;
  const header = headerOf(stampNs, frameId);
  return { header, width, height, encoding, step, is_bigendian: image.isBigEndian ? 1 : 0, data };
}

/** sensor_msgs/msg/CameraInfo */
export function cameraInfoOf(stampNs: bigint, frameId: string, info: CameraInfo) {
  const { fx, fy, cx, cy } = info;
  return {
    header: headerOf(stampNs, frameId),
    width: info.width,
    height: info.height,
    distortion_model: info.distortion.model,
    d: [...info.distortion.coefficients],
    k: [fx, 0, cx, 0, fy, cy, 0, 0, 1],
    r: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    p: [fx, 0, cx, 0, 0, fy, cy, 0, 0, 0, 1, 0],
  };
}

/** sensor_msgs/msg/JointState */
export function jointStateOf(stampNs: bigint, joints: SimJoints) {
  return {
    header: headerOf(stampNs, ""),
    name: [...joints.names],
    position: [...joints.positions],
    velocity: [...joints.velocities],
  };
}

/** vision_msgs/msg/LabelInfo */
export function labelInfoOf(stampNs: bigint, frameId: string, names: ReadonlyMap<number, string>) {
  const classMap = [...names].map(([id, name]) => ({ class_id: id, class_name: name }));
  return { header: headerOf(stampNs, frameId), class_map: classMap, threshold: 0 };
}

/** Depth in metres (32FC1, little-endian) as 16UC1 millimetres; 0 where there is none. */
export function depthInMm(depth: RawImage): RawImage {
  const { width, height, data } = depth;
  const metres = new Float32Array(data.buffer, data.byteOffset, width * height);
  const millimetres = new Uint16Array(width * height);
  for (let i = 0; i < metres.length; i++) {
    const mm = Math.round(metres[i]! * 1000);
    if (mm > 0 && mm <= 65535) millimetres[i] = mm;
  }
  return {
    ...depth,
    encoding: "16UC1",
    step: 2 * width,
    data: new Uint8Array(millimetres.buffer),
  };
}

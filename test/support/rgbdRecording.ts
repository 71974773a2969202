import { rosTimeOf } from "../../src/base/index.js";
import { BagWriter } from "../../src/sources/index.js";

/** One topic of a recording: its message for each image. */
export interface RecordedPart {
  readonly topic: string;
  readonly type: string;
  readonly content: object;
  readonly definition?: string;
  readonly frameId?: string;
  /** By which its stamps are later than the images', s. */
  readonly laterS?: number;
  /** The topic is there, and has no message. */
  readonly isSilent?: boolean;
}

export const SIZE = { width: 64, height: 48 } as const;
const FOCAL = 60;
/** Columns and rows of the two squares. */
export const SQUARES = [
  { id: 1, left: 8, top: 12 },
  { id: 2, left: 40, top: 20 },
] as const;
export const SIDE = 14;
const NEAR_MM = 800;
const FAR_MM = 2000;
const T0 = 1_700_000_000_000_000_000n;

/** The task that measures the distance of the two squares, `reach`. */
export const SQUARES_TASK = `name: squares
objects:
  left: { phrase: the left square, labels: [1], class_ids: [left] }
  right: { phrase: the right square, labels: [2], class_ids: [right] }
measurements:
  reach: { kind: distance, subject: left, object: right, smoothing: none }
reward:
  terms: { near: -reach }
`;

/** Between the squares' centres, m. */
export const REACH_M = (NEAR_MM / 1000 / FOCAL) * Math.hypot(32, 8);

/** The id at each pixel: 0, 1 or 2. */
export function squareIds(): Uint8Array {
  const ids = new Uint8Array(SIZE.width * SIZE.height);
  for (const { id, left, top } of SQUARES) {
    for (let y = top; y < top + SIDE; y++) {
      ids.fill(id, y * SIZE.width + left, y * SIZE.width + left + SIDE);
    }
  }
  return ids;
}

/** sensor_msgs/Image without its header. */
export function rawImage(encoding: string, data: Uint8Array) {
  return { ...SIZE, encoding, step: data.length / SIZE.height, data };
}

export function colorPart(topic = "/cam/color/image_raw"): RecordedPart {
  const data = new Uint8Array(3 * SIZE.width * SIZE.height).fill(90);
  return { topic, type: "sensor_msgs/msg/Image", content: rawImage("rgb8", data) };
}

export function depthPart(topic = "/cam/depth/image_raw"): RecordedPart {
  const words = Uint16Array.from(squareIds(), (id) => (id > 0 ? NEAR_MM : FAR_MM));
  const data = new Uint8Array(words.buffer);
  return { topic, type: "sensor_msgs/msg/Image", content: rawImage("16UC1", data) };
}

export function infoPart(topic = "/cam/color/camera_info"): RecordedPart {
  const [cx, cy] = [SIZE.width / 2 - 0.5, SIZE.height / 2 - 0.5];
  const k = [FOCAL, 0, cx, 0, FOCAL, cy, 0, 0, 1];
  const p = [FOCAL, 0, cx, 0, 0, FOCAL, cy, 0, 0, 0, 1, 0];
  const content = { ...SIZE, distortion_model: "plumb_bob", d: [0, 0, 0, 0, 0], k, p };
  return { topic, type: "sensor_msgs/msg/CameraInfo", content };
}

export function labelsPart(topic = "/cam/labels"): RecordedPart {
  return { topic, type: "sensor_msgs/msg/Image", content: rawImage("mono8", squareIds()) };
}

/** Writes a recording of three images at 10 Hz with the same stamp on all parts of each. */
export async function writeRgbd(path: string, parts: readonly RecordedPart[]): Promise<string> {
  const writer = await BagWriter.create(path);
  for (const { topic, type, definition } of parts) {
    await writer.addTopic({ name: topic, type, ...(definition && { definition }) });
  }
  for (let i = 0n; i < 3n; i++) {
    const ns = T0 + i * 100_000_000n;
    for (const { topic, content, frameId = "cam_optical", laterS = 0, isSilent } of parts) {
      if (isSilent) continue;
      const stamp = rosTimeOf(ns + BigInt(Math.round(laterS * 1e9)));
      await writer.write(topic, ns, { header: { stamp, frame_id: frameId }, ...content });
    }
  }
  await writer.close();
  return path;
}

import { rosTimeOf, stampOf } from "../../src/base/index.js";
import { BagWriter, openBag } from "../../src/sources/rosbag/index.js";

export interface RosImage {
  readonly width: number;
  readonly height: number;
  readonly step: number;
  readonly encoding: string;
  readonly data: Uint8Array;
}

export interface RosTransform {
  readonly child_frame_id: string;
  readonly transform: {
    readonly translation: { readonly x: number; readonly y: number; readonly z: number };
    readonly rotation: object;
  };
}

/** What is done to the messages of a simulated camera. */
export interface Damage {
  readonly info?: (info: { readonly k: readonly number[] }) => object;
  readonly labels?: (image: RosImage) => RosImage;
  readonly labelInfo?: (
    classes: readonly { readonly class_id: number; readonly class_name: string }[],
  ) => object[];
  readonly depth?: (image: RosImage) => RosImage;
  readonly transform?: (transform: RosTransform) => object;
  /** By which the depth images are of an earlier time than their stamps say, images. */
  readonly depthLate?: number;
  /** By how much later the stamps of a topic are than they should be, s. */
  readonly stampedLater?: (topic: string) => number;
  /** Topics that are left out. */
  readonly without?: (topic: string) => boolean;
}

/** Copies a recording of the simulator with other messages. */
export async function damagedRecording(from: string, to: string, damage: Damage): Promise<void> {
  await using bag = await openBag(from);
  const writer = await BagWriter.create(to);
  for (const { name, type, qos } of bag.info.topics) {
    if (!damage.without?.(name)) await writer.addTopic({ name, type, ...(qos && { qos }) });
  }
  const late: object[] = [];
  for await (const recorded of bag.messages()) {
    const { topic, logNs } = recorded;
    if (damage.without?.(topic)) continue;
    // biome-ignore lint/suspicious/noExplicitAny: any message
    const message = structuredClone(recorded.decode()) as any;
    const laterS = damage.stampedLater?.(topic) ?? 0;
    if (laterS !== 0) {
      const stampNs = stampOf(message.header.stamp) + BigInt(Math.round(laterS * 1e9));
      message.header.stamp = rosTimeOf(stampNs);
    }
    await writer.write(topic, logNs, changed(topic, message));
  }
  await writer.close();

  // biome-ignore lint/suspicious/noExplicitAny: any message
  function changed(topic: string, message: any): object {
    const { info, labels, labelInfo, depth, transform, depthLate = 0 } = damage;
    if (topic.endsWith("camera_info") && info) return { ...message, ...info(message) };
    if (topic.endsWith("label_info") && labelInfo) {
      return { ...message, class_map: labelInfo(message.class_map) };
    }
    if (topic.endsWith("/labels") && labels) return { ...message, ...labels(message) };
    if (topic.includes("/depth/") && depth) return { ...message, ...depth(message) };
    if (topic.includes("/depth/") && depthLate > 0) {
      late.push(message);
      const { header } = message;
      return { ...late[Math.max(0, late.length - 1 - depthLate)], header };
    }
    if (topic.startsWith("/tf") && transform) {
      return { ...message, transforms: message.transforms.map(transform) };
    }
    return message;
  }
}

/** Each pixel from another place; what lies outside is 0. */
export function moved(
  image: RosImage,
  from: (x: number, y: number) => readonly [number, number],
): RosImage {
  const { width, height, step, data } = image;
  const bytes = step / width;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = from(x, y);
      if (u < 0 || u >= width || v < 0 || v >= height) continue;
      for (let byte = 0; byte < bytes; byte++) {
        out[y * step + x * bytes + byte] = data[v * step + u * bytes + byte] ?? 0;
      }
    }
  }
  return { ...image, data: out };
}

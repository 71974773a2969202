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
  /** Topics that are left out, or messages of them at some time from the beginning, s. */
  readonly without?: (topic: string, atS?: number) => boolean;
  /** What is kept of the beginning, s; all of it where absent. */
  readonly lengthS?: number;
}

/** Copies a recording of the simulator with other messages. */
export async function damagedRecording(from: string, to: string, damage: Damage): Promise<void> {
  await using bag = await openBag(from);
  const writer = await BagWriter.create(to);
  const changeOf = changesOf(damage);
  for (const { name, type, qos } of bag.info.topics) {
    if (!damage.without?.(name)) await writer.addTopic({ name, type, ...(qos && { qos }) });
  }
  const { lengthS } = damage;
  const messages = bag.messages({
    ...(lengthS !== undefined && { endNs: bag.info.startNs + BigInt(Math.round(lengthS * 1e9)) }),
  });
  for await (const recorded of messages) {
    const { topic, logNs } = recorded;
    if (damage.without?.(topic, Number(logNs - bag.info.startNs) / 1e9)) continue;
    const change = changeOf(topic);
    const laterS = damage.stampedLater?.(topic) ?? 0;
    if (change === undefined && laterS === 0) {
      await writer.writeRaw(topic, logNs, recorded.data);
      continue;
    }
    // biome-ignore lint/suspicious/noExplicitAny: any message
    const message = structuredClone(recorded.decode()) as any;
    if (laterS !== 0) {
      const stampNs = stampOf(message.header.stamp) + BigInt(Math.round(laterS * 1e9));
      message.header.stamp = rosTimeOf(stampNs);
    }
    await writer.write(topic, logNs, change?.(message) ?? message);
  }
  await writer.close();
}

/** What is done to the messages of a topic, if anything is. */
// biome-ignore lint/suspicious/noExplicitAny: any message
type Change = (message: any) => object;

function changesOf(damage: Damage): (topic: string) => Change | undefined {
  const { info, labels, labelInfo, depth, transform, depthLate = 0 } = damage;
  const late: object[] = [];
  return (topic) => {
    if (topic.endsWith("camera_info")) return info && ((it) => ({ ...it, ...info(it) }));
    if (topic.endsWith("label_info")) {
      return labelInfo && ((it) => ({ ...it, class_map: labelInfo(it.class_map) }));
    }
    if (topic.endsWith("/labels")) return labels && ((it) => ({ ...it, ...labels(it) }));
    if (topic.includes("/depth/")) {
      if (depth) return (it) => ({ ...it, ...depth(it) });
      if (depthLate === 0) return undefined;
      return (it) => {
        late.push(it);
        return { ...late[Math.max(0, late.length - 1 - depthLate)], header: it.header };
      };
    }
    if (!topic.startsWith("/tf")) return undefined;
    return transform && ((it) => ({ ...it, transforms: it.transforms.map(transform) }));
  };
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

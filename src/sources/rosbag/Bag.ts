import type { TopicContent } from "../../camera/index.js";
import type { BagStorage } from "./BagFile.js";
import type { TopicQos } from "./qosProfiles.js";
import type { RecordedAs } from "./rosType.js";

/** A topic of a recording. */
export interface BagTopic {
  readonly name: string;
  /** `sensor_msgs/msg/Image`: what messages are read as. */
  readonly type: string;
  /** What the recording calls it, where that is not ROS 2's CDR: ROS 1, Foxglove's schemas. */
  readonly recordedAs?: RecordedAs;
  readonly messageCount: number;
  /** The QoS that it was offered with, if the recording has it. */
  readonly qos?: TopicQos;
  /** What its first message says, of a topic of images, camera_info or detections. */
  readonly content?: TopicContent;
}

/** What is known of a recording without reading its messages (a damaged one is scanned). */
export interface BagInfo {
  readonly path: string;
  /** Name for outputs and episodes: the file's stem or the folder's name. */
  readonly name: string;
  readonly storage: BagStorage;
  readonly files: readonly string[];
  /** Of all files together. */
  readonly sizeBytes: number;
  /** `zstd`, `lz4`, `none`, … of chunks; `zstd (file)`; `zstd message`: all that occur. */
  readonly compression: readonly string[];
  readonly topics: readonly BagTopic[];
  readonly messageCount: number;
  /** Log time in ns of the first and last message; both 0 when empty. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** One line for each part that could not be read: file, where, how much is lost. */
  readonly damage: readonly string[];
}

/** One message of a recording. `data` may be a view that is valid only until the next message. */
export interface BagMessage {
  readonly topic: string;
  readonly type: string;
  /** Log (receive) time. */
  readonly logNs: bigint;
  readonly publishNs: bigint;
  /**
   * CDR, with its 4-byte encapsulation header. What was recorded otherwise (ROS 1, protobuf, JSON)
   * is encoded as CDR here.
   */
  readonly data: Uint8Array;
  /** Decodes by the recording's own definition. Byte arrays are views into `data`. */
  decode(): unknown;
}

export interface MessageSelection {
  /** All topics where absent. */
  readonly topics?: readonly string[];
  /** Inclusive log-time bounds, ns. */
  readonly startNs?: bigint;
  readonly endNs?: bigint;
}

/** A schema and an encoding as MCAP has them. */
export interface TopicDescription {
  readonly schemaEncoding: string;
  readonly schema: Uint8Array;
  readonly messageEncoding: string;
}

/** A recording opened for reading; see `openBag`. */
export interface Bag {
  readonly info: BagInfo;
  /**
   * Messages in log-time order, one chunk in memory at a time. Damage that only reading finds is
   * appended to `info.damage`; what is readable is read.
   */
  messages(selection?: MessageSelection): AsyncIterableIterator<BagMessage>;
  /** The definition text of a type, as recorded or (ROS 1, Foxglove) as translated to ROS 2. */
  definition(type: string): string | undefined;
  /** How a topic is described, byte for byte; undefined if its file has no description. */
  description(topic: string): TopicDescription | undefined;
  /** A named MCAP metadata record; undefined if there is none (.db3 has none). */
  metadata(name: string): ReadonlyMap<string, string> | undefined;
  close(): Promise<void>;
  /** The same. */
  [Symbol.asyncDispose](): Promise<void>;
}

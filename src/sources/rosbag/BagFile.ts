import type { TopicQos } from "./qosProfiles.js";
import type { RosType } from "./rosType.js";

/** How the messages of a type are laid out, as recorded. */
export interface RecordedSchema {
  /** `pkg/msg/Type`, or `foxglove.RawImage`: the recorded one. */
  readonly type: string;
  /** `ros2msg`, `ros2idl`, `ros1msg`, `protobuf`, `jsonschema`, … */
  readonly encoding: string;
  readonly text: string;
  /** As stored, where the file says: text may leave something out, and protobuf has none. */
  readonly bytes?: Uint8Array;
}

/** `type` is what its messages are read as. */
export interface RecordedTopic extends RosType {
  readonly name: string;
  /** `cdr` for everything that ROS 2 wrote; `ros1`, `protobuf`, `json`. */
  readonly encoding: string;
  /** Absent if the file stores no definitions (.db3 before Jazzy). */
  readonly schema?: RecordedSchema;
  /** The QoS that it was offered with, if the file has it. */
  readonly qos?: TopicQos;
}

/** A stored message. `data` is a view into its chunk or row. */
export interface RawMessage {
  readonly topic: RecordedTopic;
  readonly logNs: bigint;
  readonly publishNs: bigint;
  readonly data: Uint8Array;
}

export type BagStorage = "mcap" | "sqlite3" | "rosbag1";

/** Which messages; `wants` is by topic name, bounds are inclusive. */
export interface RawSelection {
  readonly wants: (topic: string) => boolean;
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/** One storage file of a recording: the common port of MCAP, sqlite3 and ROS 1's bags. */
export interface BagFile {
  readonly storage: BagStorage;
  /** Of a file that is read where it lies. */
  readonly byteLength?: number;
  /** A topic appears once for each way in which it was recorded. */
  readonly topics: readonly { readonly topic: RecordedTopic; readonly messageCount: number }[];
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly compression: readonly string[];
  readonly metadata: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Grows while reading where reading finds more. */
  readonly damage: readonly string[];
  /** Runs of messages in log-time order. Damage ends or thins the runs; it does not throw. */
  batches(selection: RawSelection): AsyncGenerator<readonly RawMessage[]>;
  close(): Promise<void>;
}

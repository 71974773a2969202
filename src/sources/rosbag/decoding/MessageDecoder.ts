import { MessageReader } from "@foxglove/rosmsg2-serialization";
import { BagError } from "../BagError.js";
import type { RecordedSchema, RecordedTopic } from "../BagFile.js";
import { cdrWriter, type WriteCdr } from "../cdrWriter.js";
import { knownDefinition } from "../definitions/knownDefinition.js";
import { parseSchema } from "../definitions/parseSchema.js";
import { foxgloveSchema, spelledType } from "../rosType.js";
import { FROM_FOXGLOVE } from "./foxglove.js";

type Read = (data: Uint8Array) => unknown;
type Ros1 = typeof import("./ros1.js");
type Protobuf = typeof import("./protobuf.js");

/** How a message can be encoded. */
const ENCODINGS = ["cdr", "ros1", "protobuf", "json"] as const;

/**
 * Decodes messages by the definitions that the recording brings, and by the known ones of its ROS
 * distribution where it brings none. Whatever the encoding, what comes out is a message of ROS 2.
 */
export class MessageDecoder {
  readonly #distribution: string;
  readonly #ros1: Ros1 | undefined;
  readonly #protobuf: Protobuf | undefined;
  readonly #readers = new Map<RecordedTopic, Read | BagError>();
  readonly #writers = new Map<string, WriteCdr>();

  private constructor(distribution: string, ros1?: Ros1, protobuf?: Protobuf) {
    this.#distribution = distribution;
    this.#ros1 = ros1;
    this.#protobuf = protobuf;
  }

  /** @param topics Those that will be decoded: what only some encodings need is loaded for them. */
  static async for(
    topics: readonly RecordedTopic[],
    distribution: string,
  ): Promise<MessageDecoder> {
    const has = (encoding: string) => topics.some((topic) => topic.encoding === encoding);
    return new MessageDecoder(
      distribution,
      has("ros1") ? await import("./ros1.js") : undefined,
      has("protobuf") ? await import("./protobuf.js") : undefined,
    );
  }

  /** The ROS 2 definition of the topic's type; undefined if it is neither recorded nor known. */
  schema(topic: RecordedTopic): RecordedSchema | undefined {
    const { type, schema, encoding, recordedAs } = topic;
    if (encoding === "ros1" && schema && this.#ros1) {
      try {
        const text = this.#ros1.ros2Definition(type, schema.text, this.#distribution);
        return { type, encoding: "ros2msg", text };
      } catch {
        return undefined;
      }
    }
    if (schema && isReadable(schema) && !recordedAs) return schema;
    const text = knownDefinition(type, this.#distribution);
    return text === undefined ? undefined : { type, encoding: "ros2msg", text };
  }

  /** Byte arrays of the result are views into `data`. Throws a BagError naming topic and type. */
  decode(topic: RecordedTopic, data: Uint8Array): unknown {
    let read = this.#readers.get(topic);
    if (!read) {
      read = this.#readerOf(topic);
      this.#readers.set(topic, read);
    }
    if (read instanceof BagError) throw read;
    try {
      return read(data);
    } catch (error) {
      throw new BagError(
        `${topic.name}: a message is not a valid ${topic.recordedAs?.type ?? topic.type}: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  /**
   * A message that was not recorded as ROS 2's CDR, as that.
   *
   * @throws BagError if it cannot be decoded, or its type has no ROS 2 definition
   */
  toCdr(topic: RecordedTopic, data: Uint8Array): Uint8Array {
    const message = this.decode(topic, data);
    let write = this.#writers.get(topic.type);
    if (!write) {
      const schema = this.schema(topic);
      if (!schema) {
        throw new BagError(`${topic.name}: ${topic.type} is not a type that ROS 2 knows`);
      }
      write = cdrWriter(topic.type, schema.text);
      this.#writers.set(topic.type, write);
    }
    try {
      return write(message);
    } catch (error) {
      throw new BagError(
        `${topic.name}: a message is not a valid ${topic.type}: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  #readerOf(topic: RecordedTopic): Read | BagError {
    const { name, schema, encoding } = topic;
    try {
      const read = this.#readRecorded(topic);
      if (read === undefined) {
        return new BagError(
          `${name}: messages are encoded as "${encoding}"; ${ENCODINGS.join(", ")} can be read.`,
        );
      }
      const translate = FROM_FOXGLOVE[foxgloveSchema(schema?.type ?? topic.type) ?? ""];
      if (!translate) return read;
      return (data) => translate(read(data) as Readonly<Record<string, unknown>>);
    } catch (error) {
      if (error instanceof BagError) return error;
      const type = topic.recordedAs?.type ?? topic.type;
      return new BagError(
        `${name}: the recording's definition of ${type} cannot be read: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  /** As the file has it; undefined for an encoding that is not known. */
  #readRecorded(topic: RecordedTopic): Read | undefined {
    const { encoding, schema, type } = topic;
    if (encoding === "ros1" && this.#ros1) {
      if (!schema) throw new Error("there is none");
      const ros2Text = this.#ros1.ros2Definition(type, schema.text, this.#distribution);
      return this.#ros1.ros1Reader(type, schema.text, ros2Text);
    }
    if (encoding === "protobuf" && this.#protobuf) {
      if (!schema?.bytes) throw new Error("there is none");
      return this.#protobuf.protobufReader(schema.type, schema.bytes);
    }
    if (encoding === "json") return (data) => JSON.parse(text.decode(data)) as unknown;
    return encoding === "cdr" ? this.#cdrReader(topic) : undefined;
  }

  #cdrReader({ name, type, schema, recordedAs }: RecordedTopic): Read {
    const recorded = spelledType(recordedAs?.type ?? type);
    const known =
      schema && isReadable(schema)
        ? schema
        : { type, encoding: "ros2msg", text: knownDefinition(recorded, this.#distribution) };
    if (known.text === undefined) {
      throw new BagError(
        `${name}: the recording has no definition of ${recorded}, and it is not a known type. ` +
          "Convert the recording to MCAP where the type is installed (ros2 bag convert).",
      );
    }
    const reader = new MessageReader(parseSchema({ ...known, text: known.text }));
    return (data) => reader.readMessage(data);
  }
}

/** A recorder of DDS has definitions in OMG IDL (`omgidl`). */
function isReadable({ encoding, text }: RecordedSchema): boolean {
  return text.length > 0 && (encoding === "ros2msg" || encoding === "ros2idl");
}

const text = new TextDecoder();

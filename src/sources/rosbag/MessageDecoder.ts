import { MessageReader } from "@foxglove/rosmsg2-serialization";
import { BagError } from "./BagError.js";
import type { RecordedSchema, RecordedTopic } from "./BagFile.js";
import { knownDefinition } from "./definitions/knownDefinition.js";
import { parseSchema } from "./definitions/parseSchema.js";

/**
 * Decodes CDR by the definitions that the recording brings, and by the known ones of its ROS
 * distribution where it brings none.
 */
export class MessageDecoder {
  readonly #distribution: string;
  readonly #readers = new Map<RecordedTopic, MessageReader | BagError>();

  constructor(distribution: string) {
    this.#distribution = distribution;
  }

  /** The definition of the topic's type; undefined if it is neither recorded nor known. */
  schema(topic: RecordedTopic): RecordedSchema | undefined {
    const { type, schema } = topic;
    if (schema && schema.text.length > 0) return schema;
    const text = knownDefinition(type, this.#distribution);
    return text === undefined ? undefined : { type, encoding: "ros2msg", text };
  }

  /** Byte arrays of the result are views into `data`. Throws a BagError naming topic and type. */
  decode(topic: RecordedTopic, data: Uint8Array): unknown {
    let reader = this.#readers.get(topic);
    if (!reader) {
      reader = this.#readerOf(topic);
      this.#readers.set(topic, reader);
    }
    if (reader instanceof BagError) throw reader;
    try {
      return reader.readMessage(data);
    } catch (error) {
      throw new BagError(
        `${topic.name}: a message is not a valid ${topic.type}: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  #readerOf(topic: RecordedTopic): MessageReader | BagError {
    const { name, type, encoding } = topic;
    if (encoding !== "cdr") {
      return new BagError(`${name}: messages are encoded as "${encoding}"; only cdr can be read.`);
    }
    try {
      const schema = this.schema(topic);
      if (schema) return new MessageReader(parseSchema(schema));
    } catch (error) {
      if (error instanceof BagError) return error;
      throw error;
    }
    return new BagError(
      `${name}: the recording has no definition of ${type}, and it is not a known type. ` +
        "Convert the recording to MCAP where the type is installed (ros2 bag convert).",
    );
  }
}

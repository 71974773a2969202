import type { Channel, Schema } from "@mcap/core";
import type { RecordedTopic } from "./BagFile.js";
import { topicQosOf } from "./qosProfiles.js";
import { rosTypeOf, spelledType } from "./rosType.js";

const text = new TextDecoder();

/** The channels of one MCAP file, as topics. Filled while scanning or from the summary. */
export class McapChannels {
  readonly #topics = new Map<number, RecordedTopic>();
  readonly #schemas = new Map<number, Schema>();

  addSchema(schema: Schema): void {
    this.#schemas.set(schema.id, schema);
  }

  /** The first record of an id counts: MCAP forbids later ones to differ. */
  addChannel(channel: Channel): void {
    if (this.#topics.has(channel.id)) return;
    const schema = this.#schemas.get(channel.schemaId);
    const name = schema?.name ?? "";
    const qos = topicQosOf(channel.metadata.get("offered_qos_profiles") ?? "");
    this.#topics.set(channel.id, {
      name: plainTopic(channel.topic, name),
      ...rosTypeOf(name, channel.messageEncoding),
      encoding: channel.messageEncoding,
      ...(qos && { qos }),
      ...(schema && {
        schema: {
          type: spelledType(name),
          encoding: schema.encoding,
          ...textOrBytes(schema),
        },
      }),
    });
  }

  get(id: number): RecordedTopic | undefined {
    return this.#topics.get(id);
  }

  entries(): IterableIterator<[number, RecordedTopic]> {
    return this.#topics.entries();
  }
}

/** A recorder of DDS itself calls the topic /chatter rt/chatter. */
function plainTopic(topic: string, type: string): string {
  return type.includes("dds_") ? topic.replace(/^rt\//, "/") : topic;
}

/** The bytes are a copy, as the reader reuses its memory; a protobuf schema is no text. */
function textOrBytes({ encoding, data }: Schema): { readonly text: string; bytes: Uint8Array } {
  return { text: encoding === "protobuf" ? "" : text.decode(data), bytes: new Uint8Array(data) };
}

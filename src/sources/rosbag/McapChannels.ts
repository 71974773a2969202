import type { Channel, Schema } from "@mcap/core";
import type { RecordedTopic } from "./BagFile.js";
import { topicQosOf } from "./qosProfiles.js";

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
    const type = rosTypeName(schema?.name ?? "");
    const qos = topicQosOf(channel.metadata.get("offered_qos_profiles") ?? "");
    this.#topics.set(channel.id, {
      name: channel.topic,
      type,
      encoding: channel.messageEncoding,
      ...(qos && { qos }),
      ...(schema && {
        schema: { type, encoding: schema.encoding, text: text.decode(schema.data) },
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

/** Some writers say `pkg/Type` or `pkg::msg::Type` where ROS 2 says `pkg/msg/Type`. */
function rosTypeName(name: string): string {
  const parts = name.split(/::|\//).filter((part) => part !== "dds_");
  const [pkg, last] = [parts[0], parts[parts.length - 1]];
  if (parts.length === 2) return `${pkg}/msg/${last}`;
  return parts.join("/");
}

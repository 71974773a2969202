import { pictureEncoding, type TopicContent } from "../../camera/index.js";
import type { BagFile, RawMessage, RecordedTopic } from "./BagFile.js";
import { maskLayout } from "./definitions/maskLayout.js";
import { contentOfCdr, hasContent } from "./topicContent.js";
import { unpackMessage } from "./unpackMessage.js";

/** Messages that are read in search of the topics that have not come yet, before a new start. */
const MAX_READ = 100;

/** Decodes a message that was recorded as protobuf or JSON. */
export type DecodeRecorded = (topic: RecordedTopic, data: Uint8Array) => unknown;

/**
 * What the first message of each topic of images, camera_info and detections says; by name. What
 * holds a mask for each object is told by its definition. Reads
 * one message of each, as far as the index leads there. A message that cannot be read tells nothing.
 *
 * @param decoder loaded only where a topic is not recorded as CDR or ROS 1
 */
export async function peekTopics(
  files: readonly BagFile[],
  decoder: () => Promise<DecodeRecorded>,
): Promise<ReadonlyMap<string, TopicContent>> {
  const contents = new Map<string, TopicContent>();
  const seen = new Set<string>();
  for (const file of files) {
    const wanted = new Set<string>();
    for (const { topic, messageCount } of file.topics) {
      if (messageCount === 0 || seen.has(topic.name)) continue;
      const masks = hasContent(topic.type) ? undefined : await maskLayout(topic.schema);
      if (masks) contents.set(topic.name, { frameId: "", masks });
      if (masks || hasContent(topic.type)) wanted.add(topic.name);
    }
    for await (const message of firstMessages(file, wanted)) {
      const { name } = message.topic;
      seen.add(name);
      const content = await contentOf(message, decoder);
      if (content) contents.set(name, { ...contents.get(name), ...content });
    }
  }
  return contents;
}

/** The first message of each topic. Where one lets wait, reading starts anew, led by the index. */
async function* firstMessages(
  file: BagFile,
  topics: ReadonlySet<string>,
): AsyncGenerator<RawMessage> {
  const missing = new Set(topics);
  const always = { startNs: -(2n ** 63n), endNs: 2n ** 64n };
  let found = missing.size > 0;
  while (found) {
    found = false;
    let read = 0;
    for await (const run of file.batches({ ...always, wants: (name) => missing.has(name) })) {
      for (const message of run) {
        read += 1;
        if (missing.delete(message.topic.name)) {
          found = true;
          yield message;
        }
        if (missing.size === 0) return;
      }
      if (read > MAX_READ && found) break;
    }
  }
}

async function contentOf(
  { topic, data }: RawMessage,
  decoder: () => Promise<DecodeRecorded>,
): Promise<TopicContent | undefined> {
  try {
    const recorded = unpackMessage(topic, data);
    const isKnown = hasContent(topic.type) && topic.encoding === "cdr" && !topic.recordedAs;
    if (isKnown) return contentOfCdr(topic.type, recorded);
    return contentOfMessage((await decoder())(topic, recorded));
  } catch {
    // What is damaged is told when it is read.
    return undefined;
  }
}

interface Headed {
  readonly header?: { readonly frame_id?: string };
  readonly encoding?: string;
  readonly format?: string;
  readonly data?: Uint8Array;
}

function contentOfMessage(message: unknown): TopicContent {
  const { header, encoding, format, data } = message as Headed;
  const shown = encoding ?? (format === undefined ? undefined : pictureEncoding(format, data));
  return { frameId: header?.frame_id ?? "", ...(shown !== undefined && { encoding: shown }) };
}

import { stat } from "node:fs/promises";
import { checkMemory, secondsOf } from "../../base/index.js";
import type { TopicContent } from "../../camera/index.js";
import type { Bag, BagInfo, BagMessage, MessageSelection, TopicDescription } from "./Bag.js";
import { BagError } from "./BagError.js";
import type { RawMessage, RecordedTopic } from "./BagFile.js";
import type { MessageDecoder } from "./decoding/MessageDecoder.js";
import { describeBag, type OpenedFile } from "./describeBag.js";
import { mergeByTime } from "./mergeByTime.js";
import { openBagFile } from "./openBagFile.js";
import { peekTopics } from "./peekTopics.js";
import { type RecordingFiles, recordingFiles } from "./recordingFiles.js";
import { unpackMessage } from "./unpackMessage.js";

/** Time bounds that hold every stamp. */
const ALWAYS = { startNs: -(2n ** 63n), endNs: 2n ** 64n } as const;
/** The memory is looked at each time that so many have been read. */
const CHECKED_MESSAGES = 1000;
const DEFAULT_DISTRIBUTION = "humble";

/**
 * Opens a recording: an `.mcap` or `.db3` file, compressed (`.zstd`) or not, a rosbag2 folder, or a
 * ROS 1 `.bag`. Messages come as those of ROS 2, whatever they were recorded as. Only reads; nothing is written beside the input. A damaged recording opens if anything
 * of it can be read; `info.damage` says what is lost.
 *
 * Throws a BagError if there is nothing to read: no such path, an empty file, another format.
 *
 * @example
 * await using bag = await openBag("run1.mcap");
 * for await (const message of bag.messages({ topics: ["/joint_states"] })) {
 *   console.log(message.logNs, message.decode());
 * }
 */
export async function openBag(path: string): Promise<Bag> {
  const opened = await openFiles(path);
  const decoder = await decoderFor(opened);
  return new RecordedBag(path, opened, decoder, await peek(opened, async () => decoder));
}

/** What `openBag` says about a recording, without what reading its messages takes. */
export async function readBagInfo(path: string): Promise<BagInfo> {
  const opened = await openFiles(path);
  const { recording, files, damage } = opened;
  const contents = await peek(opened, () => decoderFor(opened));
  for (const { file } of files) await file.close();
  return describeBag(path, recording, files, damage, contents);
}

/** Loads the definitions of all common messages: half of what reading messages takes to load. */
async function decoderFor({ files, recording }: OpenedFiles): Promise<MessageDecoder> {
  const { MessageDecoder } = await import("./decoding/MessageDecoder.js");
  const topics = files.flatMap(({ file }) => file.topics.map(({ topic }) => topic));
  return MessageDecoder.for(topics, recording.distribution ?? DEFAULT_DISTRIBUTION);
}

function peek(
  { files }: OpenedFiles,
  loadDecoder: () => Promise<MessageDecoder>,
): Promise<ReadonlyMap<string, TopicContent>> {
  return peekTopics(
    files.map(({ file }) => file),
    async () => {
      const decoder = await loadDecoder();
      return (topic, data) => decoder.decode(topic, data);
    },
  );
}

interface OpenedFiles {
  readonly recording: RecordingFiles;
  readonly files: readonly OpenedFile[];
  readonly damage: string[];
}

async function openFiles(path: string): Promise<OpenedFiles> {
  const recording = await recordingFiles(path);
  const files: OpenedFile[] = [];
  const damage = [...recording.damage];
  let reason: unknown;
  for (const filePath of recording.paths) {
    try {
      const file = await openBagFile(filePath);
      const sizeBytes = file.byteLength ?? (await stat(filePath)).size;
      files.push({ path: filePath, file, sizeBytes });
    } catch (error) {
      if (!(error instanceof BagError)) throw error;
      reason = error;
      damage.push(error.message);
    }
  }
  if (files.length === 0) throw reason;
  return { recording, files, damage };
}

class RecordedBag implements Bag {
  readonly info: BagInfo;
  readonly #files: readonly OpenedFile[];
  readonly #decoder: MessageDecoder;
  /** Found by reading; `info.damage` has it too. */
  readonly #damage: string[];
  #isClosed = false;

  constructor(
    path: string,
    { recording, files, damage }: OpenedFiles,
    decoder: MessageDecoder,
    contents: ReadonlyMap<string, TopicContent>,
  ) {
    this.#files = files;
    this.#decoder = decoder;
    this.#damage = damage;
    this.info = describeBag(path, recording, files, damage, contents);
  }

  async *messages(selection: MessageSelection = {}): AsyncGenerator<BagMessage> {
    const { topics, startNs = ALWAYS.startNs, endNs = ALWAYS.endNs } = selection;
    const names = topics && new Set(topics);
    const wants = (topic: string) => names === undefined || names.has(topic);
    const files = this.#files.filter(
      ({ file }) =>
        file.startNs <= endNs &&
        file.endNs >= startNs &&
        file.topics.some(({ topic }) => wants(topic.name)),
    );
    const runs = mergeByTime(
      files.map(({ file }) => ({
        startNs: file.startNs,
        open: () => file.batches({ wants, startNs, endNs }),
      })),
    );
    const read = new Map<string, number>();
    let count = 0;
    for await (const run of runs) {
      for (const message of run) {
        if (count++ % CHECKED_MESSAGES === 0) checkMemory(() => this.#place(message));
        read.set(message.topic.name, (read.get(message.topic.name) ?? 0) + 1);
        yield new RecordedMessage(message, this.#decoder);
      }
    }
    const isWhole = selection.startNs === undefined && selection.endNs === undefined;
    if (isWhole) this.#compare(read, wants);
  }

  #place({ topic, logNs }: RawMessage): string {
    return `${this.info.path}: ${topic.name} at ${secondsOf(logNs - this.info.startNs).toFixed(1)} s`;
  }

  /**
   * Holds what was read against what the recording announces: damage that breaks no rule of the
   * format (a wrong offset, a lost row) shows nowhere else.
   */
  #compare(read: ReadonlyMap<string, number>, wants: (topic: string) => boolean): void {
    if (this.info.damage.length > 0) return;
    for (const { name, messageCount } of this.info.topics) {
      const lost = wants(name) ? messageCount - (read.get(name) ?? 0) : 0;
      if (lost === 0) continue;
      this.#damage.push(
        lost > 0
          ? `${this.info.name}: ${lost} of the ${messageCount} messages that are announced of ${name} could not be found`
          : `${this.info.name}: ${-lost} more messages of ${name} were found than the ${messageCount} that are announced`,
      );
    }
  }

  definition(type: string): string | undefined {
    for (const { file } of this.#files) {
      for (const { topic } of file.topics) {
        const schema = topic.type === type ? this.#decoder.schema(topic) : undefined;
        if (schema) return schema.text;
      }
    }
    return undefined;
  }

  description(topic: string): TopicDescription | undefined {
    const found = this.#files
      .flatMap(({ file }) => file.topics)
      .find((each) => each.topic.name === topic && each.topic.schema)?.topic;
    if (!found?.schema) return undefined;
    const { encoding, text, bytes = new TextEncoder().encode(text) } = found.schema;
    return { schemaEncoding: encoding, schema: bytes, messageEncoding: found.encoding };
  }

  metadata(name: string): ReadonlyMap<string, string> | undefined {
    for (const { file } of this.#files) {
      const entries = file.metadata.get(name);
      if (entries) return entries;
    }
    return undefined;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { file } of this.#files) await file.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

class RecordedMessage implements BagMessage {
  readonly logNs: bigint;
  readonly publishNs: bigint;
  readonly #topic: RecordedTopic;
  readonly #decoder: MessageDecoder;
  /** As recorded. */
  #data: Uint8Array;

  constructor(raw: RawMessage, decoder: MessageDecoder) {
    this.logNs = raw.logNs;
    this.publishNs = raw.publishNs;
    this.#data = raw.data;
    this.#topic = raw.topic;
    this.#decoder = decoder;
  }

  /** Throws a BagError if the message is damaged: compressed on its own, or not recorded as CDR. */
  get data(): Uint8Array {
    return this.#topic.recordedAs === undefined
      ? this.#recorded
      : this.#decoder.toCdr(this.#topic, this.#recorded);
  }

  get #recorded(): Uint8Array {
    this.#data = unpackMessage(this.#topic, this.#data);
    return this.#data;
  }

  get topic(): string {
    return this.#topic.name;
  }

  get type(): string {
    return this.#topic.type;
  }

  decode(): unknown {
    return this.#decoder.decode(this.#topic, this.#recorded);
  }
}

import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { McapWriter } from "@mcap/core";
import {
  mayReplace,
  OutputError,
  OutputPlace,
  PartialFile,
  UserError,
  writeWhole,
} from "../../base/index.js";
import type { TopicDescription } from "./Bag.js";
import { BagError } from "./BagError.js";
import type { cdrWriter, WriteCdr } from "./cdrWriter.js";
import type { knownDefinition } from "./definitions/knownDefinition.js";
import { qosProfiles, type TopicQos } from "./qosProfiles.js";
import { parseRosbagMetadata, rosbagMetadataText } from "./rosbagMetadata.js";

export interface NewTopic {
  readonly name: string;
  /** `pkg/msg/Type` */
  readonly type: string;
  /** ros2msg text with its dependencies; the known one where absent. */
  readonly definition?: string;
  /** Default `reliable`. */
  readonly qos?: TopicQos;
  /** Written as it is, whatever it says; then only `writeRaw` writes the topic. */
  readonly description?: TopicDescription;
}

interface OpenTopic {
  readonly type: string;
  readonly qosProfiles: string;
  readonly channelId: number;
  readonly toCdr: WriteCdr;
  messageCount: number;
}

/** How messages of a topic are described and written. */
interface TopicForm {
  readonly toCdr: WriteCdr;
  readonly schema: { readonly encoding: string; readonly data: Uint8Array };
  readonly messageEncoding: string;
}

function rawTopic(name: string, description: TopicDescription): TopicForm {
  const { schemaEncoding: encoding, schema: data, messageEncoding } = description;
  const toCdr = (): never => {
    throw new BagError(`${name} is described as it was recorded: only writeRaw writes it.`);
  };
  return { toCdr, schema: { encoding, data }, messageEncoding };
}

/** Where a recording is written and under which names it appears when it is complete. */
interface Target {
  /** What is renamed at the end, and to what: a file, or a folder. */
  readonly place: OutputPlace;
  readonly final: string;
  readonly fileName: string;
  /** Where metadata.yaml is written; absent if another bag's lies there. */
  readonly metadataPath?: string;
  readonly isFolder: boolean;
}

export interface BagWriterOptions {
  /**
   * With the first message that comes so long after the last flush, all is in the file, and stays
   * where the process is killed. Where absent, up to 1 MiB waits for its chunk to be full.
   */
  readonly flushMs?: number;
  /**
   * What cannot be finished stays under its temporary name, `<path>.….partial`, readable up to where
   * it was written: for what cannot be recorded again.
   */
  readonly keepUnfinished?: boolean;
}

/** Chunks of this size let a reader take a small topic out of a bag of images cheaply. */
const CHUNK_BYTES = 1 << 20;
/** Level 1: images hardly gain from more, and the recorder has other work. */
const ZSTD_LEVEL = 1;
const LIBRARY = "spatial-reward-bridge";

/**
 * Writes a rosbag2 recording as MCAP (profile ros2, zstd chunks), for `ros2 bag play`, Foxglove and
 * `openBag`. It appears under its name when `close` has finished; until then it has a temporary one
 * beside it, and no other process can write it (OutputBusyError). Calls may overlap: they are
 * carried out one after another. Every failure is an error that names the file and the cause, and
 * the writer fails from then on.
 *
 * @example
 * const writer = await BagWriter.create("rewards.mcap");
 * await writer.addTopic({ name: "/reward", type: "spatial_reward_msgs/msg/DenseReward" });
 * await writer.write("/reward", stampNs, message);
 * await writer.close();
 */
export class BagWriter {
  readonly #target: Target;
  readonly #file: PartialFile;
  readonly #mcap: McapWriter;
  readonly #library: Library;
  readonly #topics = new Map<string, OpenTopic>();
  readonly #schemaIds = new Map<string, number>();
  #work: Promise<unknown> = Promise.resolve();
  #failure: UserError | undefined;
  #isOpen = true;
  #written = 0;
  readonly #flushMs: number;
  #flushedAtMs = performance.now();
  /** A message that makes the chunk larger ends it. */
  #chunkBytes = CHUNK_BYTES;

  private constructor(
    target: Target,
    file: PartialFile,
    library: Library,
    { flushMs }: BagWriterOptions,
  ) {
    this.#target = target;
    this.#file = file;
    this.#library = library;
    this.#flushMs = flushMs ?? Number.POSITIVE_INFINITY;
    this.#mcap = new library.McapWriter({
      writable: file,
      // It is compared with a chunk's size after each message, and so may change from one to the next.
      chunkSize: { valueOf: () => this.#chunkBytes } as unknown as number,
      compressChunk: (records) => ({
        compression: "zstd",
        compressedData: library.zstd.compress(records, ZSTD_LEVEL),
      }),
    });
  }

  /**
   * @param path `x.mcap`: that file and, beside it, metadata.yaml if it is the folder's only
   *   recording and no other metadata.yaml is there. Any other path: a rosbag2 folder, which must not exist yet, with `<name>.mcap` and
   *   metadata.yaml.
   */
  static async create(path: string, options: BagWriterOptions = {}): Promise<BagWriter> {
    const library = await loadLibrary();
    const { target, file } = await prepareTarget(resolve(path), options.keepUnfinished === true);
    const writer = new BagWriter(target, file, library, options);
    try {
      await writer.#queue(() => writer.#mcap.start({ profile: "ros2", library: LIBRARY }));
    } catch (error) {
      await writer.abort();
      throw error;
    }
    return writer;
  }

  /** Messages accepted so far. */
  get written(): number {
    return this.#written;
  }

  /** Declares a topic; declaring the same topic again with the same type is not an error. */
  async addTopic(topic: NewTopic): Promise<void> {
    const { name, type, definition, description, qos = "reliable" } = topic;
    const declared = this.#topics.get(name);
    if (declared) {
      if (declared.type === type) return;
      throw new BagError(`${name} is declared as ${declared.type}; it cannot be ${type} as well.`);
    }
    const { toCdr, schema, messageEncoding } = description
      ? rawTopic(name, description)
      : this.#cdrTopic(name, type, definition);
    await this.#queue(async () => {
      const topic: OpenTopic = {
        type,
        toCdr,
        qosProfiles: qosProfiles(qos),
        channelId: await this.#mcap.registerChannel({
          topic: name,
          schemaId: await this.#schemaId(type, schema),
          messageEncoding,
          metadata: new Map([["offered_qos_profiles", qosProfiles(qos)]]),
        }),
        messageCount: 0,
      };
      this.#topics.set(name, topic);
    });
  }

  #cdrTopic(name: string, type: string, definition: string | undefined): TopicForm {
    const text = definition ?? this.#library.knownDefinition(type);
    if (text === undefined) {
      throw new BagError(`${name}: ${type} is not a known type; give its ros2msg definition.`);
    }
    const toCdr = this.#library.cdrWriter(type, text);
    const schema = { encoding: "ros2msg", data: new TextEncoder().encode(text) };
    return { toCdr, schema, messageEncoding: "cdr" };
  }

  /** Missing fields get their defaults. `publishNs` is `logNs` where absent. */
  async write(topic: string, logNs: bigint, message: unknown, publishNs = logNs): Promise<void> {
    const open = this.#topic(topic);
    let data: Uint8Array;
    try {
      data = open.toCdr(message);
    } catch (error) {
      throw new BagError(
        `${topic}: cannot be written as ${open.type}: ${(error as Error).message}`,
        { cause: error },
      );
    }
    await this.writeRaw(topic, logNs, data, publishNs);
  }

  /** A message that is CDR already; `data` must not change until the promise resolves. */
  async writeRaw(topic: string, logNs: bigint, data: Uint8Array, publishNs = logNs): Promise<void> {
    const open = this.#topic(topic);
    await this.#queue(async () => {
      const isDue = performance.now() - this.#flushedAtMs >= this.#flushMs;
      this.#chunkBytes = isDue ? 0 : CHUNK_BYTES;
      if (isDue) this.#flushedAtMs = performance.now();
      await this.#mcap.addMessage({
        channelId: open.channelId,
        sequence: open.messageCount,
        logTime: logNs,
        publishTime: publishNs,
        data,
      });
      open.messageCount++;
      this.#written++;
    });
  }

  /** A named record of key and value texts, read back by `Bag.metadata`. */
  async addMetadata(name: string, entries: ReadonlyMap<string, string>): Promise<void> {
    await this.#queue(() => this.#mcap.addMetadata({ name, metadata: new Map(entries) }));
  }

  /** Finishes the recording and gives it its name. */
  async close(): Promise<void> {
    await this.#queue(async () => {
      await this.#mcap.end();
      await this.#file.finish();
      await this.#publish();
    });
    this.#isOpen = false;
  }

  /** Gives up; what was written goes, or stays where that was asked for. Never throws. */
  async abort(): Promise<void> {
    if (!this.#isOpen) return;
    await this.#queue(() => this.#mcap.end()).catch(() => undefined);
    await this.#file.drop();
    this.#isOpen = false;
    await this.#target.place.discard();
  }

  /** Of a block that ends before `close`: gives up, so that no half of a recording looks whole. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }

  #topic(name: string): OpenTopic {
    const topic = this.#topics.get(name);
    if (!topic)
      throw new BagError(`${name} is not declared in ${this.#target.final}: addTopic first.`);
    return topic;
  }

  async #schemaId(type: string, { encoding, data }: TopicForm["schema"]): Promise<number> {
    const key = `${type} ${encoding}`;
    let id = this.#schemaIds.get(key);
    if (id === undefined) {
      id = await this.#mcap.registerSchema({ name: type, encoding, data });
      this.#schemaIds.set(key, id);
    }
    return id;
  }

  /** One after another; the first failure is the answer to all that follows. */
  async #queue(work: () => Promise<void>): Promise<void> {
    const result = this.#work.then(async () => {
      if (this.#failure) throw this.#failure;
      if (!this.#isOpen) throw new BagError(`${this.#target.final} is closed already.`);
      try {
        await work();
      } catch (error) {
        this.#failure =
          error instanceof UserError && !(error instanceof OutputError)
            ? error
            : new OutputError(this.#target.final, causeOf(error));
        await this.#file.drop();
        throw this.#failure;
      }
    });
    this.#work = result.catch(() => undefined);
    return result;
  }

  async #publish(): Promise<void> {
    const { isFolder, place, metadataPath } = this.#target;
    // A folder appears as a whole; beside a file, the metadata come once the file is there.
    if (!isFolder) await place.publish();
    if (metadataPath) await this.#writeMetadata(metadataPath);
    if (isFolder) await place.publish();
  }

  async #writeMetadata(path: string): Promise<void> {
    const { statistics } = this.#mcap;
    const text = rosbagMetadataText({
      file: this.#target.fileName,
      startNs: statistics?.messageStartTime ?? 0n,
      endNs: statistics?.messageEndTime ?? 0n,
      messageCount: this.#written,
      topics: [...this.#topics].map(([name, topic]) => ({ name, ...topic })),
    });
    await writeWhole(path, text);
  }
}

async function prepareTarget(
  path: string,
  keepUnfinished: boolean,
): Promise<{ readonly target: Target; readonly file: PartialFile }> {
  if (/\.mcap$/i.test(path)) {
    const fileName = basename(path);
    const metadataPath = join(dirname(path), "metadata.yaml");
    const isFree =
      (await standsAlone(dirname(path), fileName)) && (await belongsTo(metadataPath, fileName));
    const place = await OutputPlace.take(path, keepUnfinished);
    const file = await place.createFile();
    const final = path;
    const target = { place, fileName, final, isFolder: false, ...(isFree && { metadataPath }) };
    return { target, file };
  }
  if (!mayReplace(path) && (await stat(path).catch(() => undefined))) {
    throw new BagError(
      `cannot write the bag folder ${path}: it already exists; remove it or choose another path`,
    );
  }
  const place = await OutputPlace.take(path, keepUnfinished);
  await place.createFolder();
  const fileName = `${basename(path)}.mcap`;
  const metadataPath = join(place.temporary, "metadata.yaml");
  try {
    const file = await PartialFile.create(join(place.temporary, fileName), "wx");
    return { target: { place, fileName, final: path, metadataPath, isFolder: true }, file };
  } catch (error) {
    await place.discard();
    throw error;
  }
}

/** Of an error about a temporary name, what a person can use. */
function causeOf(error: unknown): unknown {
  return error instanceof OutputError ? error.cause : error;
}

/** Whether a metadata.yaml is missing, or speaks of this file alone. */
async function belongsTo(metadataPath: string, fileName: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(metadataPath, "utf8");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
  try {
    const { files } = parseRosbagMetadata(text, metadataPath);
    return files.length === 1 && files[0] === fileName;
  } catch {
    return false;
  }
}

/**
 * Whether a metadata.yaml that speaks of this file alone would be true: the folder holds no other
 * recording, which rosbag2 would then overlook.
 */
async function standsAlone(folder: string, fileName: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  return names.every((name) => name === fileName || !/\.(mcap|db3)(\.zstd)?$/.test(name));
}

interface Library {
  readonly McapWriter: typeof McapWriter;
  readonly zstd: typeof import("@foxglove/wasm-zstd");
  readonly cdrWriter: typeof cdrWriter;
  readonly knownDefinition: typeof knownDefinition;
}

/** What only writing needs, loaded with the first writer. */
async function loadLibrary(): Promise<Library> {
  const { McapWriter } = await import("@mcap/core");
  const { default: zstd } = await import("@foxglove/wasm-zstd");
  await zstd.isLoaded;
  const { cdrWriter } = await import("./cdrWriter.js");
  const { knownDefinition } = await import("./definitions/knownDefinition.js");
  return { McapWriter, zstd, cdrWriter, knownDefinition };
}

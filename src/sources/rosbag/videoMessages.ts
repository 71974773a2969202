import {
  COMPRESSED_IMAGE,
  IMAGE,
  VIDEO_TYPES,
  type VideoMessage,
  videoOf,
} from "../../camera/index.js";
import type { DecodedPicture, VideoDecoder, VideoPacket } from "../../video/index.js";
import type { Bag, BagMessage, MessageSelection } from "./Bag.js";

/** A stream that is silent for so long gives what its decoder holds: nothing waits for it longer. */
const SILENCE_NS = 3_000_000_000n;
/** How far before a time a key frame is looked for at first; twice as far each time. */
const FIRST_LOOK_NS = 1_000_000_000n;

interface Packet extends VideoPacket {
  readonly message: BagMessage;
  readonly video: VideoMessage;
}

/** A message that is given when the pictures before it have been. */
interface Held {
  readonly message: BagMessage;
  readonly packet?: Packet;
}

/**
 * The messages of a selection, with a sensor_msgs/Image in the place of each packet of a video: its
 * own stamp, pixels of rgb8. One for which there is no picture throws a LostPictureError when it is
 * decoded. Pictures come in the order in which they are shown; other messages wait for those before
 * them. Decoding begins with the last key frame before the selection.
 *
 * @param colors topics that may be video
 */
export async function* messagesWithPictures(
  bag: Bag,
  colors: readonly string[],
  selection: MessageSelection,
): AsyncGenerator<BagMessage> {
  const types = new Map(bag.info.topics.map(({ name, type }) => [name, type]));
  const maybe = colors.filter((name) => {
    const type = types.get(name) ?? "";
    return VIDEO_TYPES.includes(type) || type === COMPRESSED_IMAGE;
  });
  if (maybe.length === 0) {
    yield* bag.messages(selection);
    return;
  }
  const pictures = new VideoPictures(new Set(maybe));
  try {
    for (const topic of maybe) {
      for await (const message of beforeSelection(bag, topic, selection)) {
        await pictures.see(message);
      }
    }
    for await (const message of bag.messages(selection)) yield* await pictures.add(message);
    yield* await pictures.end();
  } finally {
    pictures.close();
  }
}

/** What of a topic must be decoded before the first picture of a selection can be. */
async function* beforeSelection(
  bag: Bag,
  topic: string,
  { startNs }: MessageSelection,
): AsyncGenerator<BagMessage> {
  if (startNs === undefined || startNs <= bag.info.startNs) return;
  const topics = [topic];
  for await (const message of bag.messages({ topics, startNs })) {
    if (readPacket(message) === undefined) return;
    break;
  }
  const keyNs = await keyFrameBefore(bag, topic, startNs);
  yield* bag.messages({ topics, startNs: keyNs, endNs: startNs - 1n });
}

async function keyFrameBefore(bag: Bag, topic: string, beforeNs: bigint): Promise<bigint> {
  const { isKeyPacket } = await import("../../video/index.js");
  let endNs = beforeNs - 1n;
  for (let look = FIRST_LOOK_NS; endNs >= bag.info.startNs; look *= 2n) {
    const startNs = endNs - look;
    let keyNs: bigint | undefined;
    for await (const message of bag.messages({ topics: [topic], startNs, endNs })) {
      const packet = readPacket(message);
      if (!packet || packet instanceof Error) continue;
      if (isKeyPacket(packet.video.codec, packet.data)) {
        keyNs = message.logNs;
      }
    }
    if (keyNs !== undefined) return keyNs;
    endNs = startNs - 1n;
  }
  return bag.info.startNs;
}

/** Undefined for what is no video; an error for a message that cannot be read. */
function readPacket(message: BagMessage): Packet | Error | undefined {
  let content: unknown;
  try {
    content = message.decode();
    const video = videoOf(message.type, content);
    if (!video) return undefined;
    const { data, stampNs } = video;
    return { message, video, data, time: stampNs };
  } catch (error) {
    return error as Error;
  }
}

/** The streams of some topics, and what waits for their pictures. */
class VideoPictures {
  readonly #maybe: Set<string>;
  readonly #streams = new Map<string, Stream>();
  readonly #held: Held[] = [];

  constructor(maybe: Set<string>) {
    this.#maybe = maybe;
  }

  /** A packet of which no picture is wanted, though later ones may be made of it. */
  async see(message: BagMessage): Promise<void> {
    const packet = readPacket(message);
    if (!packet || packet instanceof Error) return;
    const stream = await this.#streamOf(packet);
    for (const picture of await stream.decoder.decode(packet)) picture.close();
    stream.newestNs = message.logNs;
  }

  /** The messages that are due with this one. */
  async add(message: BagMessage): Promise<BagMessage[]> {
    const due = await this.#endSilentStreams(message.logNs);
    const packet = this.#maybe.has(message.topic) ? readPacket(message) : undefined;
    if (!packet || packet instanceof Error) {
      // Still pictures: whoever reads them reads all of them.
      if (!packet) this.#maybe.delete(message.topic);
      this.#held.push({ message: packet ? failing(message, packet) : message });
      return [...due, ...this.#takeFree()];
    }
    const stream = await this.#streamOf(packet);
    stream.newestNs = message.logNs;
    this.#held.push({ message, packet });
    due.push(...(await this.#given(await stream.decoder.decode(packet))));
    return due;
  }

  async end(): Promise<BagMessage[]> {
    const due: BagMessage[] = [];
    for (const { decoder } of this.#streams.values()) {
      due.push(...(await this.#given(await decoder.flush())));
    }
    return [
      ...due,
      ...this.#held.splice(0).flatMap(({ message, packet }) => (packet ? [] : message)),
    ];
  }

  close(): void {
    for (const { decoder } of this.#streams.values()) decoder.close();
  }

  async #streamOf({ message: { topic }, video: { codec } }: Packet): Promise<Stream> {
    const before = this.#streams.get(topic);
    if (before?.codec === codec) return before;
    before?.decoder.close();
    const { VideoDecoder } = await import("../../video/index.js");
    const stream = { codec, decoder: await VideoDecoder.open<Packet>(codec), newestNs: 0n };
    this.#streams.set(topic, stream);
    return stream;
  }

  async #endSilentStreams(nowNs: bigint): Promise<BagMessage[]> {
    const due: BagMessage[] = [];
    for (const [topic, stream] of this.#streams) {
      if (nowNs - stream.newestNs <= SILENCE_NS) continue;
      if (this.#held.every(({ packet }) => packet?.message.topic !== topic)) continue;
      due.push(...(await this.#given(await stream.decoder.flush())));
    }
    return due;
  }

  /** Pictures as messages, and what waited for them. */
  async #given(pictures: DecodedPicture<Packet>[]): Promise<BagMessage[]> {
    const due: BagMessage[] = [];
    for (const picture of pictures) {
      const at = this.#held.findIndex(({ packet }) => packet === picture.packet);
      // One that was only seen lies before the selection.
      if (at >= 0) {
        this.#held.splice(at, 1);
        due.push(await messageOf(picture));
      }
      picture.close();
      due.push(...this.#takeFree());
    }
    return due;
  }

  #takeFree(): BagMessage[] {
    const at = this.#held.findIndex(({ packet }) => packet !== undefined);
    const count = at < 0 ? this.#held.length : at;
    return this.#held.splice(0, count).map(({ message }) => message);
  }
}

interface Stream {
  readonly codec: VideoMessage["codec"];
  readonly decoder: VideoDecoder<Packet>;
  /** Log time of its newest packet. */
  newestNs: bigint;
}

async function messageOf(picture: DecodedPicture<Packet>): Promise<BagMessage> {
  const { message, video } = picture.packet;
  const { topic, logNs, publishNs, data } = message;
  try {
    const { pictureMessage } = await import("../../video/index.js");
    const content = await pictureMessage(picture, video);
    return { topic, logNs, publishNs, data, type: IMAGE, decode: () => content };
  } catch (error) {
    return failing(message, error as Error);
  }
}

/** A message that cannot be read as a picture. */
function failing({ topic, type, logNs, publishNs, data }: BagMessage, error: Error): BagMessage {
  return {
    ...{ topic, type, logNs, publishNs, data },
    decode: () => {
      throw error;
    },
  };
}

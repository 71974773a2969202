import { LostPictureError, type VideoMessage } from "../../camera/index.js";
import type { DecodedPicture, VideoDecoder, VideoPacket } from "../../video/index.js";

interface Packet extends VideoPacket {
  readonly video: VideoMessage;
}

/** A picture of a live video, in the order in which they are shown. */
export interface LivePicture {
  readonly stampNs: bigint;
  /**
   * As a sensor_msgs/Image. The picture is gone when what it was handed to has finished.
   *
   * @throws LostPictureError for a packet without a picture
   */
  message(): Promise<unknown>;
}

/** Packets that wait for the decoder; with more, those up to the next key frame are given up. */
const MOST_WAITING = 120;
const TOO_SLOW = "decoding is slower than packets come: send smaller pictures, or fewer";

/**
 * Decodes the packets of one camera, one after another, whatever becomes of the pictures: each may
 * be made of those before it.
 */
export class LiveVideo {
  readonly #take: (picture: LivePicture) => Promise<void>;
  #decoder: VideoDecoder<Packet> | undefined;
  #codec: VideoMessage["codec"] | undefined;
  #waiting = 0;
  #work: Promise<void> = Promise.resolve();
  #isClosed = false;

  /** @param take gets each picture; the next one waits for it */
  constructor(take: (picture: LivePicture) => Promise<void>) {
    this.#take = take;
  }

  /** @param video its data is the video's own */
  add(video: VideoMessage): void {
    const isTooMuch = this.#waiting >= MOST_WAITING;
    this.#waiting += 1;
    this.#work = this.#work.then(async () => {
      this.#waiting -= 1;
      if (this.#isClosed) return;
      const { stampNs, frameId } = video;
      try {
        if (isTooMuch) throw new LostPictureError(TOO_SLOW, stampNs, frameId);
        await this.#decode(video);
      } catch (error) {
        const reason = (error as Error).message;
        const lost = new LostPictureError(reason, stampNs, frameId);
        await this.#take({ stampNs, message: () => Promise.reject(lost) });
      }
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#work = this.#work.then(() => this.#decoder?.close());
  }

  async #decode(video: VideoMessage): Promise<void> {
    const { VideoDecoder } = await import("../../video/index.js");
    if (this.#codec !== video.codec) {
      this.#decoder?.close();
      this.#decoder = undefined;
      this.#decoder = await VideoDecoder.open<Packet>(video.codec);
      this.#codec = video.codec;
    }
    const packet = { data: video.data, time: video.stampNs, video };
    for (const picture of (await this.#decoder?.decode(packet)) ?? []) await this.#hand(picture);
  }

  async #hand(picture: DecodedPicture<Packet>): Promise<void> {
    const { pictureMessage } = await import("../../video/index.js");
    const { video } = picture.packet;
    try {
      if (this.#isClosed) return;
      await this.#take({
        stampNs: video.stampNs,
        message: () => pictureMessage(picture, video),
      });
    } finally {
      picture.close();
    }
  }
}

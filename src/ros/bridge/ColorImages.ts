import { FrameRate } from "../../camera/index.js";
import { ImageFlow } from "./ImageFlow.js";
import { decodedPicture, type LiveMessage, packetIn, release, unreadable } from "./LiveMessage.js";
import type { LiveReader } from "./LiveReader.js";
import { type LivePicture, LiveVideo } from "./LiveVideo.js";
import type { PartTopic } from "./locateCamera.js";

export interface ColorImagesOptions {
  readonly reader: LiveReader;
  readonly rateHz: number;
  readonly nowMs: () => number;
  /** Told before an image whose stamp has jumped back is taken. */
  readonly onReset: (toNs: bigint) => void;
  /** Told of each picture of a video; without `decode`, the rate has left it out. */
  readonly onPicture: (part: PartTopic, decode?: () => unknown) => void;
}

/**
 * The colour images of a live camera before they are read: follows their stamps, leaves out those
 * over the rate, and turns the packets of a video into pictures.
 */
export class ColorImages {
  /** What their stamps and bytes show about their way here. */
  readonly flow: ImageFlow;
  readonly #options: ColorImagesOptions;
  #video: LiveVideo | undefined;
  #rateHz: number;
  #rate: FrameRate;

  constructor(options: ColorImagesOptions) {
    this.#options = options;
    this.flow = new ImageFlow(options.nowMs);
    this.#rateHz = options.rateHz;
    this.#rate = rateOf(options.rateHz);
  }

  setRate(rateHz: number): void {
    this.#rateHz = rateHz;
    this.#rate = rateOf(rateHz);
  }

  /** Forgets the stamps so far. */
  restart(): void {
    this.#rate = rateOf(this.#rateHz);
    this.flow.restart();
  }

  /** Its pictures are of another topic, or of nobody any more. */
  endVideo(): void {
    this.#video?.close();
    this.#video = undefined;
  }

  /** The message if it is to be read now; a packet of a video comes as a picture later. */
  take(part: PartTopic, message: LiveMessage): LiveMessage | undefined {
    const packet = packetIn(part.type, message);
    if (packet instanceof Error) return unreadable(packet);
    if (packet !== undefined) {
      this.#video ??= new LiveVideo((picture) => this.#takePicture(part, picture));
      this.#video.add(packet);
      return undefined;
    }
    const { stampNs, cdr } = message;
    // Of an image whose header was not read, its reader knows the stamp.
    if (stampNs === undefined || this.#keeps(stampNs, cdr)) return message;
    release(message);
    return undefined;
  }

  async #takePicture(part: PartTopic, picture: LivePicture): Promise<void> {
    const isKept = this.#keeps(picture.stampNs, undefined, true);
    this.#options.onPicture(part, isKept ? await decodedPicture(picture) : undefined);
  }

  /** @param isVideo its packets say nothing about its picture */
  #keeps(toldNs: bigint, cdr: Uint8Array | undefined, isVideo = false): boolean {
    const { reader, onReset } = this.#options;
    const stampNs = reader.stampOf(toldNs);
    if (reader.isRestart(stampNs)) onReset(stampNs);
    if (cdr !== undefined || isVideo) this.flow.add(toldNs, cdr);
    if (this.#rate.keeps(stampNs)) return true;
    reader.skip(stampNs);
    return false;
  }
}

function rateOf(rateHz: number): FrameRate {
  return new FrameRate(rateHz > 0 ? rateHz : undefined);
}

import {
  type CameraFrame,
  type ColorSize,
  decodeColor,
  FrameError,
  type RgbImage,
} from "../camera/index.js";
import { type EpisodePictures, ExportPictureError } from "./EpisodePictures.js";
import type { StagedCamera } from "./StagedEpisode.js";

/** Which picture of a camera a row gets. */
export interface PictureRow {
  /** Counts the recording's episodes. */
  readonly episode: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly stampNs: bigint;
  /** `own`: the picture with this stamp; `before`: the one before; `nearest`: the nearest. */
  readonly which: "own" | "before" | "nearest";
}

/** Gives the rows of one camera their pictures while its frames come by. */
export class CameraRows {
  readonly #rows: readonly PictureRow[];
  readonly #open: (episode: number, first: RgbImage) => Promise<EpisodePictures>;
  readonly #size: ColorSize | undefined;
  /** By episode. */
  readonly finished: StagedCamera[] = [];
  #next = 0;
  #before: CameraFrame | undefined;
  #decoded: { readonly frame: CameraFrame; readonly image: RgbImage } | undefined;
  #pictures: EpisodePictures | undefined;
  /** The picture that is being written, while the next one is decoded. */
  #written: Promise<void> = Promise.resolve();

  /** @param rows by their stamps */
  constructor(
    rows: readonly PictureRow[],
    open: (episode: number, first: RgbImage) => Promise<EpisodePictures>,
    size?: ColorSize,
  ) {
    this.#rows = rows;
    this.#open = open;
    this.#size = size;
  }

  async take(frame: CameraFrame): Promise<void> {
    if (frame.fault !== undefined) return;
    for (let row = this.#rows[this.#next]; row; row = this.#rows[this.#next]) {
      const isLater = frame.stampNs > row.stampNs;
      if (frame.stampNs < row.stampNs || (isLater && row.which === "own")) break;
      await this.#give(row, this.#chosen(row, frame));
    }
    this.#before = frame;
  }

  /** After the last frame. */
  async end(): Promise<void> {
    for (let row = this.#rows[this.#next]; row; row = this.#rows[this.#next]) {
      if (!this.#before || row.which === "own") throw new Error("a row lost its picture");
      await this.#give(row, this.#before);
    }
  }

  async drop(): Promise<void> {
    await this.#written.catch(() => undefined);
    await this.#pictures?.drop();
  }

  #chosen({ which, stampNs }: PictureRow, frame: CameraFrame): CameraFrame {
    const before = this.#before;
    if (!before || frame.stampNs === stampNs) return frame;
    if (which === "before") return before;
    return frame.stampNs - stampNs <= stampNs - before.stampNs ? frame : before;
  }

  async #give(row: PictureRow, frame: CameraFrame): Promise<void> {
    const image = await this.#image(frame);
    await this.#written;
    if (row.isFirst) this.#pictures = await this.#open(row.episode, image);
    const written = this.#pictures?.write(image) ?? Promise.resolve();
    // What fails is thrown where it is waited for.
    written.catch(() => undefined);
    this.#written = written;
    if (row.isLast) await written;
    if (row.isLast && this.#pictures) this.finished.push(await this.#pictures.finish());
    if (row.isLast) this.#pictures = undefined;
    this.#next += 1;
  }

  async #image(frame: CameraFrame): Promise<RgbImage> {
    if (this.#decoded?.frame === frame) return this.#decoded.image;
    try {
      const image = await decodeColor(frame.image, this.#size);
      this.#decoded = { frame, image };
      return image;
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      throw new ExportPictureError(
        `camera ${frame.camera}, stamp ${frame.stampNs} ns: ${error.message}`,
        { cause: error },
      );
    }
  }
}

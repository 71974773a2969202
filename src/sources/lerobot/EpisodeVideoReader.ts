import { join } from "node:path";
import type { SourceImage } from "../../camera/index.js";
import { VideoError, VideoFile, type VideoPicture } from "../../video/index.js";
import type { EpisodeVideo } from "./readEpisodes.js";

/** Of the time between two pictures: what a stamp may be off. */
const TOLERANCE = 0.1;

/** The pictures of one episode in a video, looked up by the times of the episode's rows. */
export class EpisodeVideoReader implements AsyncDisposable {
  readonly #path: string;
  readonly #fromS: number;
  readonly #toleranceS: number;
  readonly #pictures: AsyncGenerator<VideoPicture>;
  #ahead: VideoPicture | undefined;
  #fault: string | undefined;

  readonly #pixels: (picture: VideoPicture) => SourceImage | Promise<SourceImage>;

  /**
   * @param periodS time between two rows, s
   * @param pixels what is taken of a picture
   */
  constructor(
    folder: string,
    { path, fromS }: EpisodeVideo,
    periodS: number,
    pixels = (picture: VideoPicture): SourceImage | Promise<SourceImage> => picture.image(),
  ) {
    this.#pixels = pixels;
    this.#path = path;
    this.#fromS = fromS;
    this.#toleranceS = TOLERANCE * periodS;
    const file = new VideoFile(join(folder, path));
    this.#pictures = file.pictures(Math.max(0, fromS - this.#toleranceS));
  }

  /**
   * The picture of a row. Times are asked for in rising order.
   *
   * @param timeS from the start of the episode, s
   * @returns the picture, or what is wrong with the video there
   */
  async at(timeS: number): Promise<SourceImage | string> {
    const wantedS = this.#fromS + timeS;
    try {
      while (this.#fault === undefined) {
        this.#ahead ??= await this.#next();
        if (!this.#ahead || this.#ahead.timeS >= wantedS - this.#toleranceS) break;
        this.#ahead.close();
        this.#ahead = undefined;
      }
    } catch (error) {
      if (!(error instanceof VideoError)) throw error;
      this.#fault = error.message;
    }
    if (this.#fault !== undefined) return this.#fault;
    const off = (this.#ahead?.timeS ?? Number.POSITIVE_INFINITY) - wantedS;
    if (this.#ahead && off <= this.#toleranceS) {
      return this.#ahead.fault ?? (await this.#taken(this.#ahead));
    }
    return (
      `${this.#path} has no picture at ${wantedS.toFixed(3)} s ` +
      (this.#ahead ? `(the next is ${off.toFixed(3)} s later)` : "(it ends before)")
    );
  }

  async #taken(picture: VideoPicture): Promise<SourceImage | string> {
    try {
      return await this.#pixels(picture);
    } catch (error) {
      if (error instanceof VideoError) return error.message;
      throw error;
    }
  }

  /** Whether the video goes on after a time from the start of the episode, s. */
  async goesOnAfter(timeS: number): Promise<boolean> {
    const isLater = ({ timeS: foundS }: VideoPicture) =>
      foundS > this.#fromS + timeS + this.#toleranceS;
    try {
      while (this.#fault === undefined) {
        this.#ahead ??= await this.#next();
        if (!this.#ahead || isLater(this.#ahead)) return this.#ahead !== undefined;
        this.#ahead.close();
        this.#ahead = undefined;
      }
    } catch (error) {
      if (!(error instanceof VideoError)) throw error;
      this.#fault = error.message;
    }
    return false;
  }

  async #next(): Promise<VideoPicture | undefined> {
    const { value, done } = await this.#pictures.next();
    return done ? undefined : value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ahead?.close();
    await this.#pictures.return(undefined);
  }
}

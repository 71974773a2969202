import * as z from "zod";
import { sharp } from "../../base/index.js";
import type { SourceImage } from "../../camera/index.js";
import { DepthQuantizer } from "./DepthQuantizer.js";
import { EpisodeVideoReader } from "./EpisodeVideoReader.js";
import type { EpisodeVideo } from "./readEpisodes.js";
import type { LeRobotFeature } from "./readInfo.js";

const cellSchema = z.object({ bytes: z.instanceof(Uint8Array) });

/** The depth maps of one episode: in a video, or in its rows. */
export class DepthReader implements AsyncDisposable {
  readonly #unitM: number | undefined;
  readonly #video: EpisodeVideoReader | undefined;

  constructor(
    folder: string,
    key: string,
    feature: LeRobotFeature,
    video: EpisodeVideo | undefined,
    periodS: number,
  ) {
    this.#unitM = UNITS_M[String(feature.info?.depth_unit)];
    if (video === undefined) return;
    const quantizer = new DepthQuantizer(key, feature);
    this.#video = new EpisodeVideoReader(folder, video, periodS, (picture) =>
      quantizer.metresOf(picture.codes()),
    );
  }

  /**
   * The depth of a row, or why there is none.
   *
   * @param timeS from the start of the episode, s
   * @param cell what the row holds, where depth is in the rows
   */
  async at(timeS: number, cell: unknown): Promise<SourceImage | string> {
    if (this.#video) return this.#video.at(timeS);
    const found = cellSchema.safeParse(cell);
    return found.success ? tiffDepth(found.data.bytes, this.#unitM) : "the row holds no depth map";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#video?.[Symbol.asyncDispose]();
  }
}

/** Metres of one unit of depth maps in rows. */
const UNITS_M: Readonly<Record<string, number>> = { m: 1, mm: 1e-3 };

/** A TIFF of one channel, as LeRobot keeps depth in rows: of 16-bit words, or of float32. */
async function tiffDepth(
  bytes: Uint8Array,
  unitM: number | undefined,
): Promise<SourceImage | string> {
  try {
    const tiff = sharp(bytes);
    const { depth, channels } = await tiff.metadata();
    if (channels !== 1 || (depth !== "ushort" && depth !== "float")) {
      return `the row's depth map has ${channels} channels of ${depth}, not one of 16-bit words or floats`;
    }
    const { data, info } = await tiff
      .toColourspace(depth === "ushort" ? "grey16" : "b-w")
      .raw({ depth })
      .toBuffer({ resolveWithObject: true });
    const bytesPerPixel = depth === "ushort" ? 2 : 4;
    return {
      ...{ kind: "raw", width: info.width, height: info.height, isBigEndian: false, data },
      ...{ encoding: depth === "ushort" ? "16UC1" : "32FC1", step: bytesPerPixel * info.width },
      ...(unitM !== undefined && { depthOrigin: { unitM } }),
    };
  } catch (error) {
    return `the row's depth map cannot be read: ${(error as Error).message}`;
  }
}

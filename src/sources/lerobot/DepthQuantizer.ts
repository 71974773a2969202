import * as z from "zod";
import { depthImageOf, type RawImage } from "../../camera/index.js";
import { LeRobotError, type LeRobotFeature } from "./readInfo.js";

/** The largest of LeRobot's 12-bit codes (`DEPTH_QMAX`). */
const LARGEST = 4095;

const parameters = z.object({
  "video.depth_min": z.number().default(0.01),
  "video.depth_max": z.number().default(10),
  "video.shift": z.number().default(3.5),
  "video.use_log": z.boolean().default(true),
});

/**
 * Metres of the 12-bit codes that LeRobot keeps depth in (lerobot/datasets/depth_utils.py,
 * `dequantize_depth`): the range from `depth_min` to `depth_max` in equal steps of the depth, or of
 * log(depth + shift).
 *
 * The lowest and the highest code also hold all that lies beyond the range, and what the sensor did
 * not see: they are no depth here.
 */
export class DepthQuantizer {
  readonly #metres: Float32Array;

  /** @throws LeRobotError where the feature's parameters make no depths */
  constructor(name: string, { info }: LeRobotFeature) {
    const read = parameters.safeParse(info ?? {});
    const found = read.data && tableOf(read.data);
    const isRising = found
      ?.subarray(1, LARGEST)
      .every((metres, i, all) => metres > (all[i - 1] ?? 0) && Number.isFinite(metres));
    if (found === undefined || isRising !== true) {
      throw new LeRobotError(
        `meta/info.json: ${name} has no usable depth_min, depth_max, shift and use_log`,
      );
    }
    this.#metres = found;
  }

  /** @param codes 16-bit words, little-endian */
  metresOf({ width, height, step, data }: RawImage): RawImage {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const depthM = new Float32Array(width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const code = view.getUint16(y * step + 2 * x, true);
        depthM[y * width + x] = this.#metres[code] ?? Number.NaN;
      }
    }
    return depthImageOf({ width, height, depthM });
  }
}

function tableOf(said: z.infer<typeof parameters>): Float32Array {
  const { "video.depth_min": min, "video.depth_max": max, "video.shift": shift } = said;
  const isLog = said["video.use_log"];
  const [low, high] = isLog ? [Math.log(min + shift), Math.log(max + shift)] : [min, max];
  const table = Float32Array.from({ length: LARGEST + 1 }, (_, code) => {
    const at = low + ((high - low) * code) / LARGEST;
    return isLog ? Math.exp(at) - shift : at;
  });
  table[0] = Number.NaN;
  table[LARGEST] = Number.NaN;
  return table;
}

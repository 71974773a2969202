import {
  drawPlane,
  type InversePlane,
  type InverseSample,
  inverted,
  oddStride,
} from "../base/index.js";
import {
  type CameraInfo,
  type DepthMap,
  type LabelMap,
  pixelRay,
  type SourceImage,
} from "../camera/index.js";
import { type MaskPixels, maskPixels } from "./maskPixels.js";

/** Longest row that is looked at, pixels: the cost of a look does not grow with the image. */
const MOST_COLUMNS = 160;

/** Bytes of a pixel, where an encoding's name says it. */
const BYTES: readonly (readonly [RegExp, number])[] = [
  [/^(8UC1|mono8)$/, 1],
  [/^(16UC1|mono16)$/, 2],
  [/^(32FC1|32SC1)$/, 4],
];

/** The pixels of a raw image of depth or ids that `smallView` looks at: the others need not be decoded. */
export function sampled<T extends SourceImage>(image: T): T {
  if (image.kind !== "raw") return image;
  const factor = Math.ceil(image.width / MOST_COLUMNS);
  const [, bytes = 0] = BYTES.find(([name]) => name.test(image.encoding)) ?? [];
  const { step, data } = image;
  if (factor < 2 || bytes === 0 || data.length < step * image.height) return image;
  if (step < bytes * image.width) return image;
  const [width, height] = [Math.floor(image.width / factor), Math.floor(image.height / factor)];
  const small = new Uint8Array(width * height * bytes);
  const middle = factor >> 1;
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = (y * factor + middle) * step + middle * bytes;
    for (let x = 0; x < width; x++, from += factor * bytes) {
      for (let byte = 0; byte < bytes; byte++) small[to++] = data[from + byte] ?? 0;
    }
  }
  return { ...image, width, height, step: width * bytes, data: small };
}

/** A depth image and its masks at a small size. */
export interface SmallView {
  readonly width: number;
  readonly height: number;
  /** How many times nearer a pixel is than the scene's main plane there, minus 1; NaN: not known. */
  readonly nearer: Float32Array;
  readonly depthM: Float32Array;
  readonly ids: Uint16Array;
  readonly pixels: MaskPixels;
  /** The scene's main plane. */
  readonly plane: InversePlane;
}

/** The ray through a place of the small image, pixels: x / z and y / z in the optical frame. */
export function rayAt(
  { width, height }: SmallView,
  info: CameraInfo,
  column: number,
  row: number,
): ReturnType<typeof pixelRay> {
  const [sx, sy] = [info.width / width, info.height / height];
  return pixelRay(info, (column + 0.5) * sx - 0.5, (row + 0.5) * sy - 0.5);
}

/** Undefined where hardly any pixel has depth. */
export function smallView(depth: DepthMap, labels: LabelMap): SmallView | undefined {
  const { width, height, depthM } = smaller(depth);
  const plane = mainPlane(depthM, width);
  if (!plane) return undefined;
  const nearer = new Float32Array(depthM.length);
  const [a, b, c] = plane;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const depth = depthM[y * width + x] ?? 0;
      nearer[y * width + x] = depth > 0 ? 1 - (a * x + b * y + c) * depth : Number.NaN;
    }
  }
  const ids = sized(labels, width, height);
  return { width, height, depthM, nearer, plane, ids, pixels: maskPixels(ids) };
}

/** On the plane by this share of the distance. */
const IN_PLANE = 0.012;
/** What the plane is of: as much of it is on the plane, and as much of all that is. */
const MOSTLY_IN_PLANE = 0.75;
const MOST_OF_PLANE = 0.5;

/** The id of what the scene's main plane is of, where one has most of it: a table that no task tells of. */
export function planeIds({ nearer, pixels }: SmallView): readonly number[] {
  const isOn = (pixel: number) => Math.abs(nearer[pixel] ?? Number.NaN) < IN_PLANE;
  const all = nearer.reduce((sum, _, pixel) => sum + (isOn(pixel) ? 1 : 0), 0);
  return [...pixels].flatMap(([id, own]) => {
    const known = own.filter((pixel) => !Number.isNaN(nearer[pixel])).length;
    const on = own.filter(isOn).length;
    return on > MOSTLY_IN_PLANE * known && on > MOST_OF_PLANE * all ? [id] : [];
  });
}

/** Whether the scene's main plane is the support's: at a wrist it may be that of the arm. */
export function showsSupport({ nearer, ids }: SmallView, supportIds: ReadonlySet<number>): boolean {
  let [on, own] = [0, 0];
  for (let pixel = 0; pixel < ids.length; pixel++) {
    if (!(Math.abs(nearer[pixel] ?? Number.NaN) < IN_PLANE)) continue;
    const id = ids[pixel] ?? 0;
    on += 1;
    if (id === 0 || supportIds.has(id)) own += 1;
  }
  return own > MOST_OF_PLANE * on;
}

/** Each of so many pixels; what was sampled before is small enough. */
function smaller(depth: DepthMap): DepthMap {
  const factor = Math.ceil(depth.width / MOST_COLUMNS);
  if (factor <= 1) return depth;
  const [width, height] = [Math.floor(depth.width / factor), Math.floor(depth.height / factor)];
  const depthM = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = (y * factor + (factor >> 1)) * depth.width + (factor >> 1);
    for (let x = 0; x < width; x++) depthM[y * width + x] = depth.depthM[row + x * factor] ?? 0;
  }
  return { width, height, depthM };
}

/** The id under the middle of each pixel. */
function sized(labels: LabelMap, width: number, height: number): Uint16Array {
  const ids = new Uint16Array(width * height);
  const columns = Uint32Array.from({ length: width }, (_, x) =>
    Math.floor(((x + 0.5) * labels.width) / width),
  );
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * labels.height) / height) * labels.width;
    for (let x = 0; x < width; x++) ids[y * width + x] = labels.ids[row + (columns[x] ?? 0)] ?? 0;
  }
  return ids;
}

const DRAWS = 60;
const SAMPLES = 500;
/** Of a plane that has such a share of them, least squares find what is left. */
const ENOUGH = 0.75;
/** Share of its distance that a point of the plane is off it. */
const ON_PLANE = 0.015;
/** Three samples that are nearly in a line tell no plane, square pixels. */
const LEAST_AREA = 50;

/**
 * The inverse depth of a plane is linear in the image, so that nothing has to be known of the lens.
 * Without it the rows of a table that is seen aslant would look like steps.
 */
function mainPlane(depthM: Float32Array, width: number): InversePlane | undefined {
  const samples: InverseSample[] = [];
  const stride = oddStride(depthM, SAMPLES);
  for (let i = 0; i < depthM.length; i += stride) {
    const depth = depthM[i] ?? 0;
    if (depth > 0) samples.push([i % width, Math.floor(i / width), 1 / depth]);
  }
  if (samples.length < SAMPLES / 10) return undefined;
  const best = drawPlane(samples, {
    draws: DRAWS,
    enough: ENOUGH * samples.length,
    within: ON_PLANE,
    moreThan: 0,
    leastArea: LEAST_AREA,
  });
  return best && refined(best, samples);
}

/** Least squares on the samples that are on it. */
function refined(plane: InversePlane, samples: readonly InverseSample[]): InversePlane {
  const sums = [0, 1, 2].map(() => new Float64Array(3));
  const right = new Float64Array(3);
  for (const [x, y, inverse] of samples) {
    if (Math.abs(plane[0] * x + plane[1] * y + plane[2] - inverse) > ON_PLANE * inverse) continue;
    const row = [x, y, 1];
    sums.forEach((sum, j) => {
      const at = row[j] ?? 0;
      right[j] = (right[j] ?? 0) + at * inverse;
      row.forEach((value, k) => {
        sum[k] = (sum[k] ?? 0) + at * value;
      });
    });
  }
  const inverse = inverted(sums);
  if (!inverse) return plane;
  const [a = 0, b = 0, c = 0] = inverse.map((row) =>
    row.reduce((sum, value, k) => sum + value * (right[k] ?? 0), 0),
  );
  return [a, b, c];
}

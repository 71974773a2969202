import { type CameraInfo, type RgbImage, scaleCameraInfo } from "../../camera/index.js";
import type { ModelConfig } from "./Weights.js";

/** Pinhole intrinsics in pixels of one picture; pixel centres at whole coordinates. */
export interface PictureLens {
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  /** Whether a CameraInfo said so, or they are the usual ones. */
  readonly isKnown: boolean;
}

/** An image as the model sees it, and the way back to the image's own pixels. */
export interface Picture {
  /** Packed RGB, of the model's size. */
  readonly pixels: Uint8Array;
  readonly lens: PictureLens;
  /**
   * ln of how much the image may have been squashed or stretched: that of its aspect ratio against
   * the model's where no CameraInfo says that its pixels are square, else 0.
   */
  readonly mayBeStretched: number;
  /** Where the image is in the picture, beside the grey; pixels. */
  readonly inside: Place & { readonly columns: number; readonly rows: number };
  /** A place in the picture, in pixels of the image it was made of. */
  toImage(u: number, v: number): [u: number, v: number];
}

type PictureSize = Pick<ModelConfig, "width" | "height" | "focal_widths_unless_known">;

/** What stands where the image ends: the model was trained with it. */
const GREY = 114;

/**
 * How far focal lengths of square pixels may differ, ln: calibrations of real cameras do by a
 * percent or so.
 */
const SQUARE = 0.02;

/**
 * An image fitted into the model's picture: shrunk or enlarged with the shape of things kept, grey
 * beside it; the intrinsics follow. Where `info` says that pixels are not square (the image was
 * squashed or stretched), that is undone: the model has only seen square ones.
 *
 * @throws CameraModelError if `info` is of another image
 */
export function fitPicture(
  image: RgbImage,
  info: CameraInfo | undefined,
  { width, height, focal_widths_unless_known: focalWidths }: PictureSize,
): Picture {
  const known = info && scaleCameraInfo(info, image.width, image.height);
  const stretch = known ? known.fx / known.fy : 1;
  // How high a pixel is, in its widths.
  const tall = Math.abs(Math.log(stretch)) > SQUARE ? stretch : 1;
  const scale = Math.min(width / image.width, height / (image.height * tall));
  const columns = Math.max(1, Math.round(image.width * scale));
  const rows = Math.max(1, Math.round(image.height * tall * scale));
  const left = (width - columns) >> 1;
  const top = (height - rows) >> 1;
  const [scaleX, scaleY] = [columns / image.width, rows / image.height];
  // A pixel's centre is half a pixel from its edge, before and after.
  const toPicture = (at: number, scale: number, offset: number) =>
    (at + 0.5) * scale - 0.5 + offset;
  const toImage = (at: number, scale: number, offset: number) => (at - offset + 0.5) / scale - 0.5;
  const focal = focalWidths * width;
  const place = { width, height, left, top };
  return {
    pixels: padded(resizeByArea(image, columns, rows), place),
    inside: { ...place, columns, rows },
    lens: known
      ? {
          fx: known.fx * scaleX,
          fy: known.fy * scaleY,
          cx: toPicture(known.cx, scaleX, left),
          cy: toPicture(known.cy, scaleY, top),
          isKnown: true,
        }
      : { fx: focal, fy: focal, cx: (width - 1) / 2, cy: (height - 1) / 2, isKnown: false },
    mayBeStretched: known ? 0 : Math.abs(Math.log((image.width * height) / (image.height * width))),
    toImage: (u, v) => [toImage(u, scaleX, left), toImage(v, scaleY, top)],
  };
}

interface Place {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

function padded(image: RgbImage, { width, height, left, top }: Place): Uint8Array {
  if (image.width === width && image.height === height) return image.data;
  const pixels = new Uint8Array(3 * width * height).fill(GREY);
  const stride = 3 * image.width;
  for (let row = 0; row < image.height; row++) {
    const line = image.data.subarray(row * stride, (row + 1) * stride);
    pixels.set(line, 3 * ((top + row) * width + left));
  }
  return pixels;
}

/** Of each output sample along one axis: its first source sample and its weights, which sum to 1. */
interface Taps {
  readonly first: Int32Array;
  readonly weights: readonly Float32Array[];
}

/**
 * An image of another size, packed RGB. Each axis that shrinks is averaged over the area that a
 * pixel covers (what the embedded model was trained on); one that grows is interpolated linearly.
 */
export function resizeByArea(image: RgbImage, width: number, height: number): RgbImage {
  if (image.width === width && image.height === height) return image;
  const factor = image.width / width;
  if (factor === 2 && image.height === 2 * height) return byHalf(image);
  return byTaps(image, width, height);
}

/** 640x480 to the model's 320x240, a robot's usual case: ten times as fast as in general. */
function byHalf({ width, height, data }: RgbImage): RgbImage {
  const out = new Uint8Array((3 * width * height) / 4);
  const stride = 3 * width;
  let to = 0;
  for (let top = 0; top < data.length; top += 2 * stride) {
    for (let at = top; at < top + stride; at += 6) {
      const below = at + stride;
      out[to++] = (data[at]! + data[at + 3]! + data[below]! + data[below + 3]! + 2) >> 2;
      out[to++] = (data[at + 1]! + data[at + 4]! + data[below + 1]! + data[below + 4]! + 2) >> 2;
      out[to++] = (data[at + 2]! + data[at + 5]! + data[below + 2]! + data[below + 5]! + 2) >> 2;
    }
  }
  return { width: width / 2, height: height / 2, data: out };
}

function byTaps(image: RgbImage, width: number, height: number): RgbImage {
  const columns = tapsOf(image.width, width);
  const rows = tapsOf(image.height, height);
  const stride = 3 * image.width;
  const out = new Uint8ClampedArray(3 * width * height);
  const line = new Float32Array(stride);
  let to = 0;
  for (let row = 0; row < height; row++) {
    const weights = rows.weights[row]!;
    line.fill(0);
    for (let tap = 0; tap < weights.length; tap++) {
      addScaled(line, image.data, (rows.first[row]! + tap) * stride, weights[tap]!);
    }
    for (let column = 0; column < width; column++) {
      const weights = columns.weights[column]!;
      let red = 0;
      let green = 0;
      let blue = 0;
      let at = 3 * columns.first[column]!;
      for (let tap = 0; tap < weights.length; tap++, at += 3) {
        const weight = weights[tap]!;
        red += weight * line[at]!;
        green += weight * line[at + 1]!;
        blue += weight * line[at + 2]!;
      }
      out[to++] = red;
      out[to++] = green;
      out[to++] = blue;
    }
  }
  return { width, height, data: new Uint8Array(out.buffer) };
}

function addScaled(line: Float32Array, data: Uint8Array, from: number, weight: number): void {
  for (let at = 0; at < line.length; at++) line[at]! += weight * data[from + at]!;
}

function tapsOf(from: number, to: number): Taps {
  const scale = from / to;
  const first = new Int32Array(to);
  const weights: Float32Array[] = [];
  for (let index = 0; index < to; index++) {
    const spans = scale > 1 ? covered(index, scale, from) : between(index, scale, from);
    first[index] = spans.first;
    const sum = spans.weights.reduce((a, b) => a + b, 0);
    weights.push(Float32Array.from(spans.weights, (weight) => weight / sum));
  }
  return { first, weights };
}

/** How much of each source sample lies under an output sample. */
function covered(index: number, scale: number, from: number) {
  const start = index * scale;
  const end = Math.min(from, start + scale);
  const first = Math.floor(start);
  const weights: number[] = [];
  for (let at = first; at < end; at++) weights.push(Math.min(end, at + 1) - Math.max(start, at));
  return { first, weights };
}

/** The two source samples around an output sample's centre. */
function between(index: number, scale: number, from: number) {
  const center = Math.min(from - 1, Math.max(0, (index + 0.5) * scale - 0.5));
  const first = Math.min(Math.floor(center), Math.max(0, from - 2));
  const share = center - first;
  return { first, weights: from === 1 ? [1] : [1 - share, share] };
}

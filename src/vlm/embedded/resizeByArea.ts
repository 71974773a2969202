import type { RgbImage } from "../../camera/index.js";

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
  if (Number.isInteger(factor) && image.height === height * factor) return byBlocks(image, factor);
  return byTaps(image, width, height);
}

/** By a whole factor: three times as fast as in general. */
function byBlocks({ width, height, data }: RgbImage, factor: number): RgbImage {
  const columns = width / factor;
  const rows = height / factor;
  const out = new Uint8Array(3 * columns * rows);
  const stride = 3 * width;
  const count = factor * factor;
  const half = count >> 1;
  let to = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let red = half;
      let green = half;
      let blue = half;
      let line = factor * (row * stride + 3 * column);
      for (let y = 0; y < factor; y++, line += stride) {
        for (let at = line; at < line + 3 * factor; at += 3) {
          red += data[at]!;
          green += data[at + 1]!;
          blue += data[at + 2]!;
        }
      }
      out[to++] = red / count;
      out[to++] = green / count;
      out[to++] = blue / count;
    }
  }
  return { width: columns, height: rows, data: out };
}

function byTaps(image: RgbImage, width: number, height: number): RgbImage {
  const columns = tapsOf(image.width, width);
  const rows = tapsOf(image.height, height);
  const stride = 3 * image.width;
  const out = new Uint8ClampedArray(3 * width * height);
  const line = new Float32Array(stride);
  let to = 0;
  for (let row = 0; row < height; row++) {
    line.fill(0);
    rows.weights[row]!.forEach((weight, tap) => {
      const from = (rows.first[row]! + tap) * stride;
      for (let at = 0; at < stride; at++) line[at]! += weight * image.data[from + at]!;
    });
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

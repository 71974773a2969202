import { ImageSizeError } from "./FrameError.js";
import type { RawImage } from "./SourceImage.js";

/** How an encoding lies in memory. */
export interface RowLayout {
  /** Bytes of one row without padding. */
  readonly rowBytes: (width: number) => number;
  /** Rows of `step` bytes in an image of this height; more than `height` for planar encodings. */
  readonly rows: (height: number) => number;
}

export function packedLayout(bytesPerPixel: number): RowLayout {
  return { rowBytes: (width) => width * bytesPerPixel, rows: (height) => height };
}

/** What is wrong with the sizes of a raw image of this layout; undefined when nothing is. */
export function rawSizeFault(image: RawImage, { rowBytes, rows }: RowLayout): string | undefined {
  const { width, height, step, encoding, data } = image;
  const name = `${encoding} image of ${width}x${height}`;
  if (width < 1 || height < 1) return `${name}: empty`;
  const least = rowBytes(width);
  if (step < least) return `${name}: a row needs ${least} bytes, but step is ${step}`;
  const count = rows(height);
  const expected = count * step;
  // Some drivers leave out the padding of the last row.
  const withoutPadding = expected - (step - least);
  if (data.length === expected || data.length === withoutPadding) return undefined;
  const state = data.length < expected ? "cut off" : "too long";
  return `${name}: ${state}: ${data.length} bytes, but ${count} rows of step ${step} are ${expected}`;
}

/** @throws ImageSizeError where step, height and the number of bytes contradict each other. */
export function checkRawSize(image: RawImage, layout: RowLayout): void {
  const fault = rawSizeFault(image, layout);
  if (fault !== undefined) throw new ImageSizeError(fault);
}

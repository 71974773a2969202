import { COLOR_WORDS, type ColorWord, colorWordOf, shareNamed } from "../../language/index.js";
import type { Box } from "./placements.js";

/** Around a box, so much of its sides: what is there is not the thing. */
const RING = 0.3;
/** Of a box, so much has to lie in the picture to be judged, and so many of its pixels. */
const LEAST_INSIDE = 0.5;
const LEAST_PIXELS = 12;

const INDICES = new Map(COLOR_WORDS.map((word, i) => [word, i]));

interface Counts {
  /** By index in COLOR_WORDS. */
  readonly counts: readonly number[];
  readonly pixels: number;
}

/** How many pixels of each colour word are in any box of a picture, whatever its size. */
export class ColorBoxes {
  readonly #width: number;
  readonly #height: number;
  /** Counts in the box from the upper left corner to each pixel, by word. */
  readonly #sums: readonly Int32Array[];

  constructor({ width, height, data }: { width: number; height: number; data: Uint8Array }) {
    this.#width = width;
    this.#height = height;
    const stride = width + 1;
    this.#sums = COLOR_WORDS.map(() => new Int32Array(stride * (height + 1)));
    const row = new Int32Array(COLOR_WORDS.length);
    for (let y = 0; y < height; y++) {
      row.fill(0);
      for (let x = 0; x < width; x++) {
        const at = 3 * (y * width + x);
        const word = colorWordOf(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
        const index = INDICES.get(word) ?? 0;
        row[index] = (row[index] ?? 0) + 1;
        this.#sums.forEach((sums, i) => {
          sums[(y + 1) * stride + x + 1] = (sums[y * stride + x + 1] ?? 0) + (row[i] ?? 0);
        });
      }
    }
  }

  /** Shares of the words in a box; undefined where hardly any of it is in the picture. */
  sharesIn(box: Box): ReadonlyMap<ColorWord, number> | undefined {
    const inside = this.#countsIn(box, LEAST_INSIDE);
    return inside && sharesOf(inside);
  }

  /**
   * How well a box fits what it shows, 0 to 1: by how much there is more of a colour in it than around
   * it; without a colour, by how much the colours differ.
   */
  fit(box: Box, color: ColorWord | undefined): number {
    const inside = this.#countsIn(box, LEAST_INSIDE);
    const [left, top, right, bottom] = box;
    const [x, y] = [RING * (right - left), RING * (bottom - top)];
    const outer = inside && this.#countsIn([left - x, top - y, right + x, bottom + y], 0);
    if (!outer || outer.pixels <= inside.pixels) return 0;
    const ring: Counts = {
      counts: outer.counts.map((count, word) => count - (inside.counts[word] ?? 0)),
      pixels: outer.pixels - inside.pixels,
    };
    if (color !== undefined) {
      const own = shareNamed(sharesOf(inside), color);
      return Math.max(0, own - shareNamed(sharesOf(ring), color));
    }
    const apart = inside.counts.reduce(
      (sum, count, word) =>
        sum + Math.abs(count / inside.pixels - (ring.counts[word] ?? 0) / ring.pixels),
      0,
    );
    return apart / 2;
  }

  #countsIn([left, top, right, bottom]: Box, leastInside: number): Counts | undefined {
    const clip = (value: number, most: number) => Math.min(most, Math.max(0, Math.round(value)));
    const [x0, x1] = [clip(left, this.#width), clip(right, this.#width)];
    const [y0, y1] = [clip(top, this.#height), clip(bottom, this.#height)];
    const pixels = (x1 - x0) * (y1 - y0);
    const whole = (right - left) * (bottom - top);
    if (!(pixels >= LEAST_PIXELS && pixels >= leastInside * whole)) return undefined;
    const stride = this.#width + 1;
    const counts = this.#sums.map(
      (sums) =>
        (sums[y1 * stride + x1] ?? 0) -
        (sums[y0 * stride + x1] ?? 0) -
        (sums[y1 * stride + x0] ?? 0) +
        (sums[y0 * stride + x0] ?? 0),
    );
    return { counts, pixels };
  }
}

function sharesOf({ counts, pixels }: Counts): Map<ColorWord, number> {
  const shares = new Map<ColorWord, number>();
  COLOR_WORDS.forEach((word, i) => {
    const count = counts[i] ?? 0;
    if (count > 0) shares.set(word, count / pixels);
  });
  return shares;
}

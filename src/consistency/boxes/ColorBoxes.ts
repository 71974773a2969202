import type { PixelBox } from "../../camera/index.js";
import { COLOR_WORDS, type ColorWord, colorWordOf, shareNamed } from "../../language/index.js";

/** Around a box, so much of its sides: what is there is not the thing. */
const RING = 0.3;
/** Of a box, so much has to lie in the picture to be judged, and so many of its pixels. */
const LEAST_INSIDE = 0.5;
const LEAST_PIXELS = 12;

const INDICES = new Map(COLOR_WORDS.map((word, i) => [word, i]));

/** A box in whole pixels of the picture. */
interface Rect {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
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
  sharesIn(box: PixelBox): ReadonlyMap<ColorWord, number> | undefined {
    const inside = this.#rectOf(box, LEAST_INSIDE);
    if (!inside) return undefined;
    return new Map(
      COLOR_WORDS.map((word, i) => [word, this.#count(i, inside) / inside.pixels] as const),
    );
  }

  /**
   * How well a box fits what it shows, 0 to 1: by how much there is more of a colour in it than around
   * it; without a colour, by how much the colours differ.
   */
  fit(box: PixelBox, color: ColorWord | undefined): number {
    const inside = this.#rectOf(box, LEAST_INSIDE);
    const [left, top, right, bottom] = box;
    const [x, y] = [RING * (right - left), RING * (bottom - top)];
    const outer = inside && this.#rectOf([left - x, top - y, right + x, bottom + y], 0);
    const ringPixels = outer ? outer.pixels - inside.pixels : 0;
    if (!outer || ringPixels <= 0) return 0;
    const within = (i: number) => this.#count(i, inside) / inside.pixels;
    const around = (i: number) => (this.#count(i, outer) - this.#count(i, inside)) / ringPixels;
    if (color === undefined) {
      const apart = COLOR_WORDS.reduce((sum, _, i) => sum + Math.abs(within(i) - around(i)), 0);
      return apart / 2;
    }
    const shares = (of: (i: number) => number) => ({
      get: (word: ColorWord) => of(INDICES.get(word) ?? 0),
    });
    const own = shareNamed(shares(within), color);
    return own === 0 ? 0 : Math.max(0, own - shareNamed(shares(around), color));
  }

  #rectOf([left, top, right, bottom]: PixelBox, leastInside: number): Rect | undefined {
    const clip = (value: number, most: number) => Math.min(most, Math.max(0, Math.round(value)));
    const [x0, x1] = [clip(left, this.#width), clip(right, this.#width)];
    const [y0, y1] = [clip(top, this.#height), clip(bottom, this.#height)];
    const pixels = (x1 - x0) * (y1 - y0);
    const whole = (right - left) * (bottom - top);
    if (!(pixels >= LEAST_PIXELS && pixels >= leastInside * whole)) return undefined;
    return { x0, y0, x1, y1, pixels };
  }

  /** Of the word with an index, in a box. */
  #count(index: number, { x0, y0, x1, y1 }: Rect): number {
    const sums = this.#sums[index];
    const stride = this.#width + 1;
    const at = (x: number, y: number) => sums?.[y * stride + x] ?? 0;
    return at(x1, y1) - at(x1, y0) - at(x0, y1) + at(x0, y0);
  }
}

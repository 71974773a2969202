import type { PixelBox } from "../../camera/index.js";
import { COLOR_WORDS, type ColorWord, colorWordOf, shareNamed } from "../../language/index.js";

/** Around a box, so much of its sides: what is there is not the thing. */
const RING = 0.3;
/** Of a box, so much has to lie in the picture to be judged, and so many of its pixels. */
const LEAST_INSIDE = 0.5;
const LEAST_PIXELS = 12;

const WORDS = COLOR_WORDS.length;
const INDICES = new Map(COLOR_WORDS.map((word, i) => [word, i]));

/** A box in whole pixels of the picture, by where the counts up to its corners begin. */
interface Rect {
  readonly upperLeft: number;
  readonly upperRight: number;
  readonly lowerLeft: number;
  readonly lowerRight: number;
  readonly pixels: number;
}

/** How many pixels of each colour word are in any box of a picture, whatever its size. */
export class ColorBoxes {
  readonly #width: number;
  readonly #height: number;
  /** Counts in the box from the upper left corner to each pixel: of all words, pixel by pixel. */
  readonly #sums: Int32Array;

  constructor({ width, height, data }: { width: number; height: number; data: Uint8Array }) {
    this.#width = width;
    this.#height = height;
    const stride = WORDS * (width + 1);
    const sums = new Int32Array(stride * (height + 1));
    const row = new Int32Array(WORDS);
    for (let y = 0; y < height; y++) {
      row.fill(0);
      for (let x = 0; x < width; x++) {
        const at = 3 * (y * width + x);
        const word = colorWordOf(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
        const index = INDICES.get(word) ?? 0;
        row[index] = (row[index] ?? 0) + 1;
        const above = y * stride + (x + 1) * WORDS;
        for (let i = 0; i < WORDS; i++)
          sums[above + stride + i] = (sums[above + i] ?? 0) + (row[i] ?? 0);
      }
    }
    this.#sums = sums;
  }

  /** Shares of the words in a box; undefined where hardly any of it is in the picture. */
  sharesIn(box: PixelBox): ReadonlyMap<ColorWord, number> | undefined {
    const inside = this.#rectOf(box, LEAST_INSIDE);
    if (!inside) return undefined;
    return new Map(
      COLOR_WORDS.map((word, i) => [word, countIn(this.#sums, inside, i) / inside.pixels] as const),
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
    if (!outer || outer.pixels <= inside.pixels) return 0;
    const within = new Shares(this.#sums, inside);
    const around = new Shares(this.#sums, outer, inside);
    if (color === undefined) {
      let apart = 0;
      for (let i = 0; i < WORDS; i++) apart += Math.abs(within.at(i) - around.at(i));
      return apart / 2;
    }
    const own = shareNamed(within, color);
    return own === 0 ? 0 : Math.max(0, own - shareNamed(around, color));
  }

  #rectOf([left, top, right, bottom]: PixelBox, leastInside: number): Rect | undefined {
    const [x0, x1] = [clip(left, this.#width), clip(right, this.#width)];
    const [y0, y1] = [clip(top, this.#height), clip(bottom, this.#height)];
    const pixels = (x1 - x0) * (y1 - y0);
    const whole = (right - left) * (bottom - top);
    if (!(pixels >= LEAST_PIXELS && pixels >= leastInside * whole)) return undefined;
    const [upper, lower] = [y0 * (this.#width + 1), y1 * (this.#width + 1)];
    return {
      upperLeft: WORDS * (upper + x0),
      upperRight: WORDS * (upper + x1),
      lowerLeft: WORDS * (lower + x0),
      lowerRight: WORDS * (lower + x1),
      pixels,
    };
  }
}

/** Of the colour words in a box, or in the ring between one and another inside it. */
class Shares {
  readonly #sums: Int32Array;
  readonly #outer: Rect;
  readonly #inner: Rect | undefined;
  readonly #pixels: number;

  constructor(sums: Int32Array, outer: Rect, inner?: Rect) {
    this.#sums = sums;
    this.#outer = outer;
    this.#inner = inner;
    this.#pixels = outer.pixels - (inner?.pixels ?? 0);
  }

  get(word: ColorWord): number {
    return this.at(INDICES.get(word) ?? 0);
  }

  /** Of the word with an index. */
  at(index: number): number {
    const inner = this.#inner ? countIn(this.#sums, this.#inner, index) : 0;
    return (countIn(this.#sums, this.#outer, index) - inner) / this.#pixels;
  }
}

/** Of the word with an index, in a box. */
function countIn(sums: Int32Array, box: Rect, index: number): number {
  return (
    (sums[box.lowerRight + index] ?? 0) -
    (sums[box.upperRight + index] ?? 0) -
    (sums[box.lowerLeft + index] ?? 0) +
    (sums[box.upperLeft + index] ?? 0)
  );
}

/** The nearest whole pixel of a side. */
function clip(value: number, most: number): number {
  return Math.min(most, Math.max(0, Math.round(value)));
}

import { decodeLabels, type RawImage } from "../../camera/index.js";

/** How far labels are moved to the right and down, pixels. */
export interface LabelShift {
  readonly x: number;
  readonly y: number;
}

/** Where each instance id lies in a label image: its pixels, at the depth image's size. */
export class LabelIndex {
  /** Pixel numbers, sorted by id, ascending within an id. */
  readonly #pixels: Uint32Array;
  /** Start of each id's pixels. */
  readonly #starts: Uint32Array;
  /** Of each pixel. */
  readonly #ids: Uint16Array;
  readonly #width: number;

  /** @throws FrameError if the label image cannot be read. */
  static of(labels: RawImage, width: number, height: number): LabelIndex {
    return new LabelIndex(resized(decodeLabels(labels), width, height), width);
  }

  private constructor(ids: Uint16Array, width: number) {
    this.#ids = ids;
    this.#width = width;
    let largest = 0;
    for (let i = 0; i < ids.length; i++) if (ids[i]! > largest) largest = ids[i]!;
    const starts = new Uint32Array(largest + 2);
    // Run by run: an image has hundreds of thousands of pixels, and a few thousand runs.
    for (let i = 0; i < ids.length; ) {
      const [id, from] = [ids[i]!, i];
      while (i < ids.length && ids[i] === id) i += 1;
      starts[id + 1]! += i - from;
    }
    for (let id = 0; id <= largest; id++) starts[id + 1]! += starts[id]!;
    const next = starts.slice();
    const pixels = new Uint32Array(ids.length);
    for (let i = 0; i < ids.length; ) {
      const id = ids[i]!;
      let at = next[id]!;
      for (; i < ids.length && ids[i] === id; i++) pixels[at++] = i;
      next[id] = at;
    }
    this.#pixels = pixels;
    this.#starts = starts;
  }

  /** Pixels of an id, ascending: `y · width + x`. */
  pixelsOf(id: number): Uint32Array {
    const from = this.#starts[id] ?? 0;
    return this.#pixels.subarray(from, Math.max(from, this.#starts[id + 1] ?? 0));
  }

  /** The same labels, all moved alike. */
  moved({ x, y }: LabelShift): LabelIndex {
    const width = this.#width;
    const height = this.#ids.length / width;
    const ids = new Uint16Array(this.#ids.length);
    const [from, to] = [Math.max(0, x), Math.min(width, width + x)];
    for (let row = Math.max(0, y); row < Math.min(height, height + y); row++) {
      const start = (row - y) * width;
      ids.set(this.#ids.subarray(start + from - x, start + to - x), row * width + from);
    }
    return new LabelIndex(ids, width);
  }

  /**
   * The same labels, each moved by itself. Where two fall on one pixel, it is the nearer one's, by what lies in
   * the middle of each.
   */
  movedEach(
    shiftOf: (id: number) => LabelShift,
    distanceAt: (pixel: number, id: number) => number,
  ): LabelIndex {
    const width = this.#width;
    const height = this.#ids.length / width;
    const moved = this.ids().map((id) => {
      const { x, y } = shiftOf(id);
      const pixels = this.pixelsOf(id).filter((pixel) => {
        const [column, row] = [(pixel % width) + x, Math.floor(pixel / width) + y];
        return column >= 0 && column < width && row >= 0 && row < height;
      });
      const by = y * width + x;
      return { id, pixels, by, distance: distanceAt((pixels[pixels.length >> 1] ?? 0) + by, id) };
    });
    moved.sort((a, b) => b.distance - a.distance);
    const ids = new Uint16Array(this.#ids.length);
    for (const { id, pixels, by } of moved) for (const pixel of pixels) ids[pixel + by] = id;
    return new LabelIndex(ids, width);
  }

  /** The id of a pixel; 0 is background. */
  idAt(pixel: number): number {
    return this.#ids[pixel] ?? 0;
  }

  /** The ids that occur, background (0) left out. */
  ids(): number[] {
    const found: number[] = [];
    for (let id = 1; id < this.#starts.length - 1; id++)
      if (this.#starts[id + 1]! > this.#starts[id]!) found.push(id);
    return found;
  }

  /** The first of these ids, in words. */
  idsInWords(): string {
    const ids = this.ids();
    if (ids.length === 0) return "only 0";
    return `ids ${ids.slice(0, 12).join(", ")}${ids.length > 12 ? ", …" : ""}`;
  }
}

interface Ids {
  readonly width: number;
  readonly height: number;
  readonly ids: Uint16Array;
}

/** The id under the middle of each pixel of an image of another size. */
function resized(
  { width: fromWidth, height: fromHeight, ids }: Ids,
  width: number,
  height: number,
) {
  if (fromWidth === width && fromHeight === height) return ids;
  const sized = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * fromHeight) / height) * fromWidth;
    for (let x = 0; x < width; x++)
      sized[y * width + x] = ids[row + Math.floor(((x + 0.5) * fromWidth) / width)]!;
  }
  return sized;
}

import type { RgbImage } from "../../../camera/index.js";
import { type ColorWord, colorWordOf } from "../../../language/index.js";
import type { DepthGrid } from "./DepthGrid.js";

/** Cells that show a thing's colours roughly. */
const FEW = 200;
/** Steps of each colour channel. */
const STEPS = 5;

/** How a thing looks: its colours, by which it is known again. */
export interface Look {
  /** Shares of the bins of a colour histogram. */
  readonly bins: Float32Array;
  /** Shares of colour words. */
  readonly words: ReadonlyMap<ColorWord, number>;
}

/** Pixels of a colour image at the cells of a grid of depth. */
export class GridColors {
  readonly #image: RgbImage;
  readonly #grid: DepthGrid;
  readonly #scaleX: number;
  readonly #scaleY: number;

  constructor(image: RgbImage, grid: DepthGrid, depthWidth: number, depthHeight: number) {
    this.#image = image;
    this.#grid = grid;
    this.#scaleX = image.width / depthWidth;
    this.#scaleY = image.height / depthHeight;
  }

  lookOf(cells: Uint32Array): Look {
    const bins = new Float32Array(STEPS ** 3);
    const counts = new Map<ColorWord, number>();
    // Few hundred pixels show the colours.
    const stride = Math.max(1, Math.floor(cells.length / 400));
    let n = 0;
    for (let i = 0; i < cells.length; i += stride, n++) {
      const at = this.#at(cells[i]!);
      const { data } = this.#image;
      const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!];
      bins[binOf(red, green, blue)]! += 1;
      const word = colorWordOf(red, green, blue);
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    for (let bin = 0; bin < bins.length; bin++) bins[bin]! /= Math.max(1, n);
    const words = new Map([...counts].map(([word, count]) => [word, count / Math.max(1, n)]));
    return { bins, words };
  }

  /** As `lookOf` tells them, of fewer cells: without the words it costs a third. */
  binsOf(cells: Uint32Array): Float32Array {
    const bins = new Float32Array(STEPS ** 3);
    const stride = Math.max(1, Math.floor(cells.length / FEW));
    const share = 1 / Math.max(1, Math.ceil(cells.length / stride));
    for (let i = 0; i < cells.length; i += stride) {
      const bin = this.binAt(cells[i] ?? 0);
      bins[bin] = (bins[bin] ?? 0) + share;
    }
    return bins;
  }

  binAt(cell: number): number {
    const at = this.#at(cell);
    const { data } = this.#image;
    return binOf(data[at]!, data[at + 1]!, data[at + 2]!);
  }

  /** Writes a cell's red, green and blue to a place of an array. */
  copyRgb(cell: number, to: Uint8Array, place: number): void {
    const at = this.#at(cell);
    const { data } = this.#image;
    to[place] = data[at] ?? 0;
    to[place + 1] = data[at + 1] ?? 0;
    to[place + 2] = data[at + 2] ?? 0;
  }

  #at(cell: number): number {
    const { width, step } = this.#grid;
    const column = cell % width;
    const row = (cell - column) / width;
    const x = Math.min(this.#image.width - 1, Math.floor((column * step + 0.5) * this.#scaleX));
    const y = Math.min(this.#image.height - 1, Math.floor((row * step + 0.5) * this.#scaleY));
    return 3 * (y * this.#image.width + x);
  }
}

/** Colour and, coarser, lightness: shadows change that. */
function binOf(red: number, green: number, blue: number): number {
  const sum = red + green + blue + 1;
  const light = Math.min(STEPS - 1, Math.floor((STEPS * Math.max(red, green, blue)) / 256));
  // Chromaticities are about a third each: twice their range.
  return STEPS * STEPS * stepOf((1.6 * red) / sum) + STEPS * stepOf((1.6 * green) / sum) + light;
}

function stepOf(share: number): number {
  return Math.min(STEPS - 1, Math.floor(share * STEPS));
}

/** 0: nothing in common; 1: the same colours. Half by colour words, which shadows change less. */
export function likeness(a: Look, b: Look): number {
  let common = 0;
  for (let bin = 0; bin < a.bins.length; bin++) common += Math.min(a.bins[bin]!, b.bins[bin]!);
  for (const [word, share] of a.words) common += Math.min(share, b.words.get(word) ?? 0);
  return common / 2;
}

/** The look of a thing that is seen again: mostly as before. */
export function blended(before: Look, now: Look, share: number): Look {
  const mix = (a: number, b: number) => (1 - share) * a + share * b;
  const words = new Map<ColorWord, number>();
  for (const word of new Set([...before.words.keys(), ...now.words.keys()]))
    words.set(word, mix(before.words.get(word) ?? 0, now.words.get(word) ?? 0));
  return { bins: before.bins.map((value, bin) => mix(value, now.bins[bin]!)), words };
}

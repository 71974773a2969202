import type { PixelBox, RgbImage } from "../../camera/index.js";

/** Chromaticities (share of red, share of green) in steps of 1/100, and logarithms of light in steps of 0.12. */
const CHROMA_STEPS = 100;
const LIGHT_STEP = 0.12;
/** So many up to white. */
const LIGHT_STEPS = 56;
/** Cells that an image is divided into, each way. */
const CELLS = 12;
/** A colour is the support's, or of what is behind all things, if it is seen in so many of the cells. */
const WIDESPREAD = 0.12;
/** A colour is seen in a cell if so many of its pixels have it. */
const LEAST_SHARE = 0.01;
/** A shadow makes a colour darker by at most so many steps of light, and the lamp brighter. */
const SHADOW_STEPS = 5;
const BRIGHT_STEPS = 2;

/**
 * The colours of a support: those that are seen all over an image outside of the boxes. A shadow on it has the
 * same chromaticity and less light.
 */
export class SupportColors {
  /** 1 for a colour that is the support's, also in a shadow. */
  readonly #isLike = new Uint8Array(CHROMA_STEPS * CHROMA_STEPS * LIGHT_STEPS);

  constructor({ width, height, data }: RgbImage, boxes: readonly PixelBox[]) {
    const isThings = new Uint8Array(width * height);
    for (const [left, top, right, bottom] of boxes)
      for (let v = Math.max(0, Math.floor(top)); v < Math.min(height, bottom); v++)
        isThings.fill(
          1,
          v * width + Math.max(0, Math.floor(left)),
          v * width + Math.max(0, Math.min(width, Math.ceil(right))),
        );
    const seenIn = new Map<number, number>();
    let cells = 0;
    for (let cell = 0; cell < CELLS * CELLS; cell++) {
      const [column, row] = [cell % CELLS, Math.floor(cell / CELLS)];
      const counts = new Map<number, number>();
      let count = 0;
      for (let v = Math.floor((row * height) / CELLS); v < ((row + 1) * height) / CELLS; v += 2)
        for (
          let u = Math.floor((column * width) / CELLS);
          u < ((column + 1) * width) / CELLS;
          u += 2
        ) {
          const pixel = v * width + u;
          if (isThings[pixel]) continue;
          const color = colorOf(data, 3 * pixel);
          counts.set(color, (counts.get(color) ?? 0) + 1);
          count++;
        }
      if (count === 0) continue;
      cells++;
      for (const [color, some] of counts)
        if (some >= LEAST_SHARE * count) seenIn.set(color, (seenIn.get(color) ?? 0) + 1);
    }
    for (const [color, some] of seenIn) if (some >= WIDESPREAD * cells) this.#allow(color);
  }

  /** 1 for each pixel that is unlike the support. */
  unlike({ width, height, data }: RgbImage): Uint8Array {
    const found = new Uint8Array(width * height);
    for (let i = 0; i < found.length; i++) found[i] = this.#isLike[colorOf(data, 3 * i)] ? 0 : 1;
    return found;
  }

  #allow(color: number): void {
    const light = color % LIGHT_STEPS;
    const chroma = (color - light) / LIGHT_STEPS;
    const [red, green] = [Math.floor(chroma / CHROMA_STEPS), chroma % CHROMA_STEPS];
    for (let r = Math.max(0, red - 1); r <= Math.min(CHROMA_STEPS - 1, red + 1); r++)
      for (let g = Math.max(0, green - 1); g <= Math.min(CHROMA_STEPS - 1, green + 1); g++)
        for (
          let l = Math.max(0, light - SHADOW_STEPS);
          l <= Math.min(LIGHT_STEPS - 1, light + BRIGHT_STEPS);
          l++
        )
          this.#isLike[(r * CHROMA_STEPS + g) * LIGHT_STEPS + l] = 1;
  }
}

/** The step of light of each sum of red, green and blue. */
const LIGHTS = Uint8Array.from({ length: 3 * 256 }, (_, sum) =>
  Math.floor(Math.log(sum + 3) / LIGHT_STEP),
);

/** The number of a pixel's colour. */
function colorOf(data: Uint8Array, at: number): number {
  const [r, g, b] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
  const sum = r + g + b + 3;
  const red = Math.floor((CHROMA_STEPS * (r + 1)) / sum);
  const green = Math.floor((CHROMA_STEPS * (g + 1)) / sum);
  return (red * CHROMA_STEPS + green) * LIGHT_STEPS + (LIGHTS[r + g + b] ?? 0);
}

import { escapeHtml } from "../base/index.js";

/** Mean width of a letter, in font sizes. */
const LETTER = 0.58;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Names and lengths, each put where it hides no other, as far as there is room. */
export class Labels {
  readonly #width: number;
  readonly #height: number;
  readonly #size: number;
  readonly #taken: Box[] = [];
  readonly #texts: string[] = [];

  constructor(width: number, height: number, size: number) {
    this.#width = width;
    this.#height = height;
    this.#size = size;
  }

  /** Above, below, right or left of what it names. */
  put(text: string, colour: string, { left, top, right, bottom }: Box): void {
    const size = this.#size;
    const length = text.length * size * LETTER;
    const pad = 0.3 * size;
    const candidates = [
      this.#box(left, top - pad - size, length),
      this.#box(left, bottom + pad, length),
      this.#box(right + pad, (top + bottom - size) / 2, length),
      this.#box(left - pad - length, (top + bottom - size) / 2, length),
      this.#box(left, bottom + pad + size, length),
      this.#box(left, top - pad - 2 * size, length),
    ];
    const free = candidates.find((box) => !this.#taken.some((other) => overlap(box, other)));
    const box = free ?? candidates[0]!;
    this.#taken.push(box);
    this.#texts.push(
      `<text x="${r(box.left)}" y="${r(box.bottom - 0.2 * size)}" font-size="${r(size)}" font-weight="600" ` +
        `fill="${colour}" stroke="#000" stroke-opacity="0.75" stroke-width="${r(0.24 * size)}" ` +
        `stroke-linejoin="round" paint-order="stroke">${escapeHtml(text)}</text>`,
    );
  }

  svg(): string {
    return this.#texts.join("");
  }

  /** Pushed inside the picture. */
  #box(x: number, y: number, length: number): Box {
    const left = Math.max(0, Math.min(x, this.#width - length));
    const top = Math.max(0, Math.min(y, this.#height - this.#size));
    return { left, top, right: left + length, bottom: top + this.#size };
  }
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Rounded: a tenth of a pixel shows. */
export function r(value: number): number {
  return Math.round(value * 10) / 10;
}

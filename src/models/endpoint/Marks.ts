import { escapeRegExp } from "../../base/index.js";
import { type CameraFrame, type JpegCanvas, type PixelBox, scaledBox } from "../../camera/index.js";
import type { ObjectRef, SpatialQuestion } from "../../language/index.js";
import { findRegions, type Region } from "./findRegions.js";

/** One object with its number. */
interface Mark {
  readonly n: number;
  readonly object: ObjectRef;
  readonly region: Region;
}

/** Bright colours of Okabe and Ito's set: over any picture, with a dark rim. */
const COLOURS = ["#f0e442", "#56b4e9", "#ff9f40", "#7de0b5", "#f2a3d0", "#ffffff"];

/**
 * Set-of-mark prompting: numbered boxes on the image around the objects that the questions are
 * about, and their numbers in the questions: "the red mug (box 2)".
 */
export class Marks {
  readonly #marks: readonly Mark[];

  /** @throws FrameError if the frame's label image cannot be read. */
  constructor(frame: CameraFrame, questions: readonly SpatialQuestion[]) {
    const objects = new Map<string, ObjectRef>();
    for (const question of questions) {
      if (question.kind === "open") continue;
      for (const object of [question.subject, question.object]) {
        if (object && !objects.has(object.name)) objects.set(object.name, object);
      }
    }
    const regions = findRegions(frame, [...objects.values()]);
    this.#marks = [...regions].map(([object, region], i) => ({ n: i + 1, object, region }));
  }

  /** The boxes as an SVG document; undefined if there is nothing to mark. */
  draw({ width, height, scale }: JpegCanvas): string | undefined {
    if (this.#marks.length === 0) return undefined;
    const boxes = this.#marks.map(({ region: { box, size } }) =>
      size
        ? scaledBox(box, width / size.width, height / size.height)
        : scaledBox(box, scale, scale),
    );
    return boxesSvg(boxes, width, height);
  }

  /** A question in words, with the numbers of the objects that have one. */
  wordsOf(question: SpatialQuestion): string {
    if (question.kind === "open") return question.text;
    return this.#marks.reduce((text, { n, object: { phrase } }) => {
      const at = text.toLowerCase().indexOf(phrase.toLowerCase());
      if (phrase === "" || at < 0) return text;
      const end = at + phrase.length;
      return `${text.slice(0, end)} (box ${n})${text.slice(end)}`;
    }, question.text);
  }

  /** An answer without numbers of boxes: by the objects' phrases, as the questions know them. */
  plain(text: string): string {
    return this.#marks.reduce((plain, { n, object: { phrase } }) => {
      const box = `\\(?\\b(?:box|mark|region|object)\\s*(?:number\\s*)?[#[(]?${n}\\b[\\])]*`;
      return plain
        .replace(new RegExp(`(${escapeRegExp(phrase)})\\s*${box}`, "gi"), "$1")
        .replace(new RegExp(`(?:\\bthe\\s+)?${box}`, "gi"), () => phrase);
    }, text);
  }
}

/**
 * Boxes with the numbers 1, 2, … as an SVG document; undefined where there are none.
 *
 * @param boxes left, top, right, bottom in pixels of the image as it came
 */
export function numberedBoxes(
  boxes: readonly PixelBox[],
  { width, height, scale }: JpegCanvas,
): string | undefined {
  if (boxes.length === 0) return undefined;
  return boxesSvg(
    boxes.map((box) => scaledBox(box, scale, scale)),
    width,
    height,
  );
}

/** Each with its number, from 1; what is outside of the image is cut off. */
function boxesSvg(boxes: readonly PixelBox[], width: number, height: number): string {
  const unit = unitOf(width, height);
  const shapes = boxes.map(([left, top, right, bottom], i) =>
    boxSvg(
      i + 1,
      [clip(left, width), clip(top, height), clip(right, width), clip(bottom, height)],
      unit,
    ),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join("")}</svg>`;
}

/** Thinner lines and smaller digits would be lost on the model. */
function unitOf(width: number, height: number): number {
  return Math.max(1, Math.max(width, height) / 512);
}

function boxSvg(n: number, [left, top, right, bottom]: PixelBox, unit: number): string {
  const colour = COLOURS[(n - 1) % COLOURS.length] ?? "#ffffff";
  const rect = `x="${r(left)}" y="${r(top)}" width="${r(right - left)}" height="${r(bottom - top)}" fill="none"`;
  const digit = 12 * unit;
  const pad = 4 * unit;
  const tagWidth = numberWidth(n) * digit + 2 * pad;
  const tagHeight = digit + 2 * pad;
  // Above the box, so that it hides nothing of the object, where there is room.
  const tagTop = top >= tagHeight ? top - tagHeight : top;
  return (
    `<rect ${rect} stroke="#000" stroke-opacity="0.6" stroke-width="${r(4 * unit)}"/>` +
    `<rect ${rect} stroke="${colour}" stroke-width="${r(2 * unit)}"/>` +
    `<rect x="${r(left)}" y="${r(tagTop)}" width="${r(tagWidth)}" height="${r(tagHeight)}" fill="${colour}"/>` +
    numberSvg(n, left + pad, tagTop + pad, digit)
  );
}

function clip(value: number, limit: number): number {
  return Math.min(limit, Math.max(0, value));
}

function r(value: number): string {
  return value.toFixed(1);
}

/**
 * Digits as strokes: a text would look different with every machine's fonts, and so would the
 * answers, and their keys in the cache. Segments: top, upper left, upper right, middle, lower
 * left, lower right, bottom.
 */
const SEGMENTS: readonly string[] = [
  "abcefg",
  "cf",
  "acdeg",
  "acdfg",
  "bcdf",
  "abdfg",
  "abdefg",
  "acf",
  "abcdefg",
  "abcdfg",
];

const STROKES: Readonly<Record<string, string>> = {
  a: "M0,0H1",
  b: "M0,0V1",
  c: "M1,0V1",
  d: "M0,1H1",
  e: "M0,1V2",
  f: "M1,1V2",
  g: "M0,2H1",
};

/** Width of a digit, and of one with the gap behind it, in heights. */
const WIDTH = 0.5;
const ADVANCE = 0.85;

/** Width of a number, in heights of its digits. */
function numberWidth(n: number): number {
  return String(n).length * ADVANCE - (ADVANCE - WIDTH);
}

/** SVG of a number, its top left corner at (x, y). */
function numberSvg(n: number, x: number, y: number, height: number): string {
  const half = height / 2;
  return [...String(n)]
    .map((digit, i) => {
      const path = [...(SEGMENTS[Number(digit)] ?? "")].map((segment) => STROKES[segment]).join("");
      const at = `translate(${(x + i * ADVANCE * height).toFixed(2)},${y.toFixed(2)}) scale(${half.toFixed(2)})`;
      return `<path d="${path}" transform="${at}" fill="none" stroke="#000" stroke-width="0.3" stroke-linecap="round"/>`;
    })
    .join("");
}

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
export function numberWidth(n: number): number {
  return String(n).length * ADVANCE - (ADVANCE - WIDTH);
}

/** SVG of a number, its top left corner at (x, y). */
export function numberSvg(n: number, x: number, y: number, height: number): string {
  const half = height / 2;
  return [...String(n)]
    .map((digit, i) => {
      const path = [...SEGMENTS[Number(digit)]!].map((segment) => STROKES[segment]).join("");
      const at = `translate(${(x + i * ADVANCE * height).toFixed(2)},${y.toFixed(2)}) scale(${half.toFixed(2)})`;
      return `<path d="${path}" transform="${at}" fill="none" stroke="#000" stroke-width="0.3" stroke-linecap="round"/>`;
    })
    .join("");
}

import type { Random } from "../../base/index.js";

/** The lengths that questions speak of, centimetres. */
const ROUND_CM = [
  1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 35, 40, 50, 60, 70, 80, 100, 120, 150, 200,
];
/** Of the lengths that fit, one of the so many nearest to the truth is taken: no giveaways. */
const NEAREST = 3;
/** Nothing is asked that hangs on less than this: metres, and as a part of the length. */
const MARGIN_M = 0.01;
const MARGIN_SHARE = 0.03;

/** How far from a threshold a length has to be for its side to be clear. */
export function marginOf(lengthM: number): number {
  return Math.max(MARGIN_M, MARGIN_SHARE * Math.abs(lengthM));
}

/** A round length that is clearly above (or below) some lengths, and not far from the nearest. */
export function roundLength(
  random: Random,
  aboveM: readonly number[],
  belowM: readonly number[],
): number | undefined {
  const fitting = ROUND_CM.map((cm) => cm / 100).filter(
    (x) =>
      aboveM.every((length) => x >= length + marginOf(length)) &&
      belowM.every((length) => x <= length - marginOf(length)),
  );
  const offset = (x: number) =>
    Math.min(...[...aboveM, ...belowM].map((length) => Math.abs(x - length)));
  const nearest = fitting.sort((a, b) => offset(a) - offset(b)).slice(0, NEAREST);
  return nearest.length === 0 ? undefined : random.pick(nearest);
}

/** "12 cm", "1.5 m" */
export function sayLength(lengthM: number): string {
  const cm = Math.round(lengthM * 100);
  return cm < 100 ? `${cm} cm` : `${cm / 100} m`;
}

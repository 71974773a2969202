import { ramp } from "./ramp.js";

/** An end of which less is marked is free, and one of which more is marked has none of its own. */
const [FROM, ALL] = [0.2, 0.6];
/** A point this close to an end is one of it, metres, besides the pitch. */
const END_M = 0.003;

/**
 * How many of the points at one end of an object are marked, 0: few, to 1: most.
 *
 * @param values of each point, along some direction, metres
 * @param marks for each point: 1 if the outline near it is not the object's own
 * @param endM where the object ends in that direction
 * @param sign 1 if that end is the one of the largest values, -1 of the smallest
 */
export function markedAtEnd(
  values: Float32Array,
  marks: Uint8Array,
  endM: number,
  sign: 1 | -1,
  pitchM: number,
): number {
  const limitM = sign * endM - (END_M + 1.5 * pitchM);
  let all = 0;
  let marked = 0;
  for (let i = 0; i < values.length; i++)
    if (sign * (values[i] ?? 0) > limitM) {
      all += 1;
      marked += marks[i] ?? 0;
    }
  return ramp((marked / Math.max(1, all) - FROM) / (ALL - FROM));
}

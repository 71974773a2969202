import * as z from "zod";

/**
 * `aside` of model.json: up to which domain score the geometry of cells is used as it is, and from
 * which on the second one is, that of cameras from aside. Between them they are mixed, so that the
 * answers about a video do not jump.
 */
export const asideConfig = z
  .object({ from: z.number().positive(), to: z.number().positive() })
  .refine(({ from, to }) => from < to, "`from` must be less than `to`");

export type AsideConfig = z.output<typeof asideConfig>;

/**
 * Mixes the second geometry of a picture's cells into the first, which stays bit for bit as it is up
 * to the score `from`.
 *
 * @param geometry changed in place; metres, logarithms of metres
 * @param aside as long as `geometry`
 * @param score the picture's domain score
 */
export function turnAside(
  geometry: Float32Array,
  aside: Float32Array,
  score: number,
  { from, to }: AsideConfig,
): void {
  const share = Math.min(1, (score - from) / (to - from));
  if (!(share > 0)) return;
  for (let at = 0; at < geometry.length; at++) {
    geometry[at] = (1 - share) * (geometry[at] ?? 0) + share * (aside[at] ?? 0);
  }
}

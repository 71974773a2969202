import { LEAST_IMAGES, MOST_OF } from "./bars.js";
import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";

/** One id on two things: which of them is meant cannot be known. */
export function judgeSplit(looks: readonly Look[]): Contradiction | undefined {
  const ids = new Set(looks.flatMap(({ split }) => [...(split?.keys() ?? [])]));
  for (const id of ids) {
    const apart = looks.flatMap(({ split }) => split?.get(id) ?? []).sort((a, b) => a - b);
    const shown = looks.filter(({ seen, split }) => seen.has(id) || split?.has(id)).length;
    const images = apart.length;
    if (images < Math.max(LEAST_IMAGES, MOST_OF * shown)) continue;
    return { kind: "split", id, apartM: apart[images >> 1] ?? 0, images };
  }
  return undefined;
}

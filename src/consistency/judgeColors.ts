import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";
import type { Worn } from "./wornColors.js";

/** So many looks at colours in a row must show it: ids may be exchanged in the middle. */
const LEAST_IN_A_ROW = 4;

/** Masks that have not the colours of their phrases. */
export function judgeColors(looks: readonly Look[]): Contradiction | undefined {
  const runs = new Map<string, { readonly worn: Worn; readonly images: number }>();
  for (const { wears } of looks) {
    if (!wears) continue;
    for (const name of runs.keys()) if (!wears.has(name)) runs.delete(name);
    for (const [name, worn] of wears) {
      const before = runs.get(name);
      const images = before && before.worn.by === worn.by ? before.images + 1 : 1;
      if (images === LEAST_IN_A_ROW) return { kind: "colors", name, images, ...worn };
      runs.set(name, { worn, images });
    }
  }
  return undefined;
}

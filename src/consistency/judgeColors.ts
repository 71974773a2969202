import { MOST_OF } from "./bars.js";
import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";

const LEAST_COLORED = 4;

/** Masks that have not the colours of their phrases. */
export function judgeColors(looks: readonly Look[]): Contradiction | undefined {
  const colored = looks.flatMap(({ wears }) => wears ?? []);
  const counts = new Map<string, number>();
  for (const wears of colored) {
    const pairs = new Set([...wears].map((pair) => pair.toSorted().join(" ")));
    for (const pair of pairs) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  for (const [pair, images] of counts) {
    if (images < Math.max(LEAST_COLORED, MOST_OF * colored.length)) continue;
    const [a = "", b = ""] = pair.split(" ");
    return { kind: "colors", names: [a, b], images };
  }
  return undefined;
}

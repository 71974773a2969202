import { LEAST_IMAGES, MOST_OF } from "./bars.js";
import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";
import { type EdgeCounts, placementsOf, shareOn } from "./maskEdges.js";

/** By how much another placement has to be better, and how good. */
const LEAST_GAIN = 0.1;
const LEAST_SHARE = 0.6;

/** Masks that fit the depth in another place than theirs. */
export function judgeMasks(looks: readonly Look[]): Contradiction | undefined {
  const [first] = looks;
  const misfits = looks.filter(({ far }) => far !== undefined);
  if (!first || misfits.length < Math.max(LEAST_IMAGES, MOST_OF * looks.length)) return undefined;
  const { far } = placementsOf(first.width, first.height);
  const fars = misfits.flatMap((look) => look.far ?? []);
  const nears = misfits.map((look) => look.near);
  const [best, share] = bestOf(fars, far.length);
  const now = shareOn(nears);
  if (share < LEAST_SHARE || share < now + LEAST_GAIN) return undefined;
  const agreeing = misfits.filter(
    ({ near: its, far: others }) => others && shareOn([others], best + 1, best) > shareOn([its]),
  );
  const placement = far[best];
  if (!placement || agreeing.length < MOST_OF * misfits.length) return undefined;
  return { kind: "masks", placement, images: misfits.length };
}

function bestOf(counts: readonly EdgeCounts[], placements: number): [index: number, share: number] {
  let [best, most] = [0, 0];
  for (let p = 0; p < placements; p++) {
    const share = shareOn(counts, p + 1, p);
    if (share > most) [best, most] = [p, share];
  }
  return [best, most];
}

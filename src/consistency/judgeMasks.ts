import { LEAST_IMAGES, MOST_OF } from "./bars.js";
import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";
import { type EdgeCounts, knownAt, type Placement, placementsOf, shareOn } from "./maskEdges.js";

/** By how much another placement has to be better, and how good. */
const LEAST_GAIN = 0.1;
const LEAST_SHARE = 0.6;

/** Masks that fit the depth in another place than theirs. */
export function judgeMasks(looks: readonly Look[]): Contradiction | undefined {
  return ofMost(looks) ?? ofSome(looks);
}

/** A few images in which another place is clearly better: by how much it has to be, and how good. */
const LEAST_CLEAR = 3;
const CLEAR_GAIN = 0.35;
const CLEAR_SHARE = 0.9;
/** Where fewer edges are in the picture than this share of those in their own place, few fit by chance. */
const LEAST_OF_EDGES = 0.7;

/** Masks that are aside from some image on, or now and then, each time in the same way. */
function ofSome(looks: readonly Look[]): Contradiction | undefined {
  const images = new Map<Placement, number>();
  for (const { width, height, near, far } of looks) {
    if (!far) continue;
    const placements = placementsOf(width, height).far;
    const [best, share] = bestOf([far], placements.length);
    const placement = placements[best];
    if (!placement || share < Math.max(CLEAR_SHARE, shareOn([near]) + CLEAR_GAIN)) continue;
    const [edges, all] = [knownAt(far, best), knownAt(near, 0)];
    if (edges < LEAST_OF_EDGES * all) continue;
    const same = [...images.keys()].find((other) => isAlike(other, placement)) ?? placement;
    const count = (images.get(same) ?? 0) + 1;
    if (count >= LEAST_CLEAR) return { kind: "masks", placement: same, images: count };
    images.set(same, count);
  }
  return undefined;
}

/** Shifts that are as near to each other as masks may be off. */
const ALIKE_PX = 4;

function isAlike(a: Placement, b: Placement): boolean {
  if (a.kind !== "shifted" || b.kind !== "shifted") return a.kind === b.kind;
  return Math.hypot(a.x - b.x, a.y - b.y) <= ALIKE_PX;
}

function ofMost(looks: readonly Look[]): Contradiction | undefined {
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

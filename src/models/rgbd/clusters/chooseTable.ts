import { dot, type Vec3 } from "../../../base/index.js";
import type { Plane } from "../../../geometry/index.js";

/** A higher plane is a table only if one patch of it is so large, m²: the top of a carton is smaller. */
const EXTENDED_M2 = 0.035;
/** And if things stand on it: so many cells over it, as a share of its own. */
const LADEN_SHARE = 0.03;
/** What stands on a plane is not higher than this over it, metres. */
export const LADEN_M = 0.4;
/** Things that stand on a plane are seen close to it, at so large a share of what is over it. */
const FOOT_SHARE = 0.02;
/** What is so little over a plane, metres, and so small a share of it, is the top of a thing on it. */
const TOP_M = 0.15;
const TOP_SHARE = 0.5;
/** Planes of the same direction. */
const PARALLEL = Math.cos((8 * Math.PI) / 180);

/** A plane of an image that may be a table. */
export interface Found {
  readonly plane: Plane;
  /** Of its largest patch. */
  readonly areaM2: number;
  /** Of that patch. */
  readonly middle: Vec3;
  /** Cells over that patch, as a share of the patch's own. */
  readonly ladenShare: number;
  /** Share of these that are close to it: where things stand on it. */
  readonly footShare: number;
}

/** How far up a plane's normal has to go at the least, as the image sees it: a bit down at most. */
const LEANING = 0.1;

/** A table is larger than the sides of things, m². */
const LEAST_TABLE_M2 = 0.1;
/** In an image that is upside down, the table is so many times as likely one as what goes up there. */
const TURNED_FACTOR = 4;

/** Where nobody tells, a camera is upside down only if nothing in its image is a table otherwise. */
export function chooseTable(
  found: readonly Found[],
  isTurned: boolean | undefined,
): Found | undefined {
  const upright = highestOf(found, 1);
  if (isTurned === false) return upright;
  const turned = highestOf(found, -1);
  if (isTurned) return turned;
  if (!turned || !isTable(turned) || turned.areaM2 < LEAST_TABLE_M2) return upright;
  // A wall, or the front of a large thing, has things before it that do not touch it.
  if (turned.footShare < FOOT_SHARE) return upright;
  if (!upright) return turned;
  const goesUp = upright.plane.normal[1] < -LEANING;
  if (goesUp && upright.areaM2 > LEAST_TABLE_M2) return upright;
  return likely(turned, -1) > TURNED_FACTOR * likely(upright, 1) ? turned : upright;
}

/**
 * The table's normal goes up in the image, or, where the camera looks straight down, towards it. That of
 * a wall goes towards it or, seen from above, down.
 *
 * @param way 1, or -1 if the image is upside down
 */
function likely({ areaM2, plane: { normal } }: Found, way: 1 | -1): number {
  return areaM2 * Math.max(0, LEANING - way * normal[1]) ** 2;
}

function isTable({ areaM2, ladenShare }: Found): boolean {
  return areaM2 >= EXTENDED_M2 && ladenShare >= LADEN_SHARE;
}

/**
 * A camera over a box looks at its floor: a wall of the box goes up in the image, but nothing stands on it, while it
 * stands on the floor. What is far behind a small table is no such floor, though noise over it looks like things.
 */
function mainOf(found: readonly Found[], way: 1 | -1): Found | undefined {
  const byLook = (it: Found) => likely(it, way);
  const main = mostOf(found, byLook);
  if (!main || isTable(main) || main.areaM2 > LEAST_TABLE_M2) return main;
  const laden = found.filter(
    (it) => isTable(it) && it.footShare > FOOT_SHARE && isJustOver(main, it),
  );
  return mostOf(laden, (it) => byLook(it) * it.ladenShare * it.footShare) ?? main;
}

/** Whether a plane is where the things are that stand on another. */
function isJustOver({ middle }: Found, { plane }: Found): boolean {
  const aboveM = dot(plane.normal, middle) + plane.offsetM;
  return aboveM > 0 && aboveM < LADEN_M;
}

function mostOf(found: readonly Found[], by: (it: Found) => number): Found | undefined {
  return found.reduce<Found | undefined>(
    (best, it) => (by(it) > (best ? by(best) : 0) ? it : best),
    undefined,
  );
}

function highestOf(found: readonly Found[], way: 1 | -1): Found | undefined {
  const main = mainOf(found, way);
  if (!main) return undefined;
  const parallel = found.filter(({ plane }) => dot(plane.normal, main.plane.normal) > PARALLEL);
  return parallel
    .filter(isTable)
    .filter((it) => !parallel.some((under) => isTopOn(it, under)))
    .reduce((high, it) => (it.plane.offsetM < high.plane.offsetM ? it : high), main);
}

/** Whether a plane is the top of a thing that stands on another, such as a book with things on it. */
function isTopOn(top: Found, under: Found): boolean {
  const aboveM = under.plane.offsetM - top.plane.offsetM;
  return aboveM > 0 && aboveM < TOP_M && top.areaM2 < TOP_SHARE * under.areaM2;
}

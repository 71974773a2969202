import { boxAround, boxOverlap, type PixelBox, scaledBox } from "../../../camera/index.js";
import type { ObjectRef } from "../../../language/index.js";
import type { DepthGrid } from "./DepthGrid.js";
import type { GridColors } from "./Look.js";
import type { Named } from "./nameThings.js";
import { betweenTwo, nothingAt, notStanding, oneForTwo, outsideImage } from "./refusals.js";
import type { Track } from "./Track.js";

/** A pixel, or a box (left, top, right, bottom), of the colour image. */
export type ImagePlace = readonly number[];

/** A pixel this near to a thing means it, cells; one that is farther off, only if it has its colour. */
const NEAR_CELLS = 4;
const AT_CELLS = 1.5;
/** A pixel that is hardly nearer to one thing than to another, cells, means neither: depth's edges are not sharper. */
const BETWEEN_CELLS = 1.5;
/** A colour that a thing has on less than this share is not its own. */
const OWN_COLOR = 0.02;
/** A box and its thing overlap by this much: intersection over union. */
const LEAST_OVERLAP = 0.3;

/** Where places are looked for. */
interface Looked {
  readonly grid: DepthGrid;
  readonly colors: GridColors;
  /** Cells of the grid for each pixel of the colour image. */
  readonly toGrid: number;
  /** Width and height of the colour image: what is left over beside the last whole cells is theirs. */
  readonly size: readonly [number, number];
}

interface Placed {
  readonly ref: ObjectRef;
  readonly named: Named;
  /** The cell that names it; undefined where a box does. */
  readonly cell: number | undefined;
}

/**
 * The things at the places of objects, `at`. What is at two of them is neither's.
 *
 * @param robots tracks of the robot, and of what it touches
 */
export function nameByPlace(
  refs: readonly ObjectRef[],
  things: readonly Track[],
  robots: readonly Track[],
  looked: Looked,
): readonly Placed[] {
  const found = refs.map((ref) => ({ ref, track: thingAt(ref.at ?? [], things, looked) }));
  return found.map(({ ref, track }) => {
    const { at = [] } = ref;
    const cell = at.length === 4 ? undefined : cellAt(at, looked);
    if (track === "between") return { ref, named: { refusal: betweenTwo(ref) }, cell };
    if (!track) {
      if (isOutside(at, looked))
        return { ref, named: { refusal: outsideImage(ref, looked.size) }, cell };
      const held = thingAt(at, robots, looked);
      // Between two of the robot's, either is one.
      const robot = held === "between" ? robots.find(({ cells }) => cells) : held;
      const refusal = robot ? notStanding(ref, robot) : nothingAt(ref);
      return { ref, named: { refusal }, cell };
    }
    const twin = found.find((it) => it.ref !== ref && it.track === track);
    return { ref, named: twin ? { refusal: oneForTwo(ref, twin.ref) } : { track }, cell };
  });
}

/** Undefined where a place is none of the image's. */
function cellAt(
  [u = 0, v = 0]: ImagePlace,
  { grid, toGrid, size: [width, height] }: Looked,
): number | undefined {
  if (!(u >= 0 && u < width && v >= 0 && v < height)) return undefined;
  const column = Math.min(grid.width - 1, Math.floor(u * toGrid));
  return Math.min(grid.height - 1, Math.floor(v * toGrid)) * grid.width + column;
}

/** Whether a pixel, or a corner of a box, is none of the image's. */
function isOutside(at: ImagePlace, { size }: Looked): boolean {
  return at.some((value, index) => value > (size[index % 2] ?? 0));
}

/** The thing at a pixel or in a box; undefined if there is none, "between" if it may be either of two. */
function thingAt(
  at: ImagePlace,
  things: readonly Track[],
  looked: Looked,
): Track | "between" | undefined {
  const { grid, colors, toGrid } = looked;
  if (at.length === 4) return inBox(at as unknown as PixelBox, things, grid, toGrid);
  const place = cellAt(at, looked);
  if (place === undefined) return undefined;
  const [column, row] = [place % grid.width, Math.floor(place / grid.width)];
  const bin = colors.binAt(place);
  const near = things.flatMap((track) => {
    let least = Number.POSITIVE_INFINITY;
    for (const cell of track.cells ?? []) {
      const x = cell % grid.width;
      const away = Math.hypot(x - column, (cell - x) / grid.width - row);
      // Beside a thing something flat may lie.
      if (away > AT_CELLS && (track.look.bins[bin] ?? 0) < OWN_COLOR) continue;
      least = Math.min(least, away);
    }
    return least < NEAR_CELLS + 0.5 ? [{ track, away: least }] : [];
  });
  const [best, next] = near.toSorted((a, b) => a.away - b.away);
  // On a thing's own cell no other one is meant.
  const isBetween = best && next && best.away > 0 && next.away - best.away < BETWEEN_CELLS;
  return isBetween ? "between" : best?.track;
}

function inBox(
  box: PixelBox,
  things: readonly Track[],
  grid: DepthGrid,
  toGrid: number,
): Track | undefined {
  let best: Track | undefined;
  let most = LEAST_OVERLAP;
  for (const track of things) {
    if (!track.cells) continue;
    const share = boxOverlap(box, boxOf(track.cells, grid, 1 / toGrid));
    if (share > most) [best, most] = [track, share];
  }
  return best;
}

/** Around a track's cells. @param pixels of the colour image for each cell. */
export function boxOf(cells: Uint32Array, { width }: DepthGrid, pixels: number): PixelBox {
  return scaledBox(boxAround(cells, width), pixels, pixels);
}

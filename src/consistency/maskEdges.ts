import type { SmallView } from "./SmallView.js";

/** A way in which masks may lie against the depth image. */
export type Placement = Shift | { readonly kind: Turn };

/** So many pixels to the right and down. */
export interface Shift {
  readonly kind: "shifted";
  readonly x: number;
  readonly y: number;
}

/** Where the pixel of a mask belongs: its place in the image as it is and with both axes reversed. */
const TURNS = {
  mirrored: (x, y) => [1 - x, y],
  "upside down": (x, y) => [x, 1 - y],
  "turned by 180°": (x, y) => [1 - x, 1 - y],
  transposed: (x, y) => [y, x],
  "turned by 90°": (x, y) => [1 - y, x],
  "turned by 270°": (x, y) => [y, 1 - x],
  "transposed and turned by 180°": (x, y) => [1 - y, 1 - x],
} as const satisfies Readonly<Record<string, (x: number, y: number) => readonly [number, number]>>;
type Turn = keyof typeof TURNS;

/** Shifts that are tried: this share of the width and the height, in steps of so many pixels. */
const REACH = 0.25;
const STEP_PX = 2;
/** An edge lies on a step in depth of more than this share of the distance. */
const STEP = 0.012;
/** Edges of a side of which are compared at the most. */
const MOST_EDGES = 150;

const SIDES = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;

/** Of each placement, how many edges of each side lie on steps, and of how many that is known. */
export interface EdgeCounts {
  readonly on: Int16Array;
  readonly known: Int16Array;
}

/** Masks so near to where they should be are moved there by `rgbd`, pixels. */
const NEAR_PX = 4.5;

/** Of masks that fit, and of those that do not. */
export interface Placements {
  readonly near: readonly Shift[];
  readonly far: readonly Placement[];
}

export function placementsOf(width: number, height: number): Placements {
  const shifts: Shift[] = [];
  const [across = 0, down = 0] = [width, height].map((size) =>
    Math.floor((REACH * size) / STEP_PX),
  );
  for (let i = -down; i <= down; i++) {
    for (let j = -across; j <= across; j++) {
      shifts.push({ kind: "shifted", x: j * STEP_PX, y: i * STEP_PX });
    }
  }
  const isNear = ({ x, y }: Shift) => Math.hypot(x, y) <= NEAR_PX;
  const turns = (Object.keys(TURNS) as Turn[]).map((kind) => ({ kind }));
  return {
    near: shifts.filter(isNear),
    far: [...shifts.filter((shift) => !isNear(shift)), ...turns],
  };
}

/** The edges of some masks, and the steps of the depth image, for each side. */
export interface EdgeImage {
  readonly width: number;
  readonly height: number;
  readonly edges: readonly Int32Array[];
  readonly steps: readonly Uint8Array[];
}

/** Of each pixel, whether something nearer than what is on a side begins there. */
export function stepsOf(view: SmallView): readonly Uint8Array[] {
  return SIDES.map((side) => stepsTowards(view, side));
}

/** @param isThing whether an id is a thing's that has edges: a support has none of its own */
export function edgeImage(
  view: SmallView,
  steps: readonly Uint8Array[],
  isOwn: (id: number) => boolean,
  isThing: (id: number) => boolean,
): EdgeImage {
  const edges = SIDES.map((side) => edgesOf(view, side, isOwn, isThing));
  return { width: view.width, height: view.height, edges, steps };
}

/** How well the masks' edges lie on steps of the depth, in each placement. */
export function edgeCounts(image: EdgeImage, placements: readonly Placement[]): EdgeCounts {
  const on = new Int16Array(4 * placements.length);
  const known = new Int16Array(4 * placements.length);
  SIDES.forEach((_, side) => {
    placements.forEach((placement, p) => {
      const found =
        placement.kind === "shifted"
          ? shifted(image, side, placement)
          : turned(image, side, TURNS[placement.kind]);
      on[4 * p + side] = found.on;
      known[4 * p + side] = found.known;
    });
  });
  return { on, known };
}

interface Found {
  readonly on: number;
  readonly known: number;
}

function shifted({ width, height, edges, steps }: EdgeImage, side: number, { x, y }: Shift): Found {
  let [on, known] = [0, 0];
  const map = steps[side]!;
  for (const pixel of edges[side]!) {
    const column = (pixel % width) + x;
    const row = Math.floor(pixel / width) + y;
    if (column < 0 || column >= width || row < 0 || row >= height) continue;
    const step = map[row * width + column]!;
    if (step !== UNKNOWN) known++;
    if (step === BEGINS) on++;
  }
  return { on, known };
}

function turned(
  { width, height, edges, steps }: EdgeImage,
  side: number,
  turn: (x: number, y: number) => readonly [number, number],
): Found {
  const [dx, dy] = SIDES[side]!;
  const [[ox, oy], [tx, ty]] = [turn(0, 0), turn(dx, dy)];
  const map = steps[SIDES.findIndex(([x, y]) => x === tx - ox && y === ty - oy)]!;
  let [on, known] = [0, 0];
  for (const pixel of edges[side]!) {
    const [x, y] = turn(
      ((pixel % width) + 0.5) / width,
      (Math.floor(pixel / width) + 0.5) / height,
    );
    const step = map[Math.floor(y * height) * width + Math.floor(x * width)]!;
    if (step !== UNKNOWN) known++;
    if (step === BEGINS) on++;
  }
  return { on, known };
}

/** Pixels of things beyond which, on a side, nothing or the support begins. */
function edgesOf(
  { width, height, ids }: SmallView,
  [dx, dy]: readonly [number, number],
  isOwn: (id: number) => boolean,
  isThing: (id: number) => boolean,
): Int32Array {
  const edges: number[] = [];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const id = ids[y * width + x]!;
      if (id === 0 || !isOwn(id)) continue;
      const beyond = ids[(y + dy) * width + x + dx]!;
      if (beyond !== id && (beyond === 0 || !isThing(beyond))) edges.push(y * width + x);
    }
  }
  const kept = Math.min(MOST_EDGES, edges.length);
  return Int32Array.from({ length: kept }, (_, i) => edges[Math.floor((i * edges.length) / kept)]!);
}

const UNKNOWN = 0;
const NONE = 1;
const BEGINS = 2;

function stepsTowards(
  { width, height, nearer }: SmallView,
  [dx, dy]: readonly [number, number],
): Uint8Array {
  const steps = new Uint8Array(width * height);
  const stride = dy * width + dx;
  for (let y = 4; y < height - 4; y++) {
    for (let x = 4; x < width - 4; x++) {
      const at = y * width + x;
      let inside = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < 4; i++) {
        const value = nearer[at - i * stride]!;
        if (value > inside) inside = value;
      }
      const [a, b] = [nearer[at + 2 * stride]!, nearer[at + 3 * stride]!];
      const outside = a < b || Number.isNaN(b) ? a : b;
      if (!Number.isFinite(inside) || Number.isNaN(outside)) continue;
      steps[at] = inside - outside > STEP ? BEGINS : NONE;
    }
  }
  return steps;
}

const LEAST_KNOWN = 10;
/** Below, things stand on what they are as near as. */
const [LEFT, RIGHT, ABOVE] = [0, 1, 2] as const;

/**
 * Share of the edges that lie on steps, the mean over the left, the right and, where there are any, the
 * upper ones; of several placements each side has the best for it, so that masks that are too large
 * or too small fit. 0 where hardly any is known.
 *
 * @param from the first of the placements, and the one after the last
 */
export function shareOn(counts: readonly EdgeCounts[], to: number, from = 0): number {
  const best = (side: number): number | undefined => {
    let most: number | undefined;
    for (let p = from; p < to; p++) {
      let [on, known] = [0, 0];
      for (const each of counts) {
        on += each.on[4 * p + side]!;
        known += each.known[4 * p + side]!;
      }
      if (known >= LEAST_KNOWN) most = Math.max(most ?? 0, on / known);
    }
    return most;
  };
  const [left, right, above] = [best(LEFT), best(RIGHT), best(ABOVE)];
  if (left === undefined || right === undefined) return 0;
  return above === undefined ? (left + right) / 2 : (left + right + above) / 3;
}

import { itemAt } from "../base/index.js";
import type { SmallView } from "./SmallView.js";

/** A way in which masks may lie against the depth image. */
export type Placement =
  | Shift
  | { readonly kind: Turn }
  | { readonly kind: "squeezed"; readonly axis: "width" | "height"; readonly share: number };

/** So many pixels to the right and down. */
export interface Shift {
  readonly kind: "shifted";
  readonly x: number;
  readonly y: number;
}

type Turned = (x: number, y: number) => readonly [number, number];

/** Where a place of a mask belongs, both as shares of the width and the height. */
const TURNS = {
  mirrored: (x, y) => [1 - x, y],
  "upside down": (x, y) => [x, 1 - y],
  "turned by 180°": (x, y) => [1 - x, 1 - y],
  transposed: (x, y) => [y, x],
  "turned by 90°": (x, y) => [1 - y, x],
  "turned by 270°": (x, y) => [y, 1 - x],
  "transposed and turned by 180°": (x, y) => [1 - y, 1 - x],
} as const satisfies Readonly<Record<string, Turned>>;
type Turn = keyof typeof TURNS;

/** Shares of the height or the width to which masks are squeezed, with bars beside them. */
const SQUEEZES = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85] as const;

function turnOf(placement: Exclude<Placement, Shift>): Turned {
  if (placement.kind !== "squeezed") return TURNS[placement.kind];
  const { share, axis } = placement;
  const widened = (value: number) => (value - 0.5) / share + 0.5;
  return axis === "width" ? (x, y) => [widened(x), y] : (x, y) => [x, widened(y)];
}

/** Shifts that are tried: this share of the width and the height, in steps of so many pixels. */
const REACH = 0.25;
const STEP_PX = 2;
/** An edge lies on a step in depth of more than this share of the distance. */
const STEP = 0.012;
/** Edges of a side of which are compared at the most. */
const MOST_EDGES = 150;

type Side = readonly [dx: number, dy: number];

const SIDES: readonly Side[] = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
];

/** Below, things stand on what they are as near as. */
const [LEFT, RIGHT, ABOVE] = [0, 1, 2] as const;
const JUDGED = [LEFT, RIGHT, ABOVE];

/** Of each placement, how many edges of each side that is judged lie on steps, and of how many that is known. */
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
  const squeezes = SQUEEZES.flatMap((share) =>
    (["width", "height"] as const).map((axis) => ({ kind: "squeezed" as const, axis, share })),
  );
  return {
    near: shifts.filter(isNear),
    far: [...shifts.filter((shift) => !isNear(shift)), ...turns, ...squeezes],
  };
}

/** Steps of a depth image that begin on one side of a pixel; each is worked out when it is first asked for. */
class Steps {
  readonly #nearer: Float32Array;
  readonly #width: number;
  readonly #height: number;
  /** From a pixel to the next one on that side. */
  readonly #stride: number;
  readonly #known: Uint8Array;

  constructor({ nearer, width, height }: SmallView, [dx, dy]: Side) {
    this.#nearer = nearer;
    this.#width = width;
    this.#height = height;
    this.#stride = dy * width + dx;
    this.#known = new Uint8Array(nearer.length);
  }

  at(column: number, row: number): number {
    const pixel = row * this.#width + column;
    const known = this.#known[pixel] ?? 0;
    if (known !== 0) return known;
    const isInside =
      column >= MARGIN_PX &&
      column < this.#width - MARGIN_PX &&
      row >= MARGIN_PX &&
      row < this.#height - MARGIN_PX;
    const step = isInside ? this.#find(pixel) : UNKNOWN;
    this.#known[pixel] = step;
    return step;
  }

  #find(pixel: number): number {
    const nearer = this.#nearer;
    const stride = this.#stride;
    let inside = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < 4; i++) {
      const value = nearer[pixel - i * stride] ?? Number.NaN;
      if (value > inside) inside = value;
    }
    const a = nearer[pixel + 2 * stride] ?? Number.NaN;
    const b = nearer[pixel + 3 * stride] ?? Number.NaN;
    const outside = a < b || Number.isNaN(b) ? a : b;
    if (!Number.isFinite(inside) || Number.isNaN(outside)) return UNKNOWN;
    return inside - outside > STEP ? BEGINS : NONE;
  }
}

const UNKNOWN = 1;
const NONE = 2;
const BEGINS = 3;
/** What is compared lies so far from a pixel at the most. */
const MARGIN_PX = 4;

/** The edges of some masks, and the steps of the depth image, for each side. */
export interface EdgeImage {
  readonly width: number;
  readonly height: number;
  readonly edges: readonly Int32Array[];
  readonly steps: readonly Steps[];
}

/** Of each pixel, whether something nearer than what is on a side begins there. */
function stepsOf(view: SmallView): readonly Steps[] {
  return SIDES.map((side) => new Steps(view, side));
}

/** By id, its edges on each side. */
type EdgesById = ReadonlyMap<number, readonly (readonly number[])[]>;

/** The masks of an image, of some of which edges are compared with its steps. */
export interface MaskEdges {
  readonly width: number;
  readonly height: number;
  readonly steps: readonly Steps[];
  readonly byId: EdgesById;
}

/** @param isThing whether an id is a thing's that has edges: a support has none of its own */
export function maskEdges(view: SmallView, isThing: (id: number) => boolean): MaskEdges {
  const { width, height } = view;
  return { width, height, steps: stepsOf(view), byId: edgesOf(view, isThing) };
}

/** @param isOwn whether an id's edges are meant */
export function edgeImage(
  { width, height, steps, byId }: MaskEdges,
  isOwn: (id: number) => boolean,
): EdgeImage {
  const own = [...byId].flatMap(([id, edges]) => (isOwn(id) ? [edges] : []));
  const edges = SIDES.map((_, side) => some(own.flatMap((each) => itemAt(each, side))));
  return { width, height, edges, steps };
}

/** As many as are compared, spread over all. */
function some(edges: readonly number[]): Int32Array {
  const kept = Math.min(MOST_EDGES, edges.length);
  return Int32Array.from({ length: kept }, (_, i) =>
    itemAt(edges, Math.floor((i * edges.length) / kept)),
  );
}

/** How well the masks' edges lie on steps of the depth, in each placement: those that `shareOn` asks for. */
export function edgeCounts(image: EdgeImage, placements: readonly Placement[]): EdgeCounts {
  const on = new Int16Array(JUDGED.length * placements.length);
  const known = new Int16Array(JUDGED.length * placements.length);
  for (const side of JUDGED) {
    const places = placesOf(itemAt(image.edges, side), image.width);
    placements.forEach((placement, p) => {
      const found =
        placement.kind === "shifted"
          ? shifted(image, side, places, placement)
          : turned(image, side, places, turnOf(placement));
      on[JUDGED.length * p + side] = found.on;
      known[JUDGED.length * p + side] = found.known;
    });
  }
  return { on, known };
}

interface Places {
  readonly columns: Int32Array;
  readonly rows: Int32Array;
}

function placesOf(pixels: Int32Array, width: number): Places {
  const columns = pixels.map((pixel) => pixel % width);
  return { columns, rows: pixels.map((pixel) => Math.floor(pixel / width)) };
}

/** Of the edges, beside so many there must be depth. */
const MOSTLY = 0.5;

/**
 * Whether there is depth beside most edges. Where a background is beyond a camera's range, just the edges
 * before it are left out, and the others say nothing of the thing.
 */
export function isMostlyKnown(image: EdgeImage): boolean {
  const [x, y] = [0, 0];
  let [known, all] = [0, 0];
  for (const [side, pixels] of image.edges.entries()) {
    const places = placesOf(pixels, image.width);
    known += shifted(image, side, places, { kind: "shifted", x, y }).known;
    all += pixels.length;
  }
  return known >= MOSTLY * all;
}

interface Found {
  readonly on: number;
  readonly known: number;
}

function shifted(
  { width, height, steps }: EdgeImage,
  side: number,
  { columns, rows }: Places,
  { x, y }: Shift,
): Found {
  let [on, known] = [0, 0];
  const map = itemAt(steps, side);
  for (let i = 0; i < columns.length; i++) {
    const column = (columns[i] ?? 0) + x;
    const row = (rows[i] ?? 0) + y;
    if (column < 0 || column >= width || row < 0 || row >= height) continue;
    const step = map.at(column, row);
    if (step !== UNKNOWN) known++;
    if (step === BEGINS) on++;
  }
  return { on, known };
}

function turned(
  { width, height, steps }: EdgeImage,
  side: number,
  { columns, rows }: Places,
  turn: Turned,
): Found {
  const [dx, dy] = itemAt(SIDES, side);
  const [[ox, oy], [tx, ty]] = [turn(0, 0), turn(dx, dy)];
  const map = itemAt(
    steps,
    SIDES.findIndex(([x, y]) => x === Math.sign(tx - ox) && y === Math.sign(ty - oy)),
  );
  let [on, known] = [0, 0];
  for (let i = 0; i < columns.length; i++) {
    const [x, y] = turn(((columns[i] ?? 0) + 0.5) / width, ((rows[i] ?? 0) + 0.5) / height);
    if (x < 0 || x >= 1 || y < 0 || y >= 1) continue;
    const step = map.at(Math.floor(x * width), Math.floor(y * height));
    if (step !== UNKNOWN) known++;
    if (step === BEGINS) on++;
  }
  return { on, known };
}

/** Pixels of each thing beyond which, on each side, no thing is: that one may be what is nearer. */
function edgesOf(
  { width, height, ids, pixels }: SmallView,
  isThing: (id: number) => boolean,
): EdgesById {
  const things = new Uint8Array(1 + Math.max(0, ...pixels.keys()));
  for (const id of pixels.keys()) things[id] = isThing(id) ? 1 : 0;
  const strides = SIDES.map(([dx, dy]) => dy * width + dx);
  const byId = new Map<number, number[][]>();
  for (const [id, own] of pixels) {
    if (things[id] !== 1) continue;
    const found = strides.map((): number[] => []);
    for (const pixel of own) {
      if (isOnBorder(pixel, width, height)) continue;
      strides.forEach((stride, side) => {
        const beyond = ids[pixel + stride] ?? 0;
        if (beyond !== id && things[beyond] !== 1) found[side]?.push(pixel);
      });
    }
    byId.set(id, found);
  }
  return byId;
}

function isOnBorder(pixel: number, width: number, height: number): boolean {
  const [x, y] = [pixel % width, Math.floor(pixel / width)];
  return x === 0 || y === 0 || x === width - 1 || y === height - 1;
}

const LEAST_KNOWN = 10;

/**
 * Share of the edges that lie on steps, the mean over the left, the right and, where there are any, the
 * upper ones; of several placements each side has the best for it, so that masks that are too large
 * or too small fit. 0 where hardly any is known.
 *
 * @param to the one after the last of the placements, if not of all
 * @param from the first of them
 */
export function shareOn(
  counts: readonly EdgeCounts[],
  to = (counts[0]?.on.length ?? 0) / JUDGED.length,
  from = 0,
): number {
  const best = (side: number): number | undefined => {
    let most: number | undefined;
    for (let p = from; p < to; p++) {
      let [on, known] = [0, 0];
      for (const each of counts) {
        on += each.on[JUDGED.length * p + side] ?? 0;
        known += each.known[JUDGED.length * p + side] ?? 0;
      }
      if (known >= LEAST_KNOWN) most = Math.max(most ?? 0, on / known);
    }
    return most;
  };
  const [left, right, above] = [best(LEFT), best(RIGHT), best(ABOVE)];
  if (left === undefined || right === undefined) return 0;
  return above === undefined ? (left + right) / 2 : (left + right + above) / 3;
}

/** Whether a share of 0 says that no edge lies on a step, and not that hardly any is known. */
export function areSidesKnown({ known }: EdgeCounts): boolean {
  return (known[LEFT] ?? 0) >= LEAST_KNOWN && (known[RIGHT] ?? 0) >= LEAST_KNOWN;
}

/** How many edges are known in one placement. */
export function knownAt({ known }: EdgeCounts, placement: number): number {
  const from = JUDGED.length * placement;
  return known.subarray(from, from + JUDGED.length).reduce((sum, each) => sum + each, 0);
}

/** How many edges are known, of all placements and sides. */
export function knownEdges(counts: readonly EdgeCounts[]): number {
  return counts.reduce((sum, { known }) => sum + known.reduce((all, each) => all + each, 0), 0);
}

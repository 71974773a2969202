import type { DepthGrid } from "./DepthGrid.js";
import { grownParts } from "./grownParts.js";
import { type GridColors, type Look, likeness } from "./Look.js";
import { ACROSS, componentsOf, SMOOTH } from "./linkCells.js";

/** What has fewer cells is no thing by itself. */
const LEAST_CELLS = 100;
/** Parts of one thing have more than this of their colours in common. */
const UNLIKE = 0.7;

/**
 * The parts of some cells that only a step in depth links, which a camera smears to a ramp, and that look different: of one
 * look they may be one thing that has a step. It is returned whole where there are less than two.
 *
 * @param links of these cells and others, by `componentsOf`
 */
export function partsAtSteps(
  grid: DepthGrid,
  colors: GridColors,
  links: Uint8Array,
  cells: Uint32Array,
): Uint32Array[] {
  if (cells.length < 2 * LEAST_CELLS) return [cells];
  if (!cells.some((cell) => ((links[cell] ?? 0) & ACROSS) !== 0)) return [cells];
  const is = new Uint8Array(grid.width * grid.height);
  for (let i = 0; i < cells.length; i++) is[cells[i] ?? 0] = 1;
  const { numbers } = componentsOf(grid, { is, cells }, SMOOTH);
  const large = largest(numbers, cells);
  if (large.length < 2) return [cells];
  const groups = alikeOf(large.map((own) => ({ own, look: colors.lookOf(own) })));
  if (groups.length < 2) return [cells];
  for (const cell of cells) numbers[cell] = cell;
  for (const group of groups) {
    const number = group[0]?.own[0] ?? 0;
    for (const { own } of group) for (const cell of own) numbers[cell] = number;
  }
  return grownParts(grid, { is, cells }, numbers, LEAST_CELLS);
}

interface Surface {
  readonly own: Uint32Array;
  readonly look: Look;
}

/** Surfaces by what is one thing: of each two of one look. */
function alikeOf(surfaces: readonly Surface[]): readonly (readonly Surface[])[] {
  let groups: readonly (readonly Surface[])[] = [];
  for (const surface of surfaces) {
    const isAlike = (group: readonly Surface[]) =>
      group.some(({ look }) => likeness(surface.look, look) > UNLIKE);
    const others = groups.filter((group) => !isAlike(group));
    groups = [...others, [...groups.filter(isAlike).flat(), surface]];
  }
  return groups;
}

/** Cells of each component that has enough of them. */
function largest(numbers: Uint32Array, cells: Uint32Array): Uint32Array[] {
  const sizes = new Map<number, number>();
  for (let i = 0; i < cells.length; i++) {
    const number = numbers[cells[i] ?? 0] ?? 0;
    sizes.set(number, 1 + (sizes.get(number) ?? 0));
  }
  const large = [...sizes].filter(([, size]) => size >= LEAST_CELLS);
  if (large.length < 2) return [];
  return large.map(([number]) => cells.filter((cell) => numbers[cell] === number));
}

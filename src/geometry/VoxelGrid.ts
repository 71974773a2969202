import { itemAt } from "../base/index.js";
import type { PointCloud } from "./PointCloud.js";

/** Cells an axis: 17 bits each, so that the numbers of three axes fit a double's 53. */
const SPAN = 1 << 17;

/** Which cell of a cubic grid each point of a cloud lies in. */
export class VoxelGrid {
  readonly sizeM: number;
  /** Cell number of each point: an index into `centers`. */
  readonly cellOf: Uint32Array;
  /** The mean of each cell's points. */
  readonly centers: PointCloud;
  readonly #cells = new Map<number, number>();
  readonly #keys: number[] = [];

  constructor({ count, xyz }: PointCloud, sizeM: number) {
    this.sizeM = sizeM;
    this.cellOf = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      const key = keyOf(
        Math.floor(xyz[3 * i]! / sizeM),
        Math.floor(xyz[3 * i + 1]! / sizeM),
        Math.floor(xyz[3 * i + 2]! / sizeM),
      );
      let cell = this.#cells.get(key);
      if (cell === undefined) {
        cell = this.#keys.length;
        this.#cells.set(key, cell);
        this.#keys.push(key);
      }
      this.cellOf[i] = cell;
    }
    this.centers = cellMeans({ count, xyz }, this.cellOf, this.#keys.length);
  }

  /** For each cell the number of the component that it belongs to: cells that touch are joined. */
  components(): Uint32Array {
    const none = 0xffffffff;
    const components = new Uint32Array(this.centers.count).fill(none);
    let next = 0;
    for (let start = 0; start < components.length; start++) {
      if (components[start] !== none) continue;
      components[start] = next;
      const queue = [start];
      for (let cell = queue.pop(); cell !== undefined; cell = queue.pop())
        for (let turn = 0; turn < 27; turn++) {
          const neighbour = this.#neighbour(cell, turn);
          if (neighbour === undefined || components[neighbour] !== none) continue;
          components[neighbour] = next;
          queue.push(neighbour);
        }
      next += 1;
    }
    return components;
  }

  /** For each point the number of its cell's component. */
  componentsOfPoints(): Uint32Array {
    const { cellOf } = this;
    const components = this.components();
    const ofPoints = new Uint32Array(cellOf.length);
    for (let i = 0; i < cellOf.length; i++) ofPoints[i] = components[cellOf[i]!]!;
    return ofPoints;
  }

  /** One of the 27 cells at and around `cell`, if it holds points. */
  #neighbour(cell: number, turn: number): number | undefined {
    const dx = Math.floor(turn / 9) - 1;
    const dy = (Math.floor(turn / 3) % 3) - 1;
    const dz = (turn % 3) - 1;
    return this.#cells.get(itemAt(this.#keys, cell) + (dx * SPAN + dy) * SPAN + dz);
  }
}

/** The points of each component, as `componentsOfPoints` gives them. */
export function pointsByComponent(componentOf: Uint32Array): Map<number, number[]> {
  const members = new Map<number, number[]>();
  for (let point = 0; point < componentOf.length; point++) {
    const component = componentOf[point]!;
    const known = members.get(component);
    if (known) known.push(point);
    else members.set(component, [point]);
  }
  return members;
}

function keyOf(x: number, y: number, z: number): number {
  const half = SPAN / 2;
  return ((x + half) * SPAN + (y + half)) * SPAN + (z + half);
}

function cellMeans({ count, xyz }: PointCloud, cellOf: Uint32Array, cells: number): PointCloud {
  const sums = new Float64Array(3 * cells);
  const counts = new Uint32Array(cells);
  for (let i = 0; i < count; i++) {
    const cell = cellOf[i]!;
    counts[cell]! += 1;
    for (let axis = 0; axis < 3; axis++) sums[3 * cell + axis]! += xyz[3 * i + axis]!;
  }
  const means = new Float32Array(3 * cells);
  for (let i = 0; i < 3 * cells; i++) means[i] = sums[i]! / counts[Math.floor(i / 3)]!;
  return { count: cells, xyz: means };
}

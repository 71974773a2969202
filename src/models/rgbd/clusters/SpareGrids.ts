import type { DepthView } from "../DepthView.js";
import { type DepthGrid, depthGridOf } from "./DepthGrid.js";

/**
 * Grids whose arrays the next image's are written into: megabytes of new ones an image cost more, in collecting the
 * old, than what is done with them. One that anybody still looks at is left alone.
 */
export class SpareGrids {
  readonly #users = new WeakMap<DepthGrid, number>();
  #spare: DepthGrid | undefined;

  /** A grid with one user. */
  gridOf(view: DepthView): DepthGrid {
    const grid = depthGridOf(view, this.#spare);
    this.#spare = undefined;
    this.#users.set(grid, 1);
    return grid;
  }

  use(grid: DepthGrid): void {
    this.#users.set(grid, (this.#users.get(grid) ?? 0) + 1);
  }

  /** For a user that looks at it no more. */
  leave(grid: DepthGrid): void {
    const users = (this.#users.get(grid) ?? 0) - 1;
    this.#users.set(grid, users);
    if (users === 0) this.#spare = grid;
  }
}

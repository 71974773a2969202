/**
 * Numbers of a grid's cells that one function needs until it returns. An image needs many of these, and new ones cost more,
 * in collecting the old ones too, than what is done with them.
 */
export class CellArray {
  #kept = new Uint32Array();

  /** What is in it is left over: whoever reads a place has to write it first. */
  of(length: number): Uint32Array {
    if (this.#kept.length !== length) this.#kept = new Uint32Array(length);
    return this.#kept;
  }
}

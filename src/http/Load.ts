import { BusyError } from "./errors.js";

/** What a number, text, list or map of a body takes in memory beside its bytes, about. */
const BYTES_OF_VALUE = 40;

/** The memory of what is with the server: bodies, and messages of streams, whole or half-sent. */
export class Load {
  readonly #most: number;
  readonly #bytes = new WeakMap<object, number>();
  #total = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  /** @throws BusyError where others hold so much that this is too much */
  add(owner: object, bytes: number): void {
    const own = this.#bytes.get(owner) ?? 0;
    if (this.#total > own && this.#total + bytes > this.#most) {
      throw new BusyError(
        `${this.#total} bytes of requests are waiting; the server takes no more now`,
      );
    }
    this.#bytes.set(owner, own + bytes);
    this.#total += bytes;
  }

  /** What the values of a body take beside its bytes. @throws BusyError */
  addValues(owner: object, values: number): void {
    this.add(owner, BYTES_OF_VALUE * values);
  }

  remove(owner: object): void {
    this.#total -= this.#bytes.get(owner) ?? 0;
    this.#bytes.delete(owner);
  }
}

import { type Stamped, StampedQueue } from "./StampedQueue.js";

interface Part<T> extends Stamped {
  readonly value: T;
  /** The colour image that took it. */
  owner?: Stamped;
}

export interface PartMatch<T> {
  /** The part that belongs to the colour image, as far as is known by now. */
  readonly part: T | undefined;
  /** False while a message that is still to come could change the match. */
  readonly isSettled: boolean;
}

/**
 * Finds the part (depth, labels, …) that belongs to a colour image: the two are each other's
 * nearest, and no further apart than the tolerance.
 */
export class PartMatcher<T> {
  readonly #parts = new StampedQueue<Part<T>>();
  readonly #toleranceNs: bigint;
  readonly #restartNs: bigint;

  constructor(toleranceNs: bigint, restartNs: bigint) {
    this.#toleranceNs = toleranceNs;
    this.#restartNs = restartNs;
  }

  add(value: T, stampNs: bigint): void {
    this.#parts.removeAfter(stampNs + this.#restartNs);
    this.#parts.add({ value, stampNs });
  }

  /** What belongs to the colour image, one of the `colors` that came. */
  match(color: Stamped, colors: StampedQueue<Stamped>): PartMatch<T> {
    const part = this.#parts.nearest(color.stampNs);
    if (part === undefined) return { part: undefined, isSettled: false };
    if (!this.#belongs(part, color, colors)) {
      return { part: undefined, isSettled: this.#parts.newest!.stampNs >= color.stampNs };
    }
    const mayChange = mayComeNearer(this.#parts, part, color) || mayComeNearer(colors, color, part);
    return { part: part.value, isSettled: !mayChange };
  }

  /** As `match`, and no other colour image gets the part. */
  take(color: Stamped, colors: StampedQueue<Stamped>): T | undefined {
    const { part: value } = this.match(color, colors);
    if (value !== undefined) this.#parts.nearest(color.stampNs)!.owner = color;
    return value;
  }

  removeBefore(stampNs: bigint): void {
    this.#parts.removeBefore(stampNs);
  }

  removeAfter(stampNs: bigint): void {
    this.#parts.removeAfter(stampNs);
  }

  #belongs(part: Part<T>, color: Stamped, colors: StampedQueue<Stamped>): boolean {
    if (part.owner !== undefined && part.owner !== color) return false;
    const awayNs = part.stampNs - color.stampNs;
    if (awayNs > this.#toleranceNs || -awayNs > this.#toleranceNs) return false;
    return colors.nearest(part.stampNs)?.stampNs === color.stampNs;
  }
}

/**
 * Whether the queue, whose nearest to the target this is, may still get a nearer one. Stamps come
 * in order, and no closer together than they have been.
 */
function mayComeNearer(queue: StampedQueue<Stamped>, nearest: Stamped, target: Stamped): boolean {
  const shortfallNs = target.stampNs - nearest.stampNs;
  if (shortfallNs <= 0n || queue.newest!.stampNs >= target.stampNs) return false;
  return queue.shortestGapNs === undefined || 2n * shortfallNs > queue.shortestGapNs;
}

import { type Stamped, StampedQueue } from "./StampedQueue.js";

interface Part<T> extends Stamped {
  readonly value: T;
  /** The colour image that took it. */
  owner?: Stamped;
}

/** What is known of the colour images around: their stamps and how close they follow each other. */
export interface ColorStream {
  readonly stamps: StampedQueue<Stamped>;
  /** The shortest time seen between two colour images. */
  readonly shortestGapNs: bigint | undefined;
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

  match(color: Stamped, stream: ColorStream): PartMatch<T> {
    const part = this.#parts.nearest(color.stampNs);
    if (part === undefined) return { part: undefined, isSettled: false };
    const isExact = part.stampNs === color.stampNs;
    // Parts come in stamp order: once one is later, no nearer one will come.
    const isNearest = isExact || this.#parts.newest!.stampNs > color.stampNs;
    if (!this.#belongs(part, color, stream)) return { part: undefined, isSettled: isNearest };
    const isOurs = isExact || part.stampNs < color.stampNs || !mayComeNearer(part, color, stream);
    return { part: part.value, isSettled: isNearest && isOurs };
  }

  /** As `match`, and no other colour image gets the part. */
  take(color: Stamped, stream: ColorStream): T | undefined {
    const { part: value } = this.match(color, stream);
    if (value !== undefined) this.#parts.nearest(color.stampNs)!.owner = color;
    return value;
  }

  removeBefore(stampNs: bigint): void {
    this.#parts.removeBefore(stampNs);
  }

  removeAfter(stampNs: bigint): void {
    this.#parts.removeAfter(stampNs);
  }

  #belongs(part: Part<T>, color: Stamped, stream: ColorStream): boolean {
    if (part.owner !== undefined && part.owner !== color) return false;
    const awayNs = part.stampNs - color.stampNs;
    if (awayNs > this.#toleranceNs || -awayNs > this.#toleranceNs) return false;
    return stream.stamps.nearest(part.stampNs)?.stampNs === color.stampNs;
  }
}

/** Whether a colour image is to be expected that is nearer to the part, which is later than ours. */
function mayComeNearer(part: Stamped, color: Stamped, stream: ColorStream): boolean {
  if (stream.stamps.newest!.stampNs >= part.stampNs) return false;
  const { shortestGapNs } = stream;
  return shortestGapNs === undefined || 2n * (part.stampNs - color.stampNs) > shortestGapNs;
}

import { itemAt } from "../base/index.js";

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
  #newestNs: bigint | undefined;
  #gapNs = 0n;

  constructor(toleranceNs: bigint, restartNs: bigint) {
    this.#toleranceNs = toleranceNs;
    this.#restartNs = restartNs;
  }

  /** The stamp of the part that came last; undefined before the first. */
  get newestNs(): bigint | undefined {
    return this.#newestNs;
  }

  /** The time from the part before to the one that came last; 0 if there is only one. */
  get gapNs(): bigint {
    return this.#gapNs;
  }

  add(value: T, stampNs: bigint): void {
    const gapNs = stampNs - (this.#newestNs ?? stampNs);
    this.#gapNs = gapNs > 0n ? gapNs : 0n;
    this.#newestNs = stampNs;
    this.#parts.removeAfter(stampNs + this.#restartNs);
    this.#parts.add({ value, stampNs });
  }

  /** What belongs to the colour image, one of the `colors` that came. */
  match(color: Stamped, colors: StampedQueue<Stamped>): PartMatch<T> {
    const part = this.#parts.nearest(color.stampNs);
    if (part === undefined) return { part: undefined, isSettled: false };
    if (!this.#belongs(part, color, colors)) {
      return { part: undefined, isSettled: this.#parts.reaches(color.stampNs) };
    }
    const mayChange = mayComeNearer(this.#parts, part, color) || mayComeNearer(colors, color, part);
    return { part: part.value, isSettled: !mayChange };
  }

  /** As `match`, and no other colour image gets the part. */
  take(color: Stamped, colors: StampedQueue<Stamped>): T | undefined {
    const { part: value } = this.match(color, colors);
    const nearest = value === undefined ? undefined : this.#parts.nearest(color.stampNs);
    if (nearest) nearest.owner = color;
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
  if (shortfallNs <= 0n || queue.reaches(target.stampNs)) return false;
  return queue.shortestGapNs === undefined || 2n * shortfallNs > queue.shortestGapNs;
}

export interface Stamped {
  readonly stampNs: bigint;
}

/** Items in stamp order, equal stamps in order of arrival. */
export class StampedQueue<T extends Stamped> {
  readonly #items: T[] = [];
  #shortestGapNs: bigint | undefined;

  /** The shortest time seen between two stamps that came one after the other. */
  get shortestGapNs(): bigint | undefined {
    return this.#shortestGapNs;
  }

  get oldest(): T | undefined {
    return this.#items[0];
  }

  get newest(): T | undefined {
    return this.#items.at(-1);
  }

  /** Whether something with that stamp or a later one has come. */
  reaches(stampNs: bigint): boolean {
    return this.newest !== undefined && this.newest.stampNs >= stampNs;
  }

  add(item: T): void {
    const gapNs = item.stampNs - (this.newest?.stampNs ?? item.stampNs);
    const isShortest = this.#shortestGapNs === undefined || gapNs < this.#shortestGapNs;
    if (gapNs > 0n && isShortest) this.#shortestGapNs = gapNs;
    this.#items.splice(
      this.#countUntil((stampNs) => stampNs <= item.stampNs),
      0,
      item,
    );
  }

  removeOldest(): T | undefined {
    return this.#items.shift();
  }

  /** The nearest to the stamp; of two as near, the earlier. */
  nearest(stampNs: bigint): T | undefined {
    const index = this.#countUntil((itemNs) => itemNs < stampNs);
    const after = this.#items[index];
    const before = this.#items[index - 1];
    if (after === undefined || before === undefined) return after ?? before;
    return stampNs - before.stampNs <= after.stampNs - stampNs ? before : after;
  }

  removeBefore(stampNs: bigint): void {
    const count = this.#countUntil((itemNs) => itemNs < stampNs);
    if (count > 0) this.#items.splice(0, count);
  }

  removeAfter(stampNs: bigint): void {
    this.#items.length = this.#countUntil((itemNs) => itemNs <= stampNs);
  }

  /** How many items lead the queue whose stamps hold the condition. */
  #countUntil(holds: (stampNs: bigint) => boolean): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(itemAt(this.#items, middle).stampNs)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

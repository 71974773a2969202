/** A message with the time on its sender's clock and the time at which it arrived. */
export interface Arrived {
  readonly stampNs: bigint;
  /** Log (receive) time, ns; never earlier than that of the message before. */
  readonly logNs: bigint;
}

/** Of so many of the newest gaps the median is the period. */
const GAPS = 15;
/** A stamp that goes back further than so many periods is a step of the clock, not a late message. */
const STEP_PERIODS = 2.5;
const LEAST_STEP_NS = 100_000_000n;
const MOST_STEP_NS = 1_000_000_000n;

/** The messages of a topic of the last while, in the order of their arrival. */
export class RecentStamps<T extends Arrived> {
  #items: T[] = [];
  readonly #gapsNs: bigint[] = [];
  #periodNs: bigint | undefined;
  #last: T | undefined;
  #lastGapNs = 0n;
  #shortestGapNs: bigint | undefined;
  #newestNs: bigint | undefined;
  #wasLateNs = 0n;

  /** The one that came last, also when it was forgotten. */
  get last(): T | undefined {
    return this.#last;
  }

  /** From the stamp before to the last one, ns; 0 if there is none or it is not later. */
  get lastGapNs(): bigint {
    return this.#lastGapNs;
  }

  /** The shortest time seen between two stamps that came one after the other. */
  get shortestGapNs(): bigint | undefined {
    return this.#shortestGapNs;
  }

  /** How many of the newest gaps are known. */
  get gapCount(): number {
    return this.#gapsNs.length;
  }

  /** The usual time from one stamp to the next; undefined before the second. */
  get periodNs(): bigint | undefined {
    return this.#periodNs;
  }

  /** By how much a message came too late for the order of stamps, at most; 0 if none did. */
  get wasLateNs(): bigint {
    return this.#wasLateNs;
  }

  add(item: T): void {
    const before = this.#last?.stampNs ?? item.stampNs;
    const gapNs = item.stampNs - before;
    this.#lastGapNs = gapNs > 0n ? gapNs : 0n;
    if (gapNs > 0n) {
      this.#gapsNs.push(gapNs);
      if (this.#gapsNs.length > GAPS) this.#gapsNs.shift();
      this.#periodNs = medianOf(this.#gapsNs);
      if (this.#shortestGapNs === undefined || gapNs < this.#shortestGapNs) {
        this.#shortestGapNs = gapNs;
      }
    }
    const lateNs = (this.#newestNs ?? item.stampNs) - item.stampNs;
    const isStep = this.isStepBack(item.stampNs);
    if (lateNs > this.#wasLateNs && !isStep) this.#wasLateNs = lateNs;
    if (lateNs <= 0n || isStep) this.#newestNs = item.stampNs;
    this.#last = item;
    this.#items.push(item);
  }

  /** The latest stamp since the last step back. */
  get newestNs(): bigint | undefined {
    return this.#newestNs;
  }

  /** Whether the sender's clock was set back before a message of that stamp. */
  isStepBack(stampNs: bigint): boolean {
    if (this.#newestNs === undefined) return false;
    const usualNs = BigInt(Math.round(STEP_PERIODS * Number(this.periodNs ?? 0n)));
    const cappedNs = usualNs < MOST_STEP_NS ? usualNs : MOST_STEP_NS;
    const stepNs = cappedNs > LEAST_STEP_NS ? cappedNs : LEAST_STEP_NS;
    return this.#newestNs - stampNs > stepNs;
  }

  /** Whether something with that stamp or a later one has come. */
  reaches(stampNs: bigint): boolean {
    return this.#newestNs !== undefined && this.#newestNs >= stampNs;
  }

  /** Whether one that came earlier has a later stamp. */
  hasOvertaken(item: T): boolean {
    const at = this.#items.indexOf(item);
    return this.#items.some((other, i) => i < at && other.stampNs > item.stampNs);
  }

  /**
   * The nearest by stamp; of equal stamps the one that arrived nearer, of two stamps as near the
   * earlier. Only those that are not among `except`.
   */
  nearest(target: Arrived, except: ReadonlySet<T> = NONE): T | undefined {
    let best: T | undefined;
    let bestNs = 0n;
    for (const item of this.#items) {
      const awayNs = apart(item.stampNs, target.stampNs);
      if (best !== undefined && awayNs > bestNs) continue;
      if (except.has(item)) continue;
      if (best === undefined || awayNs < bestNs || isPreferred(item, best, target)) {
        best = item;
        bestNs = awayNs;
      }
    }
    return best;
  }

  /** Forgets what arrived before. */
  forgetBefore(logNs: bigint): void {
    const first = this.#items.findIndex((item) => item.logNs >= logNs);
    this.#items = first < 0 ? [] : first > 0 ? this.#items.slice(first) : this.#items;
  }
}

const NONE: ReadonlySet<never> = new Set();

/** Of two that are as near by stamp. */
function isPreferred(item: Arrived, best: Arrived, target: Arrived): boolean {
  if (item.stampNs !== best.stampNs) return item.stampNs < best.stampNs;
  return apart(item.logNs, target.logNs) < apart(best.logNs, target.logNs);
}

function apart(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b;
}

function medianOf(values: readonly bigint[]): bigint | undefined {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[sorted.length >> 1];
}

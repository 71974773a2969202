import { type Arrived, RecentStamps } from "./RecentStamps.js";

interface Part<T> extends Arrived {
  readonly value: T;
  /** The colour image that took it. */
  owner?: ColorArrival;
}

/** A colour image among those of the last while. */
export interface ColorArrival extends Arrived {
  /** Counts the steps back of the camera's clock. */
  readonly run: number;
  /** Images of one stamp that came one after the other share it, and so their parts. */
  readonly group: object;
}

/** The part that belongs to a colour image, as far as is known by now. */
export interface PartMatch<T> {
  readonly part: T | undefined;
  /** False while a message that is still to come could change the match. */
  readonly isSettled: boolean;
}

/** When parts and images belong together. All in ns. */
export interface PairingOptions {
  /**
   * Parts further than this from the image do not belong to it. Where absent: half the period of
   * the slower of both, and at least 20 ms.
   */
  readonly toleranceNs?: bigint | undefined;
  /** What the part's stamps are later than those of images taken at the same time. */
  readonly offsetNs?: bigint | undefined;
  /** How much later than its followers a message may come. */
  readonly reorderNs: bigint;
}

const LEAST_TOLERANCE_NS = 20_000_000n;
const FEW_GAPS = 3;

/**
 * Finds the part (depth, labels, …) that belongs to a colour image: the two are each other's
 * nearest by stamp, and no further apart than the tolerance. Of parts with equal stamps (a clock
 * that was set back) the one counts that arrived nearest to the image.
 */
export class PartMatcher<T> {
  readonly #parts = new RecentStamps<Part<T>>();
  readonly #colors: RecentStamps<ColorArrival>;
  readonly #options: PairingOptions;

  /** @param colors the camera's colour images of the last while, those handed out included */
  constructor(colors: RecentStamps<ColorArrival>, options: PairingOptions) {
    this.#colors = colors;
    this.#options = options;
  }

  /** The stamp of the part that came last; undefined before the first. */
  get newestNs(): bigint | undefined {
    return this.#parts.last?.stampNs;
  }

  /** The time from the part before to the one that came last; 0 if there is only one. */
  get gapNs(): bigint {
    return this.#parts.lastGapNs;
  }

  add(value: T, stampNs: bigint, logNs: bigint): void {
    this.#parts.add({ value, stampNs: stampNs - (this.#options.offsetNs ?? 0n), logNs });
  }

  match(color: ColorArrival): PartMatch<T> {
    const { part, isSettled } = this.#find(color);
    return { part: part?.value, isSettled };
  }

  /** As `match`, and no other colour image gets the part, but those of the same stamp. */
  take(color: ColorArrival): T | undefined {
    const { part } = this.#find(color);
    if (part) part.owner ??= color;
    return part?.value;
  }

  /** Why no part belongs to the image, for people; `topic` is the part's. */
  whyNone(color: ColorArrival, topic: string): string {
    const nearest = this.#parts.nearest(color);
    if (nearest === undefined) return `no message of ${topic} is near its time`;
    const awayNs = nearest.stampNs - color.stampNs;
    const away = `${milliseconds(awayNs < 0n ? -awayNs : awayNs)} ${awayNs < 0n ? "earlier" : "later"}`;
    const toleranceNs = this.#toleranceNs;
    if (!isWithin(awayNs, toleranceNs)) {
      return (
        `the nearest of ${topic} is ${away}, further than the tolerance of ` +
        `${milliseconds(toleranceNs)} (set the camera's tolerance or offset in the task)`
      );
    }
    return `the nearest of ${topic}, ${away}, belongs to another image`;
  }

  forgetBefore(logNs: bigint): void {
    this.#parts.forgetBefore(logNs);
  }

  #find(color: ColorArrival): { readonly part: Part<T> | undefined; readonly isSettled: boolean } {
    const ofOtherRuns = new Set<Part<T>>();
    for (;;) {
      const part = this.#parts.nearest(color, ofOtherRuns);
      if (part === undefined) return { part, isSettled: this.#hasPassed(color) };
      const owner = this.#ownerOf(part);
      const isOurs = owner !== undefined && owner.group === color.group;
      // A part of before or after a step of the clock says nothing of this image.
      if (!isOurs && owner !== undefined && owner.run !== color.run) {
        ofOtherRuns.add(part);
        continue;
      }
      if (isOurs && isWithin(part.stampNs - color.stampNs, this.#toleranceNs)) {
        // What an image of the same stamp has taken is ours only if no part of our own comes.
        const isShared = part.owner !== undefined && part.owner !== color;
        const isSettled = isShared ? this.#hasPassed(color) : !this.#mayChange(part, color);
        return { part, isSettled };
      }
      // Nobody else's, it may still be near enough once the periods are known.
      return {
        part: undefined,
        isSettled: this.#hasPassed(color) && (!isOurs || this.#isToleranceKnown),
      };
    }
  }

  /** The colour image that took the part, or else the one that it is nearest to. */
  #ownerOf(part: Part<T>): ColorArrival | undefined {
    return part.owner ?? this.#colors.nearest(part);
  }

  #mayChange(part: Part<T>, color: ColorArrival): boolean {
    if (part.stampNs === color.stampNs) {
      // An older image or part may have the stamp by chance, after a step of the clock.
      const gapNs = this.#colors.periodNs ?? LEAST_TOLERANCE_NS;
      return !isWithin(part.logNs - color.logNs, gapNs) && this.#isBehind(color);
    }
    return (
      this.#isBehind(color) ||
      mayComeNearer(this.#parts, part, color) ||
      mayComeNearer(this.#colors, color, part)
    );
  }

  /** Whether what has not come by now is not to come any more. */
  #hasPassed(color: ColorArrival): boolean {
    if (this.#isBehind(color)) return false;
    const { reorderNs } = this.#options;
    const isLateKnown = this.#parts.wasLateNs > reorderNs;
    const slackNs = isLateKnown ? this.#parts.wasLateNs : reorderNs;
    return this.#parts.reaches(color.stampNs + slackNs);
  }

  /** An image with an earlier stamp than one before it: order says nothing of it. */
  #isBehind(color: ColorArrival): boolean {
    return this.#colors.hasOvertaken(color);
  }

  get #isToleranceKnown(): boolean {
    return this.#options.toleranceNs !== undefined || this.#parts.periodNs !== undefined;
  }

  get #toleranceNs(): bigint {
    const { toleranceNs } = this.#options;
    if (toleranceNs !== undefined) return toleranceNs;
    const periods = [this.#parts.periodNs ?? 0n, this.#colors.periodNs ?? 0n];
    return periods.reduce((most, ns) => (ns / 2n > most ? ns / 2n : most), LEAST_TOLERANCE_NS);
  }
}

/**
 * Whether the queue, whose nearest to the target this is, may still get a nearer one. Stamps come
 * in order, and no closer together than they have been.
 */
function mayComeNearer(queue: RecentStamps<Arrived>, nearest: Arrived, target: Arrived): boolean {
  const shortfallNs = target.stampNs - nearest.stampNs;
  if (shortfallNs <= 0n || queue.reaches(target.stampNs)) return false;
  // One gap may be that of a lost message.
  const parts = queue.gapCount < FEW_GAPS ? 4n : 2n;
  return queue.shortestGapNs === undefined || parts * shortfallNs > queue.shortestGapNs;
}

function isWithin(awayNs: bigint, limitNs: bigint): boolean {
  return awayNs <= limitNs && -awayNs <= limitNs;
}

function milliseconds(ns: bigint): string {
  return `${(Number(ns) / 1e6).toFixed(1)} ms`;
}

import type { Pose } from "./Pose.js";
import { interpolatePoses } from "./poseMath.js";
import type { StampedTransform } from "./StampedTransform.js";

/** What a frame's history says about its parent at one moment. */
export type Link = KnownLink | MissingLink;

export interface KnownLink {
  readonly state: "known";
  readonly parentFrame: string;
  readonly pose: Pose;
}

/** The moment is after the newest (`late`) or before the oldest (`early`) transform, by `gapNs`. */
export interface MissingLink {
  readonly state: "late" | "early";
  readonly parentFrame: string;
  readonly gapNs: bigint;
}

/** The transforms of one child frame over the last `keepNs`, sorted by stamp; never empty. */
export class TransformHistory {
  readonly #keepNs: bigint;
  readonly #samples: StampedTransform[];
  #isStatic: boolean;

  constructor(first: StampedTransform, isStatic: boolean, keepNs: bigint) {
    this.#samples = [first];
    this.#isStatic = isStatic;
    this.#keepNs = keepNs;
  }

  add(sample: StampedTransform, isStatic: boolean): void {
    const samples = this.#samples;
    const newest = samples.at(-1)!;
    // Time that jumps back further than we remember is a new recording or a simulator's reset.
    const restarted = sample.stampNs + this.#keepNs < newest.stampNs;
    if (isStatic || this.#isStatic || restarted) {
      samples.length = 0;
      samples.push(sample);
      this.#isStatic = isStatic;
      return;
    }
    const index = this.#indexOf(sample.stampNs);
    const isSameStamp = samples[index]?.stampNs === sample.stampNs;
    samples.splice(index, isSameStamp ? 1 : 0, sample);
    this.#forgetOld();
  }

  at(stampNs: bigint): Link {
    const samples = this.#samples;
    const newest = samples.at(-1)!;
    if (this.#isStatic) return known(newest);
    const index = this.#indexOf(stampNs);
    const after = samples[index];
    if (after === undefined) {
      const gapNs = stampNs - newest.stampNs;
      return { state: "late", parentFrame: newest.parentFrame, gapNs };
    }
    if (after.stampNs === stampNs) return known(after);
    const before = samples[index - 1];
    if (before === undefined) {
      const gapNs = after.stampNs - stampNs;
      return { state: "early", parentFrame: after.parentFrame, gapNs };
    }
    // Between two parents there is nothing to interpolate: the older one still holds.
    if (before.parentFrame !== after.parentFrame) return known(before);
    const ratio = Number(stampNs - before.stampNs) / Number(after.stampNs - before.stampNs);
    const pose = interpolatePoses(before.pose, after.pose, ratio);
    return { state: "known", parentFrame: before.parentFrame, pose };
  }

  /** The first sample that is not before the stamp. */
  #indexOf(stampNs: bigint): number {
    const samples = this.#samples;
    let low = 0;
    let high = samples.length;
    // New samples mostly come at the end.
    if (samples[high - 1]!.stampNs < stampNs) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (samples[middle]!.stampNs < stampNs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Cuts only when half is old, so that the cost per sample stays constant. */
  #forgetOld(): void {
    const samples = this.#samples;
    const horizonNs = samples.at(-1)!.stampNs - this.#keepNs;
    if (samples[samples.length >> 1]!.stampNs >= horizonNs) return;
    samples.splice(0, this.#indexOf(horizonNs));
  }
}

function known({ parentFrame, pose }: StampedTransform): KnownLink {
  return { state: "known", parentFrame, pose };
}

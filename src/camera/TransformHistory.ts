import { interpolatePoses, type Pose, type StampedTransform } from "./Pose.js";

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

/** Position x, y, z and rotation x, y, z, w of a pose. */
const NUMBERS = 7;
const FIRST_CAPACITY = 16;

/**
 * The transforms of one child frame over the last `keepNs`, sorted by stamp; never empty. They are
 * kept as columns of numbers: a robot may send thousands a second, and as objects that live for
 * seconds they would keep the garbage collector busy.
 */
export class TransformHistory {
  readonly #keepNs: bigint;
  readonly #mostGapNs: bigint | undefined;
  #isStatic = false;
  #stampsNs = new BigInt64Array(FIRST_CAPACITY);
  #poses = new Float64Array(FIRST_CAPACITY * NUMBERS);
  readonly #parents: string[] = [];

  /** @param mostGapNs between transforms that are further apart, and differ, nothing is known */
  constructor(first: StampedTransform, isStatic: boolean, keepNs: bigint, mostGapNs?: bigint) {
    this.#keepNs = keepNs;
    this.#mostGapNs = mostGapNs;
    this.#replaceAll(first, isStatic);
  }

  add(sample: StampedTransform, isStatic: boolean): void {
    const { stampNs } = sample;
    const newestNs = this.#stampNs(this.#count - 1);
    if (isStatic || this.#isStatic) {
      this.#replaceAll(sample, isStatic);
      return;
    }
    // New samples mostly come at the end.
    const index = newestNs < stampNs ? this.#count : this.#indexOf(stampNs);
    const isSameStamp = index < this.#count && this.#stampNs(index) === stampNs;
    if (!isSameStamp) this.#makeRoom(index);
    this.#write(index, sample);
    this.#forgetOld();
  }

  /** The newest stamp; undefined of what holds for every time. */
  get newestNs(): bigint | undefined {
    return this.#isStatic ? undefined : this.#stampNs(this.#count - 1);
  }

  at(stampNs: bigint): Link {
    const last = this.#count - 1;
    if (this.#isStatic) return this.#known(last);
    const index = this.#indexOf(stampNs);
    if (index > last) {
      const gapNs = stampNs - this.#stampNs(last);
      return { state: "late", parentFrame: this.#parent(last), gapNs };
    }
    const afterNs = this.#stampNs(index);
    if (afterNs === stampNs) return this.#known(index);
    if (index === 0) {
      return { state: "early", parentFrame: this.#parent(0), gapNs: afterNs - stampNs };
    }
    const before = index - 1;
    const parentFrame = this.#parent(before);
    // Between two parents there is nothing to interpolate: the older one still holds.
    if (parentFrame !== this.#parent(index)) return this.#known(before);
    const beforeNs = this.#stampNs(before);
    const ratio = Number(stampNs - beforeNs) / Number(afterNs - beforeNs);
    const [from, to] = [this.#pose(before), this.#pose(index)];
    if (
      this.#mostGapNs !== undefined &&
      afterNs - beforeNs > this.#mostGapNs &&
      !isSame(from, to)
    ) {
      return { state: "late", parentFrame, gapNs: stampNs - beforeNs };
    }
    const pose = interpolatePoses(from, to, ratio);
    return { state: "known", parentFrame, pose };
  }

  get #count(): number {
    return this.#parents.length;
  }

  #stampNs(index: number): bigint {
    return this.#stampsNs[index] ?? 0n;
  }

  #parent(index: number): string {
    return this.#parents[index] ?? "";
  }

  #pose(index: number): Pose {
    const at = index * NUMBERS;
    const number = (offset: number): number => this.#poses[at + offset] ?? 0;
    return {
      position: [number(0), number(1), number(2)],
      rotation: [number(3), number(4), number(5), number(6)],
    };
  }

  #known(index: number): KnownLink {
    return { state: "known", parentFrame: this.#parent(index), pose: this.#pose(index) };
  }

  #write(index: number, { stampNs, parentFrame, pose }: StampedTransform): void {
    this.#stampsNs[index] = stampNs;
    const before = this.#parents[index - 1];
    // The same text, not another one with the same letters, so that the new one is soon forgotten.
    this.#parents[index] = before === parentFrame ? before : parentFrame;
    const [px, py, pz] = pose.position;
    const [x, y, z, w] = pose.rotation;
    const at = index * NUMBERS;
    this.#poses[at] = px;
    this.#poses[at + 1] = py;
    this.#poses[at + 2] = pz;
    this.#poses[at + 3] = x;
    this.#poses[at + 4] = y;
    this.#poses[at + 5] = z;
    this.#poses[at + 6] = w;
  }

  #replaceAll(only: StampedTransform, isStatic: boolean): void {
    this.#parents.length = 0;
    this.#isStatic = isStatic;
    this.#write(0, only);
  }

  /** The first sample that is not before the stamp. */
  #indexOf(stampNs: bigint): number {
    let low = 0;
    let high = this.#count;
    if (this.#stampNs(high - 1) < stampNs) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#stampNs(middle) < stampNs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Moves the samples from there on by one. */
  #makeRoom(index: number): void {
    const count = this.#count;
    if (count === this.#stampsNs.length) {
      const stampsNs = new BigInt64Array(2 * count);
      stampsNs.set(this.#stampsNs);
      this.#stampsNs = stampsNs;
      const poses = new Float64Array(2 * count * NUMBERS);
      poses.set(this.#poses);
      this.#poses = poses;
    }
    if (index === count) return;
    this.#stampsNs.copyWithin(index + 1, index, count);
    this.#poses.copyWithin((index + 1) * NUMBERS, index * NUMBERS, count * NUMBERS);
    this.#parents.splice(index, 0, "");
  }

  /** Cuts only when half is old, so that the cost per sample stays constant. */
  #forgetOld(): void {
    const count = this.#count;
    const horizonNs = this.#stampNs(count - 1) - this.#keepNs;
    if (this.#stampNs(count >> 1) >= horizonNs) return;
    const kept = this.#indexOf(horizonNs);
    this.#stampsNs.copyWithin(0, kept, count);
    this.#poses.copyWithin(0, kept * NUMBERS, count * NUMBERS);
    this.#parents.splice(0, kept);
  }
}

/** What is told of a thing that stands still differs by less, m and parts of a quaternion. */
const STILL = 1e-3;

function isSame(a: Pose, b: Pose): boolean {
  // Both signs of a quaternion are one rotation.
  const cosine = a.rotation.reduce((sum, value, i) => sum + value * (b.rotation[i] ?? 0), 0);
  const isNear = a.position.every((value, i) => Math.abs(value - (b.position[i] ?? 0)) < STILL);
  return isNear && 1 - Math.abs(cosine) < STILL * STILL;
}

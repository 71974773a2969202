import { itemAt } from "./itemAt.js";

/**
 * A seeded stream of random numbers: sfc32 (Chris Doty-Humphrey, PractRand), seeded through
 * FNV-1a and splitmix32. Streams of one seed with different names are independent, so that adding
 * a draw to one part of a scene leaves the others as they were.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(seed: number, stream: string) {
    let state = fnv1a(`${seed}/${stream}`);
    const word = () => {
      state = (state + 0x9e3779b9) | 0;
      let mixed = state ^ (state >>> 16);
      mixed = Math.imul(mixed, 0x21f0aaad);
      mixed ^= mixed >>> 15;
      mixed = Math.imul(mixed, 0x735a2d97);
      return (mixed ^ (mixed >>> 15)) | 0;
    };
    this.#a = word();
    this.#b = word();
    this.#c = word();
    this.#counter = word();
    // The first outputs still show the seed's structure.
    for (let i = 0; i < 12; i++) this.next();
  }

  /** Uniform in [0, 1). */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  }

  /** Uniform in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** A whole number, both bounds included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** Normal with mean 0 and standard deviation 1. */
  normal(): number {
    return normal(() => this.next());
  }

  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    return itemAt(items, this.integer(0, items.length - 1));
  }

  /** A copy in random order. */
  shuffle<T>(items: readonly T[]): T[] {
    return inRandomOrder(items, () => this.next());
  }
}

/** Normal with mean 0 and standard deviation 1, from uniform numbers in [0, 1) (Box-Muller). */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A 32-bit hash of a text: FNV-1a over its UTF-16 units. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash;
}

/**
 * A stream of uniform numbers in [0, 1) that depends on the seed alone (mulberry32): its 32-bit
 * state is ample for controls and resampling, and any machine repeats it.
 */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A copy in random order (Fisher and Yates), the same for the same seed. */
export function shuffled<T>(values: readonly T[], seed: number): T[] {
  return inRandomOrder(values, mulberry32(seed));
}

function inRandomOrder<T>(values: readonly T[], random: () => number): T[] {
  const order = [...values];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [itemAt(order, j), itemAt(order, i)];
  }
  return order;
}

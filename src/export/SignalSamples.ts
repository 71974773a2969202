import { bisectLeft } from "d3-array";

/**
 * The value of one number at each of many times, out of samples in any order. `newest`: of the
 * samples up to a time, the newest. `first`: the first one from a time on, before the next time;
 * where none came, the newest before.
 */
export class SignalSamples {
  readonly #times: Float64Array;
  /** The newest sample after the time before and up to each time. */
  readonly #newest: Slots;
  /** The first sample from each time on, before the next. */
  readonly #first: Slots;

  /** @param times rising, s or ns alike */
  constructor(times: Float64Array) {
    this.#times = times;
    this.#newest = new Slots(times.length);
    this.#first = new Slots(times.length);
  }

  add(time: number, value: number): void {
    // The first of the times that is not before the sample.
    const at = bisectLeft(this.#times, time);
    if (at < this.#times.length) {
      this.#newest.put(at, time, value, (had) => time >= had);
    }
    const from = at < this.#times.length && this.#times[at] === time ? at : at - 1;
    if (from >= 0) this.#first.put(from, time, value, (had) => time < had);
  }

  /** @returns values, and the times that they are of; NaN where there is none */
  newest(): SampledNumbers {
    const { values, times } = this.#newest;
    const filled = { values: values.slice(), times: times.slice() };
    for (let i = 1; i < filled.times.length; i++) {
      if (!Number.isNaN(filled.times[i])) continue;
      filled.times[i] = filled.times[i - 1] ?? Number.NaN;
      filled.values[i] = filled.values[i - 1] ?? Number.NaN;
    }
    return filled;
  }

  /**
   * The same, of the first sample from each time on.
   *
   * @param within how long after the time it may come
   */
  first(within: number): SampledNumbers {
    const before = this.newest();
    const { values, times } = this.#first;
    for (let i = 0; i < times.length; i++) {
      const lateness = (times[i] ?? Number.NaN) - (this.#times[i] ?? Number.NaN);
      if (!(lateness < within)) continue;
      before.times[i] = times[i] ?? Number.NaN;
      before.values[i] = values[i] ?? Number.NaN;
    }
    return before;
  }
}

export interface SampledNumbers {
  readonly values: Float64Array;
  readonly times: Float64Array;
}

class Slots {
  readonly values: Float64Array;
  readonly times: Float64Array;

  constructor(length: number) {
    this.values = new Float64Array(length).fill(Number.NaN);
    this.times = new Float64Array(length).fill(Number.NaN);
  }

  put(at: number, time: number, value: number, wins: (had: number) => boolean): void {
    const had = this.times[at] ?? Number.NaN;
    if (!Number.isNaN(had) && !wins(had)) return;
    this.times[at] = time;
    this.values[at] = value;
  }
}

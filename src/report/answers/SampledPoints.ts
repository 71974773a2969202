/** More dots than this are a blot. */
const MOST = 1500;

/**
 * An even sample of (true, said) lengths of a stream of unknown length: whenever it is full, every
 * other one is given up, and from then on only every other one is taken.
 */
export class SampledPoints {
  truthM: number[] = [];
  saidM: number[] = [];
  #stride = 1;
  #seen = 0;

  add(truthM: number, saidM: number): void {
    const index = this.#seen;
    this.#seen += 1;
    if (index % this.#stride !== 0) return;
    this.truthM.push(truthM);
    this.saidM.push(saidM);
    if (this.truthM.length < MOST) return;
    this.#stride *= 2;
    this.truthM = this.truthM.filter((_, i) => i % 2 === 0);
    this.saidM = this.saidM.filter((_, i) => i % 2 === 0);
  }

  /** Of all lengths that were offered. */
  get seen(): number {
    return this.#seen;
  }
}

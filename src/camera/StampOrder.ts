import type { CameraFrame } from "./CameraFrame.js";

/** A camera that is this far behind the newest stamp is not waited for. */
const PATIENCE_NS = 1_000_000_000n;

/**
 * Interleaves the frames of several cameras, each in order itself, by stamp. It holds at most the
 * frames of one second; with one camera, none.
 */
export class StampOrder {
  readonly #reachedNs: Map<string, bigint>;
  #waiting: CameraFrame[] = [];

  constructor(cameras: readonly string[]) {
    this.#reachedNs = new Map(cameras.map((name) => [name, -(2n ** 63n)]));
  }

  add(frames: readonly CameraFrame[]): void {
    for (const frame of frames) {
      this.#reachedNs.set(frame.camera, frame.stampNs);
      this.#waiting.push(frame);
    }
  }

  /** The frames before which no other can come any more. */
  take(newestNs: bigint): CameraFrame[] {
    if (this.#waiting.length === 0) return [];
    if (this.#reachedNs.size === 1) return this.#waiting.splice(0);
    let limitNs = newestNs;
    for (const reached of this.#reachedNs.values()) if (reached < limitNs) limitNs = reached;
    if (limitNs < newestNs - PATIENCE_NS) limitNs = newestNs - PATIENCE_NS;
    this.#sort();
    const at = this.#waiting.findIndex((frame) => frame.stampNs > limitNs);
    return this.#waiting.splice(0, at < 0 ? this.#waiting.length : at);
  }

  flush(): CameraFrame[] {
    if (this.#reachedNs.size > 1) this.#sort();
    return this.#waiting.splice(0);
  }

  /** Stable, so that cameras with equal stamps keep the order in which they are named. */
  #sort(): void {
    this.#waiting.sort((a, b) => (a.stampNs < b.stampNs ? -1 : a.stampNs > b.stampNs ? 1 : 0));
  }
}

import { type FramePose, type StampedTransform, TransformBuffer } from "../camera/index.js";
import type { Measurement, Task } from "../task/index.js";
import type { Decoy } from "./EpisodeColumns.js";

/** How far behind the newest transform an image may be and still find its poses. */
const KEEP_NS = 30_000_000_000n;
/** Poses that have not come by then will not come. */
const PATIENCE_NS = 2_000_000_000n;

/** The poses of a task's objects from /tf, and what else in the scene a question could be about. */
export class TruthSource {
  readonly #buffer = new TransformBuffer({ keepNs: KEEP_NS });
  readonly #parents = new Map<string, string>();
  readonly #moving = new Set<string>();
  readonly #task: Task;
  #newestNs = 0n;

  constructor(task: Task) {
    this.#task = task;
  }

  add(transforms: readonly StampedTransform[], isStatic: boolean): void {
    this.#buffer.add(transforms, isStatic);
    for (const { parentFrame, childFrame, stampNs } of transforms) {
      this.#parents.set(childFrame, parentFrame);
      if (isStatic) continue;
      this.#moving.add(childFrame);
      if (stampNs > this.#newestNs) this.#newestNs = stampNs;
    }
  }

  /** Whether waiting for more transforms can no longer change `posesAt`. */
  isSettled(frameId: string, stampNs: bigint): boolean {
    return (
      this.#newestNs > stampNs + PATIENCE_NS ||
      this.#taskFrames().every((frame) => this.#buffer.isSettled(frameId, frame, stampNs))
    );
  }

  /** Poses in the optical frame at the stamp, of the task's objects and all decoys. */
  posesAt(frameId: string, stampNs: bigint): ReadonlyMap<string, FramePose> {
    const decoys = this.#task.measurements.flatMap((measurement) => this.decoysOf(measurement));
    const frames = new Set([...this.#taskFrames(), ...decoys.map(({ frame }) => frame)]);
    return new Map(
      [...frames].map((frame) => [frame, this.#buffer.lookup(frameId, frame, stampNs)]),
    );
  }

  /**
   * The other objects of the task that have a frame; where it has none, the moving frames beside
   * the object's own in the TF tree, which are the scene's other objects.
   */
  decoysOf = (measurement: Measurement): readonly Decoy[] => {
    const { subject, object } = measurement;
    if (object?.frame === undefined) return [];
    const asked = new Set([subject.frame, object.frame, this.#task.support?.frame]);
    const named = [...this.#task.objects.values()].flatMap(({ name, frame }) =>
      frame === undefined || asked.has(frame) ? [] : [{ name, frame }],
    );
    if (named.length > 0) return named;
    const parent = this.#parents.get(object.frame);
    return [...this.#moving]
      .filter((frame) => this.#parents.get(frame) === parent && !asked.has(frame))
      .map((frame) => ({ name: frame, frame }));
  };

  #taskFrames(): string[] {
    const objects = [...this.#task.objects.values(), this.#task.support];
    return [...new Set(objects.flatMap((object) => object?.frame ?? []))];
  }
}

import { RESTART_NS, valueAt } from "../base/index.js";
import { type FramePose, type StampedTransform, TransformBuffer } from "../camera/index.js";
import type { Measurement, Task } from "../task/index.js";
import type { Decoy } from "./EpisodeColumns.js";

/** How far behind the newest transform an image may be and still find its poses. */
const KEEP_NS = 30_000_000_000n;
/** Where a thing was between transforms that are further apart, nobody knows. */
const MOST_GAP_NS = 1_000_000_000n;
/** Poses that have not come by then will not come. */
const PATIENCE_NS = 2_000_000_000n;
/** Runs that late rewards may still speak of. */
const MOST_RUNS = 3;

/** An image whose poses are wanted. */
export interface PosedImage {
  readonly frameId: string;
  readonly stampNs: bigint;
  /** Of the source, as `runOf` says. */
  readonly run: number;
  /** The newest transform when the image came; undefined before the first. */
  readonly sinceNs: bigint | undefined;
}

/** The transforms of one run of the source. */
interface Run {
  readonly buffer: TransformBuffer;
  newestNs: bigint | undefined;
  /** Of each child frame. */
  readonly newestOf: Map<string, bigint>;
}

/**
 * The poses of a task's objects from /tf, and what else in the scene a question could be about.
 * Where time jumps back, the transforms of before are kept for rewards that come late.
 */
export class TruthSource {
  readonly #static = new Map<string, StampedTransform>();
  readonly #runs = new Map<number, Run>();
  readonly #parents = new Map<string, string>();
  readonly #moving = new Set<string>();
  readonly #task: Task;
  #run = 0;

  constructor(task: Task) {
    this.#task = task;
    this.#runs.set(0, this.#newRun());
  }

  add(transforms: readonly StampedTransform[], isStatic: boolean): void {
    for (const transform of transforms) {
      const { parentFrame, childFrame, stampNs } = transform;
      this.#parents.set(childFrame, parentFrame);
      if (isStatic) {
        this.#static.set(childFrame, transform);
        for (const { buffer } of this.#runs.values()) buffer.add([transform], true);
        continue;
      }
      this.#moving.add(childFrame);
      const newestNs = this.#current.newestOf.get(childFrame);
      if (newestNs !== undefined && stampNs + RESTART_NS < newestNs) this.#restart();
      const { buffer, newestOf } = this.#current;
      buffer.add([transform], false);
      newestOf.set(childFrame, later(newestOf.get(childFrame), stampNs));
      this.#current.newestNs = later(this.#current.newestNs, stampNs);
    }
  }

  /**
   * The run of the source that a new attempt's first image is of.
   *
   * @param before the run of the camera's attempt before, if there was one
   */
  runOf(stampNs: bigint, before: number | undefined): number {
    const { newestNs } = this.#current;
    const isAhead = newestNs !== undefined && newestNs > stampNs + RESTART_NS;
    // The image of a reset may be recorded before its transforms.
    return isAhead && before === this.#run ? this.#run + 1 : this.#run;
  }

  get newestNs(): bigint | undefined {
    return this.#current.newestNs;
  }

  /** Whether waiting for more transforms can no longer change `posesAt`. */
  isSettled({ frameId, stampNs, run, sinceNs }: PosedImage): boolean {
    if (run < this.#run) return true;
    const { buffer, newestNs } = this.#current;
    const fromNs = run === this.#run ? stampNs : sinceNs;
    const isOver =
      newestNs !== undefined && fromNs !== undefined && newestNs > fromNs + PATIENCE_NS;
    return (
      isOver ||
      (run === this.#run &&
        this.#taskFrames().every((frame) => buffer.isSettled(frameId, frame, stampNs)))
    );
  }

  /**
   * Poses in the optical frame at the stamp, of the task's objects and all decoys; none where it is
   * not certain which run of the source the image is of.
   */
  posesAt({ frameId, stampNs, run }: PosedImage): ReadonlyMap<string, FramePose> {
    const buffer = this.#isDoubtful(stampNs, run) ? undefined : this.#runs.get(run)?.buffer;
    if (!buffer) return new Map();
    const decoys = this.#task.measurements.flatMap((measurement) => this.decoysOf(measurement));
    const frames = new Set([...this.#taskFrames(), ...decoys.map(({ frame }) => frame)]);
    return new Map([...frames].map((frame) => [frame, buffer.lookup(frameId, frame, stampNs)]));
  }

  /**
   * The other objects of the task that have a frame; if it has none, the moving frames beside the
   * object's own in the TF tree, which are the scene's other objects.
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

  get #current(): Run {
    return valueAt(this.#runs, this.#run);
  }

  #newRun(): Run {
    const buffer = new TransformBuffer({ keepNs: KEEP_NS, mostGapNs: MOST_GAP_NS });
    buffer.add([...this.#static.values()], true);
    return { buffer, newestNs: undefined, newestOf: new Map() };
  }

  #restart(): void {
    this.#run += 1;
    this.#runs.set(this.#run, this.#newRun());
    this.#runs.delete(this.#run - MOST_RUNS);
  }

  /** An image of an earlier run, at a stamp that a later one has reached as well: it may be of that one. */
  #isDoubtful(stampNs: bigint, run: number): boolean {
    const { newestNs } = this.#current;
    return run < this.#run && newestNs !== undefined && newestNs >= stampNs;
  }

  #taskFrames(): string[] {
    const objects = [...this.#task.objects.values(), this.#task.support];
    return [...new Set(objects.flatMap((object) => object?.frame ?? []))];
  }
}

function later(a: bigint | undefined, b: bigint): bigint {
  return a === undefined || b > a ? b : a;
}

import { FrameCounters } from "../../annotate/index.js";

/** What became of one camera's images, over all runs of the pipeline. */
export interface CameraCounts {
  readonly in: number;
  readonly annotated: number;
  readonly dropped: number;
  readonly failed: number;
  readonly pending: number;
}

/**
 * Counts by camera. `in = annotated + dropped + failed + pending` at any time: a run of the
 * pipeline counts into its own counters; when it is cut short, what it had pending is dropped.
 */
export class CountsOfCameras {
  readonly #past = new Map<string, FrameCounters>();
  #run = new Map<string, FrameCounters>();

  /** Those that the present run counts into. */
  readonly ofRun = (camera: string): FrameCounters => {
    const counters = this.#run.get(camera) ?? new FrameCounters();
    this.#run.set(camera, counters);
    return counters;
  };

  /** An image that no run takes. */
  dropOne(camera: string): void {
    const past = this.#pastOf(camera);
    past.in += 1;
    past.dropped += 1;
  }

  /** The run is over; what it may still count is forgotten. */
  endRun(): void {
    for (const [camera, run] of this.#run) {
      const past = this.#pastOf(camera);
      past.in += run.in;
      past.annotated += run.annotated;
      past.dropped += run.dropped + run.pending;
      past.failed += run.failed;
    }
    this.#run = new Map();
  }

  of(camera: string): CameraCounts {
    const past = this.#past.get(camera) ?? new FrameCounters();
    const run = this.#run.get(camera) ?? new FrameCounters();
    return {
      in: past.in + run.in,
      annotated: past.annotated + run.annotated,
      dropped: past.dropped + run.dropped,
      failed: past.failed + run.failed,
      pending: run.pending,
    };
  }

  #pastOf(camera: string): FrameCounters {
    const past = this.#past.get(camera) ?? new FrameCounters();
    this.#past.set(camera, past);
    return past;
  }
}

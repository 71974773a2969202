/**
 * Counts what became of the frames that entered a pipeline. At rest (nothing waiting, nothing in
 * flight) `in = annotated + dropped + failed`, exactly.
 */
export class FrameCounters {
  in = 0;
  annotated = 0;
  /** Live only: replaced by a newer frame before the model was free, or given up after its answers. */
  dropped = 0;
  /** Could not be read; see the annotation's reason. */
  failed = 0;

  /** Frames that are waiting or with the model. */
  get pending(): number {
    return this.in - this.annotated - this.dropped - this.failed;
  }
}

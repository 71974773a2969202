import { Subject, type Subscription } from "rxjs";
import { type Annotation, annotate, type LiveClock } from "../../annotate/index.js";
import type { CameraFrame } from "../../camera/index.js";
import type { SpatialVlm } from "../../models/index.js";
import type { Task } from "../../task/index.js";
import type { CountsOfCameras } from "./CameraCounts.js";

/** `annotate` in live mode, restarted with each task and model. */
export class RewardPipeline {
  readonly #counts: CountsOfCameras;
  readonly #clock: LiveClock;
  readonly #onAnnotation: (annotation: Annotation) => void;
  #frames: Subject<CameraFrame> | undefined;
  #subscription: Subscription | undefined;

  constructor(
    counts: CountsOfCameras,
    clock: LiveClock,
    onAnnotation: (annotation: Annotation) => void,
  ) {
    this.#counts = counts;
    this.#clock = clock;
    this.#onAnnotation = onAnnotation;
  }

  /** @param vlm has to be one that fails with only FrameErrors; see `guardedVlm` */
  start(task: Task, vlm: SpatialVlm): void {
    this.stop();
    this.#frames = new Subject();
    this.#subscription = this.#frames
      .pipe(annotate(task, vlm, { mode: "live", counters: this.#counts.ofRun, clock: this.#clock }))
      .subscribe(this.#onAnnotation);
  }

  /** A frame that comes while none runs is dropped, and counted. */
  push(frame: CameraFrame): void {
    if (this.#frames) this.#frames.next(frame);
    else this.#counts.dropOne(frame.camera);
  }

  /** Aborts what is in flight. */
  stop(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
    this.#frames = undefined;
    this.#counts.endRun();
  }
}

import { map, Subject, type Subscription } from "rxjs";
import {
  type Annotation,
  askModel,
  type LiveClock,
  trackRewards,
  watchedVlm,
} from "../../annotate/index.js";
import type { CameraFrame, CameraTopics } from "../../camera/index.js";
import type { Calibration } from "../../estimate/index.js";
import type { SpatialVlm } from "../../models/index.js";
import { type Task, taskQuestions } from "../../task/index.js";
import type { CountsOfCameras } from "./CameraCounts.js";
import type { LiveKinematics } from "./LiveKinematics.js";

/** What the rewards may rest on beside the model's answers. */
export interface PipelineOptions {
  readonly cameras: () => readonly CameraTopics[];
  /** Of the model. */
  readonly calibration?: Calibration | undefined;
  /** Of the robot, where the task names its gripper. */
  readonly kinematics?: LiveKinematics | undefined;
  /** Rewards a second between the images, Hz; 0: none. */
  readonly fusedRateHz: number;
  /** Those again, once the answers about an image before them have come. */
  readonly corrects: boolean;
}

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
  start(task: Task, vlm: SpatialVlm, options: PipelineOptions): void {
    this.stop();
    const { cameras, calibration, kinematics, fusedRateHz, corrects } = options;
    const counters = this.#counts.ofRun;
    this.#frames = new Subject();
    this.#subscription = this.#frames
      .pipe(
        askModel(watchedVlm(vlm, task, cameras), taskQuestions(task), {
          mode: "live",
          counters,
          clock: this.#clock,
          patienceS: task.stalenessS,
        }),
        // Now, so that none is lost with an image that is dropped.
        map((asked) => (kinematics ? { ...asked, frame: kinematics.carry(asked.frame) } : asked)),
        trackRewards(task, {
          ...(calibration && { calibration }),
          ...(kinematics && fusedRateHz > 0 && { samples$: kinematics.samples(fusedRateHz) }),
          corrects,
        }),
      )
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

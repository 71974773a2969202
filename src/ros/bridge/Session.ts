import type { Subscription } from "rxjs";
import { type Annotation, StepRewards } from "../../annotate/index.js";
import { UserError } from "../../base/index.js";
import { AnswerWatch, type Drift, loadCalibrationSync } from "../../calibrate/index.js";
import type { Calibration } from "../../estimate/index.js";
import type { SpatialVlm } from "../../models/index.js";
import { kinematicSelection, type Task, taskFrames } from "../../task/index.js";
import type { LogLimit } from "../LogLimit.js";
import type { RosNode } from "../RosNode.js";
import type { BridgeParameters } from "./BridgeParameters.js";
import { CountsOfCameras } from "./CameraCounts.js";
import { guardedVlm } from "./guardedVlm.js";
import { LiveRun } from "./LiveRun.js";
import { type CreateModel, ModelSlot } from "./ModelSlot.js";
import { RecentRewards, type RewardTally } from "./RecentRewards.js";
import { RecentValues } from "./RecentValues.js";
import { RewardPipeline } from "./RewardPipeline.js";
import { rosClock } from "./rosClock.js";
import { wantedCameras } from "./wantedCameras.js";

export interface SessionOptions {
  readonly node: RosNode;
  readonly log: LogLimit;
  readonly task: Task;
  readonly parameters: () => BridgeParameters;
  readonly createModel: CreateModel;
  readonly nowMs: () => number;
  readonly onAnnotation: (annotation: Annotation) => void;
}

/** Latencies and rewards of this long ago still speak of the present. */
const RECENT_MS = 10_000;

/** A configured bridge: task, model, counts; its cameras while it is active. */
export class Session {
  readonly counts = new CountsOfCameras();
  readonly latencies: RecentValues;
  readonly model: ModelSlot;
  readonly #options: SessionOptions;
  readonly #pipeline: RewardPipeline;
  readonly #rewards = new Map<string, RecentValues>();
  readonly #recent = new Map<string, RecentRewards>();
  #task: Task;
  #steps: StepRewards;
  #run: LiveRun | undefined;
  #running: Subscription | undefined;
  #episode = "1";
  #episodes = 1;
  #newestRewardMs: number | undefined;
  #calibrationFault: string | undefined;
  #watch: AnswerWatch | undefined;

  /** Begins to load the model. @throws BridgeError if no camera is named */
  constructor(options: SessionOptions) {
    const { task, createModel, node, nowMs, parameters } = options;
    wantedCameras(parameters(), task);
    this.#options = options;
    this.#task = task;
    this.latencies = new RecentValues(RECENT_MS, nowMs);
    this.#pipeline = new RewardPipeline(this.counts, rosClock(node), (annotation) =>
      this.#take(annotation),
    );
    this.#steps = new StepRewards(task);
    const log: RosNode["log"] = (level, message) => node.log(level, message);
    this.model = new ModelSlot(createModel, log, nowMs, () => this.#startPipeline());
    this.model.load(parameters().vlm);
  }

  get task(): Task {
    return this.#task;
  }

  /** For rewards that are asked for by service. */
  get steps(): StepRewards {
    return this.#steps;
  }

  get episode(): string {
    return this.#episode;
  }

  get episodes(): number {
    return this.#episodes;
  }

  /** Why the calibration of the parameters is not in use; undefined if it is, or if there is none. */
  get calibrationFault(): string | undefined {
    return this.#calibrationFault;
  }

  /** Of the calibrated answers, where there is a truth beside them. */
  get drifts(): readonly Drift[] {
    return this.#watch?.drifts ?? [];
  }

  /** Undefined while inactive. */
  get run(): LiveRun | undefined {
    return this.#run;
  }

  /** Since the last reward, ms; undefined before the first. */
  get rewardAgeMs(): number | undefined {
    if (this.#newestRewardMs === undefined) return undefined;
    return this.#options.nowMs() - this.#newestRewardMs;
  }

  rewardRateHz(camera: string): number {
    return this.#rewards.get(camera)?.rateHz ?? 0;
  }

  /** What came out of a camera's images in the last 10 s. */
  tallyOf(camera: string): RewardTally {
    return this.#recentOf(camera).tally;
  }

  activate(): void {
    const { node, log, nowMs } = this.#options;
    const parameters = this.#options.parameters();
    this.#run = new LiveRun({
      ...{ node, log, nowMs, parameters },
      wanted: wantedCameras(parameters, this.#task),
      kinematics: kinematicSelection(this.#task),
    });
    this.#running = this.#run.events$.subscribe((event) => {
      if (event.kind === "frame") {
        this.#pipeline.push({ ...event.frame, episode: this.#episode });
      } else {
        this.newEpisode();
        node.log("info", `${event.why}: episode ${this.#episode} begins`);
      }
    });
    this.#startPipeline();
  }

  deactivate(): void {
    this.#running?.unsubscribe();
    this.#run = undefined;
    this.#pipeline.stop();
  }

  /** @throws BridgeError if it names no camera and the parameters neither */
  setTask(task: Task): void {
    wantedCameras(this.#options.parameters(), task);
    const isActive = this.#run !== undefined;
    this.deactivate();
    this.#task = task;
    this.newEpisode();
    this.#steps.close();
    this.#steps = new StepRewards(task);
    if (isActive) this.activate();
  }

  /** Rewards of two models are never of one episode. */
  setModel(spec: string): void {
    this.#pipeline.stop();
    this.model.load(spec);
    this.newEpisode();
  }

  /** Takes over what the parameters say of calibration and predictions. */
  setEstimation(): void {
    this.#startPipeline();
    this.newEpisode();
  }

  /** @param name the next number where empty */
  newEpisode(name = ""): void {
    this.#episodes += 1;
    this.#episode = name === "" ? String(this.#episodes) : name;
  }

  tick(): void {
    this.model.tick();
    this.#run?.scan();
  }

  async close(): Promise<void> {
    this.deactivate();
    this.#steps.close();
    await this.model.close();
  }

  #startPipeline(): void {
    const { vlm } = this.model;
    this.#run?.wantPoses(this.#posesWanted(vlm));
    if (!this.#run || !vlm) return;
    const { fusedRateHz, corrections } = this.#options.parameters();
    if (fusedRateHz > 0 && this.#run.kinematics === undefined) {
      const text = `fused_rate has no effect: the task ${this.#task.name} names no gripper (grasp)`;
      this.#options.node.log("warn", text);
    }
    const calibration = this.#calibrationFor(vlm);
    this.#watch = calibration && new AnswerWatch(this.#task, calibration);
    this.#pipeline.start(
      this.#task,
      guardedVlm(vlm, () => this.#run?.topics ?? []),
      {
        cameras: () => this.#run?.topics ?? [],
        calibration,
        kinematics: this.#run.kinematics,
        fusedRateHz,
        corrects: corrections,
      },
    );
  }

  /** A calibration that cannot be used is left out: its model's own wide sigma remains. */
  #calibrationFor(vlm: SpatialVlm): Calibration | undefined {
    const path = this.#options.parameters().calibration;
    this.#calibrationFault = undefined;
    if (path === "") return undefined;
    try {
      return loadCalibrationSync(path, vlm);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#calibrationFault = `no calibration is used: ${error.message}`;
      this.#options.node.log("error", this.#calibrationFault);
      return undefined;
    }
  }

  /**
   * Of the robot, of the task's objects where the model may look at them or they show whether a
   * calibration holds, and those that the user names.
   */
  #posesWanted(vlm: SpatialVlm | undefined): string[] {
    const { tfFrames: named, targetFrame, calibration } = this.#options.parameters();
    const robot = kinematicSelection(this.#task)?.frames ?? [];
    const tfFrames = [...robot, ...(targetFrame === "" ? named : [...named, targetFrame])];
    const looksAt = vlm?.uses === undefined ? undefined : [...vlm.needs, ...vlm.uses];
    const isBlind = looksAt !== undefined && !looksAt.includes("poses");
    if (isBlind && calibration === "") return [...new Set(tfFrames)];
    return [...new Set([...taskFrames(this.#task), ...tfFrames])];
  }

  #recentOf(camera: string): RecentRewards {
    const recent = this.#recent.get(camera) ?? new RecentRewards(RECENT_MS, this.#options.nowMs);
    this.#recent.set(camera, recent);
    return recent;
  }

  #take(annotation: Annotation): void {
    const { nowMs } = this.#options;
    if (annotation.outcome === "predicted") {
      // Of an episode that has ended since its last image, nothing is to be predicted.
      if (annotation.reward.episode === this.#episode) this.#options.onAnnotation(annotation);
      return;
    }
    this.#newestRewardMs = nowMs();
    if (annotation.outcome === "annotated") this.latencies.add(annotation.latencyMs);
    void this.#watch?.observe(annotation);
    const { camera } = annotation.frame;
    this.#recentOf(camera).add(annotation);
    const rewards = this.#rewards.get(camera) ?? new RecentValues(1000, nowMs);
    this.#rewards.set(camera, rewards);
    rewards.add();
    this.#options.onAnnotation(annotation);
  }
}

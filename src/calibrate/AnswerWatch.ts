import type { Annotation } from "../annotate/index.js";
import { type Calibration, restsOnFrames, truthFor } from "../estimate/index.js";
import { kindInfo, type QuantityKind } from "../language/index.js";
import { rgbd, type SpatialVlm } from "../models/index.js";
import { type Task, taskQuestions } from "../task/index.js";
import { type Drift, DriftWatch } from "./DriftWatch.js";

/** A truth that is less certain tells nothing of a drift, m. */
const LARGEST_SIGMA_M = 0.03;

interface Truth {
  readonly trueM: number;
  readonly trueSigmaM: number;
}

/**
 * Watches the answers of a calibrated model in the annotations that go by, where there is a truth
 * beside them: the TF frames of the objects, else what `rgbd` measures in the frame's depth image.
 */
export class AnswerWatch {
  readonly #task: Task;
  readonly #drift: DriftWatch;
  readonly #questions: ReturnType<typeof taskQuestions>;
  #depthModel: SpatialVlm | undefined;

  constructor(task: Task, calibration: Calibration) {
    this.#task = task;
    this.#drift = new DriftWatch(calibration);
    this.#questions = taskQuestions(task);
  }

  /** Those of now, one for each measurement at most. */
  get drifts(): readonly Drift[] {
    return this.#drift.drifts;
  }

  /** The first of each measurement, also where it has passed. */
  get firstDrifts(): readonly Drift[] {
    return this.#drift.firstDrifts;
  }

  /** Annotations of an episode come in the order of their stamps. Never rejects. */
  async observe({ frame, measurements, facts, outcome }: Annotation): Promise<void> {
    if (outcome !== "annotated") return;
    const said = this.#task.measurements.map((measurement, i) => {
      const raw = measurements[i]?.raw ?? null;
      return kindInfo(measurement.kind).shape === "quantity" ? raw : null;
    });
    if (said.every((saidM) => saidM === null)) return;
    const truths = this.#task.measurements.map((measurement): Truth | undefined => {
      const answer = facts.find(({ name }) => name === measurement.name)?.answer ?? {};
      const trueM = truthFor(answer, measurement, frame, this.#task.support);
      return trueM === undefined ? undefined : { trueM, trueSigmaM: 0 };
    });
    const lacksTruth = said.some((saidM, i) => saidM !== null && truths[i] === undefined);
    const depths = lacksTruth && frame.depth !== undefined ? await this.#byDepth(frame) : [];
    for (const [i, { name, kind }] of this.#task.measurements.entries()) {
      const saidM = said[i] ?? null;
      const truth = truths[i] ?? depths[i];
      if (saidM === null || truth === undefined) continue;
      const { stampNs } = frame;
      const answer = { measurement: name, kind: kind as QuantityKind, stampNs, saidM };
      this.#drift.observe({ ...answer, ...truth });
    }
  }

  async #byDepth(frame: Annotation["frame"]): Promise<readonly (Truth | undefined)[]> {
    this.#depthModel ??= rgbd();
    try {
      const answers = await this.#depthModel.ask(frame, this.#questions, NEVER);
      return answers.map(({ value, ...answer }) => {
        // That is TF's value, not the depth image's.
        if (restsOnFrames(answer)) return undefined;
        if (value?.shape !== "quantity" || value.sigmaM > LARGEST_SIGMA_M) return undefined;
        return { trueM: value.valueM, trueSigmaM: value.sigmaM };
      });
    } catch {
      // An image that cannot be measured has no truth.
      return [];
    }
  }
}

const NEVER = new AbortController().signal;

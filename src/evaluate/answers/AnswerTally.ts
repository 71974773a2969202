import { valueAt } from "../../base/index.js";
import type { AnswerMetrics, PredictorMetrics, ProbeMetrics } from "./AnswerMetrics.js";
import type { AnswerRow } from "./AnswerRow.js";
import { ClusterSums, clusterWeights, type Weights } from "./ClusterSums.js";
import { PredictorTally } from "./PredictorTally.js";
import type { ProbeOutcome } from "./planProbes.js";

/** A predictor besides the model. */
export interface BaselineInfo {
  readonly name: string;
  readonly note: string;
}

export interface AnswerTallyOptions {
  readonly model: string;
  readonly note: string;
  readonly baselines: readonly BaselineInfo[];
  /** Of the resampling behind the intervals. Default 1. */
  readonly seed?: number;
}

/** Gathers answers one by one and computes how good they are. */
export class AnswerTally {
  readonly #options: AnswerTallyOptions;
  readonly #seed: number;
  readonly #model = new PredictorTally();
  readonly #baselines: ReadonlyMap<string, PredictorTally>;
  readonly #probes = new Map<string, ClusterSums>();
  #rows = 0;
  #images = 0;
  #frame: string | undefined;
  #weights: Weights = new Uint8Array();

  constructor(options: AnswerTallyOptions) {
    this.#options = options;
    this.#seed = options.seed ?? 1;
    this.#baselines = new Map(options.baselines.map(({ name }) => [name, new PredictorTally()]));
  }

  add(row: AnswerRow): void {
    this.#rows += 1;
    const weights = this.#weightsOf(row.frame);
    this.#model.add(row, row.said, weights);
    for (const [name, tally] of this.#baselines) {
      const said = row.baselines[name];
      if (said) tally.add(row, said, weights);
    }
  }

  addProbe({ probe, frame, verdict }: ProbeOutcome): void {
    let sums = this.#probes.get(probe);
    if (!sums) {
      sums = new ClusterSums(3);
      this.#probes.set(probe, sums);
    }
    const compared = verdict === "unanswered" ? 0 : 1;
    const row = Float64Array.of(1, compared, verdict === "disagree" ? 1 : 0);
    sums.add(frame, this.#weightsOf(frame), row);
  }

  metrics(): AnswerMetrics {
    const { model, note, baselines } = this.#options;
    const others = baselines.map(
      (about): PredictorMetrics =>
        valueAt(this.#baselines, about.name).metrics({ ...about, role: "baseline" }),
    );
    return {
      predictors: [this.#model.metrics({ name: model, note, role: "model" }), ...others],
      probes: [...this.#probes].map(
        ([probe, sums]): ProbeMetrics => ({ probe, disagreement: sums.share(2, 1, 0) }),
      ),
      rows: this.#rows,
      images: this.#images,
      seed: this.#seed,
    };
  }

  /** Rows of an image mostly come together: its draws are made once. */
  #weightsOf(frame: string): Weights {
    if (frame !== this.#frame) {
      this.#frame = frame;
      this.#images += 1;
      this.#weights = clusterWeights(frame, this.#seed);
    }
    return this.#weights;
  }
}

import type { CameraFrame } from "../camera/index.js";
import {
  kindInfo,
  type QuantityKind,
  type Reliability,
  type SpatialAnswer,
  type TypedQuestion,
} from "../language/index.js";
import { type Measurement, type Task, taskQuestions } from "../task/index.js";
import { type Calibration, calibrated } from "./Calibration.js";
import type { ValueFilter } from "./Estimate.js";
import type { Estimator, EstimatorOptions } from "./Estimator.js";
import { MajorityFilter } from "./MajorityFilter.js";
import type { MeasuredValue } from "./MeasuredValue.js";
import { MeasurementFilter } from "./MeasurementFilter.js";
import { RobustFilter } from "./RobustFilter.js";
import { readAnswer } from "./readAnswer.js";

/** A measurement as one camera sees it. */
interface Channel {
  readonly measurement: Measurement;
  readonly question: TypedQuestion;
  readonly unit: "m" | "1";
  filter: ValueFilter;
}

/**
 * Filters each measurement by itself, and each camera's answers by themselves. Lengths whose sigma
 * covers all of their error go through a MeasurementFilter; once a model with a reliability has
 * answered, a RobustFilter takes over. Where there is a calibration, all lengths are calibrated
 * first.
 */
export class FilterEstimator implements Estimator {
  readonly #task: Pick<Task, "measurements" | "stalenessS">;
  readonly #questions: readonly TypedQuestion[];
  readonly #channels = new Map<string, readonly Channel[]>();
  readonly #calibration: Calibration | undefined;

  constructor(
    task: Pick<Task, "measurements" | "stalenessS" | "support">,
    { calibration }: EstimatorOptions = {},
  ) {
    this.#task = task;
    this.#calibration = calibration;
    this.#questions = taskQuestions(task);
  }

  observe({ camera, stampNs }: CameraFrame, answers: readonly SpatialAnswer[]): MeasuredValue[] {
    const channels = this.#channelsOf(camera);
    if (answers.length !== channels.length) {
      throw new RangeError(
        `${answers.length} answers to the ${channels.length} questions of the task`,
      );
    }
    return answers.flatMap((answer, i) => {
      const channel = channels[i];
      if (!channel) return [];
      const read = readAnswer(channel.measurement.kind, answer);
      if (read.value === undefined) {
        const estimate = channel.filter.miss(stampNs, read.reason);
        return { ...named(channel), raw: null, rawSigma: null, answer: answer.text, ...estimate };
      }
      const raw = { raw: read.value, rawSigma: read.sigma, answer: answer.text };
      const { value, sigma, reliability, ...also } = this.#worth(channel, read, answer);
      if (reliability && !(channel.filter instanceof RobustFilter) && channel.unit === "m") {
        channel.filter = this.#robust(channel.measurement);
      }
      return {
        ...named(channel),
        ...raw,
        ...also,
        ...channel.filter.sample(stampNs, value, sigma, reliability),
      };
    });
  }

  /** What an answer is worth, after calibration where there is one. */
  #worth(
    { measurement, unit }: Channel,
    { value, sigma }: { readonly value: number; readonly sigma: number },
    { reliability }: SpatialAnswer,
  ): Worth {
    if (unit !== "m") return { value, sigma };
    const kind = measurement.kind as QuantityKind;
    const ownSigmaM = reliability ? 0 : sigma;
    const length = this.#calibration && calibrated(this.#calibration, kind, value, ownSigmaM);
    if (!length) return { value, sigma, ...(reliability && { reliability }) };
    const { valueM, sigmaM, wildShare, width68M } = length;
    const also = { calibrated: valueM, calibratedSigma: sigmaM };
    const wholeM = Math.max(sigmaM, width68M);
    if (!reliability) return { value: valueM, sigma: wholeM, ...also };
    const learnt = { relativeSigma: 0, absoluteSigmaM: wholeM, wildShare };
    return { value: valueM, sigma: 0, reliability: learnt, ...also };
  }

  #robust({ kind }: Measurement): RobustFilter {
    return new RobustFilter({ signed: kindInfo(kind).signed, stalenessS: this.#task.stalenessS });
  }

  miss({ camera, stampNs }: CameraFrame, reason: string): MeasuredValue[] {
    return this.#channelsOf(camera).map((channel) => ({
      ...named(channel),
      raw: null,
      rawSigma: null,
      answer: "",
      ...channel.filter.miss(stampNs, reason),
    }));
  }

  #channelsOf(camera: string): readonly Channel[] {
    let channels = this.#channels.get(camera);
    if (!channels) {
      channels = this.#newChannels();
      this.#channels.set(camera, channels);
    }
    return channels;
  }

  #newChannels(): readonly Channel[] {
    const { measurements, stalenessS } = this.#task;
    return this.#questions.flatMap((question, i) => {
      const measurement = measurements[i];
      if (!measurement) return [];
      const { shape, signed } = kindInfo(measurement.kind);
      const spec = measurement.filter;
      const isLength = shape === "quantity";
      return {
        measurement,
        question,
        unit: isLength ? ("m" as const) : ("1" as const),
        filter: isLength
          ? new MeasurementFilter(spec, { signed, stalenessS })
          : new MajorityFilter(spec.medianWindow, stalenessS),
      };
    });
  }
}

function named({ measurement, unit, question }: Channel) {
  return { name: measurement.name, unit, question };
}

interface Worth {
  readonly value: number;
  readonly sigma: number;
  readonly reliability?: Reliability;
  readonly calibrated?: number;
  readonly calibratedSigma?: number;
}

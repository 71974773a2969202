import type { CameraFrame } from "../camera/index.js";
import { kindInfo, type SpatialAnswer, type TypedQuestion } from "../language/index.js";
import { type Measurement, type Task, taskQuestions } from "../task/index.js";
import type { ValueFilter } from "./Estimate.js";
import type { Estimator } from "./Estimator.js";
import { MajorityFilter } from "./MajorityFilter.js";
import type { MeasuredValue } from "./MeasuredValue.js";
import { MeasurementFilter } from "./MeasurementFilter.js";
import { readAnswer } from "./readAnswer.js";

/** A measurement as one camera sees it. */
interface Channel {
  readonly measurement: Measurement;
  readonly question: TypedQuestion;
  readonly unit: "m" | "1";
  readonly filter: ValueFilter;
}

/** Filters each measurement by itself, and each camera's answers by themselves. */
export class FilterEstimator implements Estimator {
  readonly #task: Pick<Task, "measurements" | "stalenessS">;
  readonly #questions: readonly TypedQuestion[];
  readonly #channels = new Map<string, readonly Channel[]>();

  constructor(task: Pick<Task, "measurements" | "stalenessS" | "support">) {
    this.#task = task;
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
      const estimate =
        read.value === undefined
          ? channel.filter.miss(stampNs, read.reason)
          : channel.filter.sample(stampNs, read.value, read.sigma);
      const raw = {
        raw: read.value ?? null,
        rawSigma: read.value === undefined ? null : read.sigma,
      };
      return { ...named(channel), ...raw, answer: answer.text, ...estimate };
    });
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

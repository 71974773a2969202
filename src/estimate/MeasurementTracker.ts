import { kindInfo, type SpatialAnswer, type TypedQuestion } from "../language/index.js";
import { type Measurement, type Task, taskQuestions } from "../task/index.js";
import type { ValueFilter } from "./Estimate.js";
import { MajorityFilter } from "./MajorityFilter.js";
import type { MeasuredValue } from "./MeasuredValue.js";
import { MeasurementFilter } from "./MeasurementFilter.js";
import { readAnswer } from "./readAnswer.js";

interface Channel {
  readonly measurement: Measurement;
  readonly question: TypedQuestion;
  readonly unit: "m" | "1";
  readonly filter: ValueFilter;
}

/** Filters the answers to a task's questions, image by image, for one camera and episode. */
export class MeasurementTracker {
  readonly #channels: readonly Channel[];

  constructor(task: Pick<Task, "measurements" | "stalenessS">) {
    const { stalenessS } = task;
    const questions = taskQuestions(task);
    this.#channels = task.measurements.map((measurement, i) => {
      const { shape, signed } = kindInfo(measurement.kind);
      const spec = measurement.filter;
      const isLength = shape === "quantity";
      return {
        measurement,
        question: questions[i]!,
        unit: isLength ? "m" : "1",
        filter: isLength
          ? new MeasurementFilter(spec, { signed, stalenessS })
          : new MajorityFilter(spec.medianWindow, stalenessS),
      };
    });
  }

  /** @throws RangeError when the answers are not one for each measurement */
  step(stampNs: bigint, answers: readonly SpatialAnswer[]): MeasuredValue[] {
    const count = this.#channels.length;
    if (answers.length !== count) {
      throw new RangeError(`${answers.length} answers to the ${count} questions of the task`);
    }
    return this.#channels.map((channel, i) => {
      const answer = answers[i]!;
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

  /** The image gave no answers at all. */
  fail(stampNs: bigint, reason: string): MeasuredValue[] {
    return this.#channels.map((channel) => ({
      ...named(channel),
      raw: null,
      rawSigma: null,
      answer: "",
      ...channel.filter.miss(stampNs, reason),
    }));
  }
}

function named({ measurement, unit, question }: Channel) {
  return { name: measurement.name, unit, question };
}

import { itemAt, valueAt } from "../base/index.js";
import { type CameraFrame, FrameError } from "../camera/index.js";
import { ExpressionError } from "../expression/index.js";
import {
  interpretQuestion,
  type ObjectRef,
  onSupport,
  type SpatialQuestion,
} from "../language/index.js";
import type { SpatialVlm } from "../models/index.js";
import type { AskStep, CalculateStep, Call, RejectedStep, Step } from "./Conversation.js";
import { Notebook } from "./Notebook.js";
import { sayAnswer, sayCalculated } from "./say.js";

type AskCall = Extract<Call, { tool: "ask" }>;
type CalculateCall = Extract<Call, { tool: "calculate" }>;

export interface WorkbenchOptions {
  readonly frame: CameraFrame;
  readonly vlm: SpatialVlm;
  readonly objects: readonly ObjectRef[];
  readonly support: ObjectRef | undefined;
  /** Questions that the model is asked at most. */
  readonly questions: number;
}

/** Carries out what a reasoner wants done: asks the model that sees, and calculates. */
export class Workbench {
  readonly #options: WorkbenchOptions;
  readonly #notebook = new Notebook();
  readonly #asked = new Map<string, AskStep>();
  readonly #calculated = new Map<string, CalculateStep>();

  constructor(options: WorkbenchOptions) {
    this.#options = options;
  }

  /**
   * Asks several questions about the image at once. Each gets its answer, or is rejected with
   * what is wrong with its words.
   *
   * @throws FrameError if the image cannot be read; the signal's reason when aborted.
   */
  async ask(calls: readonly AskCall[], signal: AbortSignal): Promise<readonly Step[]> {
    const { frame, vlm, objects, support, questions: limit } = this.#options;
    if (frame.fault !== undefined) throw new FrameError(frame.fault);
    const open = new Map<string, { readonly call: AskCall; readonly question: SpatialQuestion }>();
    const rejected = new Map<string, RejectedStep>();
    for (const call of calls) {
      const key = keyOf(call.question);
      if (this.#asked.has(key) || open.has(key) || rejected.has(key)) continue;
      const question = interpretQuestion(call.question, objects);
      if (key === "") rejected.set(key, reject(call, "the question is empty"));
      else if (question.kind === "problem") rejected.set(key, reject(call, question.detail));
      else if (this.#asked.size + open.size >= limit) {
        rejected.set(key, reject(call, `all ${limit} questions are used up: conclude`));
      } else open.set(key, { call, question });
    }
    const asked = [...open];
    const answers =
      asked.length === 0
        ? []
        : await vlm.ask(
            frame,
            onSupport(
              asked.map(([, { question }]) => question),
              support,
            ),
            signal,
          );
    const fresh = new Set<string>();
    for (const [i, [key, { call }]] of asked.entries()) {
      const answer = itemAt(answers, i);
      const name = this.#notebook.addAnswer(answer);
      const hint =
        answer.refusal?.reason === "unsupported_question"
          ? "; ask it in the words of the listed kinds of questions"
          : "";
      const told = sayAnswer(name, answer) + hint;
      this.#asked.set(key, {
        kind: "ask",
        call,
        answer,
        repeated: false,
        told,
        ...(name && { name }),
      });
      fresh.add(key);
    }
    return calls.map((call): Step => {
      const key = keyOf(call.question);
      const step = this.#asked.get(key);
      if (!step) return { ...valueAt(rejected, key), call };
      if (fresh.delete(key)) return step;
      return { ...step, call, repeated: true, told: `asked before: ${step.told}` };
    });
  }

  calculate(call: CalculateCall): Step {
    const key = call.expression.replace(/\s+/g, "");
    const known = this.#calculated.get(key);
    if (known) return { ...known, call, repeated: true, told: `as before: ${known.told}` };
    try {
      const { name, result } = this.#notebook.calculate(call.expression);
      const told = sayCalculated(name, result);
      const step: CalculateStep = { kind: "calculate", call, name, result, repeated: false, told };
      this.#calculated.set(key, step);
      return step;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return reject(call, error.message);
    }
  }
}

export function reject(call: Call, problem: string): RejectedStep {
  return { kind: "rejected", call, told: `not done: ${problem}` };
}

function keyOf(question: string): string {
  return question.toLowerCase().replace(/\s+/g, " ").trim();
}

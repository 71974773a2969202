import type { CameraFrame } from "../camera/index.js";
import type { ObjectRef } from "../language/index.js";
import type { SpatialVlm } from "../models/index.js";
import {
  type Call,
  type Reasoner,
  ReasonerError,
  type Reply,
  type Step,
  type Turn,
} from "./Conversation.js";
import { complainOf, isUnknown, judgeConclusion } from "./judgeConclusion.js";
import {
  type Conclusion,
  costOf,
  DEFAULT_REASON_LIMITS,
  type Doubt,
  type Ending,
  IDLE_TURNS,
  MOST_CALLS,
  type ReasonLimits,
  type Transcript,
} from "./Transcript.js";
import { reject, Workbench } from "./Workbench.js";

export interface ReasonOptions {
  readonly frame: CameraFrame;
  /** The model that sees the image. */
  readonly vlm: SpatialVlm;
  /** What takes the question apart; it sees no image. */
  readonly reasoner: Reasoner;
  /**
   * The objects that questions can be about. Without any, they are made from the words, which only
   * a model that reads words, or one that finds things by their names, can use.
   */
  readonly objects?: readonly ObjectRef[];
  /** What they stand on: it says to the model what is up. */
  readonly support?: ObjectRef | undefined;
  readonly limits?: Partial<ReasonLimits>;
  /** Hears of each turn as soon as it is done. */
  readonly onTurn?: (turn: Turn, number: number) => void;
}

/**
 * Chain of thought (SpatialVLM, sec. 3.3): a reasoner that sees no image splits a hard question
 * into simple ones, asks them to the model that does, calculates with the answers and their
 * sigmas, and concludes.
 *
 * It always comes to an end within its limits. A reasoner is informed of its mistakes, so that it
 * can do better; a conclusion that its own answers and calculations speak against is questioned
 * once, and carries the doubt when it is insisted on.
 *
 * @throws FrameError if the image cannot be read; the signal's reason when aborted.
 * @example
 * const { conclusion } = await reason("Do the three cans form an isosceles triangle?",
 *   { frame, vlm, reasoner, objects }, signal);
 */
export async function reason(
  question: string,
  options: ReasonOptions,
  signal: AbortSignal,
): Promise<Transcript> {
  return await new Reasoning(question, options).run(signal);
}

interface End {
  readonly ending: Ending;
  readonly detail: string;
  readonly conclusion?: Conclusion;
}

class Reasoning {
  readonly #question: string;
  readonly #options: ReasonOptions;
  readonly #limits: ReasonLimits;
  readonly #objects: readonly ObjectRef[];
  readonly #workbench: Workbench;
  readonly #turns: Turn[] = [];
  /** Doubts that the reasoner has been told of. */
  readonly #told = new Set<Doubt>();
  #idleTurns = 0;

  constructor(question: string, options: ReasonOptions) {
    this.#question = question;
    this.#options = options;
    this.#limits = { ...DEFAULT_REASON_LIMITS, ...options.limits };
    this.#objects = options.objects ?? [];
    const { frame, vlm, support } = options;
    const { questions } = this.#limits;
    this.#workbench = new Workbench({ frame, vlm, objects: this.#objects, support, questions });
  }

  async run(signal: AbortSignal): Promise<Transcript> {
    const startMs = performance.now();
    signal.throwIfAborted();
    const outOfTime = AbortSignal.timeout(Math.ceil(this.#limits.timeS * 1000));
    const end = await this.#untilEnd(AbortSignal.any([signal, outOfTime])).catch(
      (error: unknown): End => {
        signal.throwIfAborted();
        if (outOfTime.aborted) {
          return { ending: "time_limit", detail: `no conclusion within ${this.#limits.timeS} s` };
        }
        if (!(error instanceof ReasonerError)) throw error;
        return { ending: "reasoner_failed", detail: error.message };
      },
    );
    const { frame, vlm, reasoner } = this.#options;
    return {
      question: this.#question,
      stampNs: frame.stampNs,
      camera: frame.camera,
      reasoner: reasoner.id,
      vlm: vlm.id,
      limits: this.#limits,
      turns: this.#turns,
      ...end,
      latencyMs: performance.now() - startMs,
    };
  }

  async #untilEnd(signal: AbortSignal): Promise<End> {
    for (;;) {
      const reply = await this.#options.reasoner.next(
        { question: this.#question, objects: this.#objects, turns: this.#turns },
        signal,
      );
      const steps = await this.#carryOut(reply.calls.slice(0, MOST_CALLS), signal);
      const end = this.#endAfter(steps, reply);
      const remark = end ? undefined : this.#remarkOn(reply);
      const { text, tokens } = reply;
      const turn: Turn = { text, steps, tokens, ...(remark !== undefined && { remark }) };
      this.#turns.push(turn);
      this.#options.onTurn?.(turn, this.#turns.length);
      if (end) return end;
    }
  }

  /** Questions first and together, then arithmetic, so that it can speak of their answers. */
  async #carryOut(calls: readonly Call[], signal: AbortSignal): Promise<readonly Step[]> {
    const asked = await this.#workbench.ask(
      calls.filter((call) => call.tool === "ask"),
      signal,
    );
    const answers = [...asked];
    const steps: Step[] = [];
    for (const call of calls) {
      switch (call.tool) {
        case "ask":
          steps.push(...answers.splice(0, 1));
          break;
        case "calculate":
          steps.push(this.#workbench.calculate(call));
          break;
        case "unreadable":
          steps.push(reject(call, call.problem));
          break;
        case "conclude":
          steps.push(this.#conclude(call, calls));
      }
    }
    return steps;
  }

  #conclude(call: Extract<Call, { tool: "conclude" }>, calls: readonly Call[]): Step {
    const done: Step = { kind: "conclude", call, told: "" };
    if (call.answer.trim() === "") return reject(call, "the answer is empty");
    const others = calls.filter((other) => other !== call);
    const disagrees = others.some(
      (other) => other.tool === "conclude" && other.answer !== call.answer,
    );
    if (disagrees) return reject(call, "two conclusions at once: decide for one");
    if (isUnknown(call.answer) || this.#isLastTurn) return done;
    if (others.some(({ tool }) => tool === "ask" || tool === "calculate")) {
      return reject(call, "you had not yet seen the results of this turn: conclude after them");
    }
    const fresh = judgeConclusion(call, this.#turns).doubts.filter(
      (doubt) => !this.#told.has(doubt),
    );
    if (fresh.length === 0) return done;
    for (const doubt of fresh) this.#told.add(doubt);
    return reject(call, `${fresh.map(complainOf).join("; ")}. If you insist, conclude again`);
  }

  get #isLastTurn(): boolean {
    return this.#turns.length + 1 >= this.#limits.turns;
  }

  #endAfter(steps: readonly Step[], { tokens }: Reply): End | undefined {
    const concluded = steps.find((step) => step.kind === "conclude");
    if (concluded) {
      const { call } = concluded;
      if (isUnknown(call.answer)) return { ending: "unknown", detail: call.because };
      const conclusion = judgeConclusion(call, [...this.#turns, { steps }]);
      return { ending: "concluded", detail: "", conclusion };
    }
    const isIdle = !steps.some(
      (step) => (step.kind === "ask" || step.kind === "calculate") && !step.repeated,
    );
    this.#idleTurns = isIdle ? this.#idleTurns + 1 : 0;
    const { turns, tokens: mostTokens } = this.#limits;
    if (this.#idleTurns >= IDLE_TURNS) {
      const detail = `${IDLE_TURNS} turns in a row brought nothing new`;
      return { ending: "loop", detail };
    }
    if (this.#isLastTurn)
      return { ending: "turn_limit", detail: `no conclusion in ${turns} turns` };
    if (costOf({ turns: this.#turns }).tokens + tokens >= mostTokens) {
      return { ending: "token_limit", detail: `no conclusion within ${mostTokens} tokens` };
    }
    return undefined;
  }

  /** What the reasoner is sent besides the results of a turn that did not end the reasoning. */
  #remarkOn({ calls, problem }: Reply): string | undefined {
    const remarks: string[] = [];
    if (calls.length === 0) {
      remarks.push(problem ?? "Nothing was called: ask, calculate or conclude.");
    }
    if (calls.length > MOST_CALLS) {
      remarks.push(`Only the first ${MOST_CALLS} calls were carried out: take smaller turns.`);
    }
    const left = this.#limits.turns - this.#turns.length - 1;
    if (left === 1) {
      remarks.push("This is your last turn: conclude now, with `unknown` if it must be.");
    } else if (this.#idleTurns === IDLE_TURNS - 1) {
      remarks.push("You go in circles: do something new, or conclude.");
    }
    return remarks.length > 0 ? remarks.join(" ") : undefined;
  }
}

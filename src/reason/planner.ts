import { itemAt } from "../base/index.js";
import {
  askQuestion,
  formatValue,
  interpretQuestion,
  type QuestionKind,
  type SpatialAnswer,
  withWholeSigma,
} from "../language/index.js";
import type {
  AskStep,
  Calculated,
  CalculateStep,
  Call,
  Conversation,
  Reasoner,
  Reply,
} from "./Conversation.js";
import { type MultiStepKind, type MultiStepQuestion, readMultiStep } from "./multistep.js";

/** How a question is taken apart: what to ask, what to calculate from it, what that means. */
export interface Plan {
  /** Simple questions in words. */
  readonly asks: readonly string[];
  /**
   * Expressions over the names of the answers, in the order of `asks`. The last decides, where
   * the answer is yes or no. They are the first of the conversation: `c1`, `c2`, ….
   */
  calculations(names: readonly string[]): readonly string[];
  conclude(
    results: readonly Calculated[],
    answers: readonly SpatialAnswer[],
  ): { readonly answer: string; readonly because: string };
}

/** The planner's id, and its name as a reasoner spec. */
export const PLANNER = "planner";

/**
 * A reasoner without a language model: it knows the kinds of `MULTI_STEP_KINDS` in our own
 * phrasings and the right way to take each apart, and nothing else. What it gets wrong, the model
 * that sees has got wrong: an upper bound for reasoners with the same eye, and no measure of
 * one.
 */
export function planner(): Reasoner {
  return {
    id: PLANNER,
    async next(conversation, signal): Promise<Reply> {
      signal.throwIfAborted();
      return { text: "", calls: nextCalls(conversation), tokens: 0 };
    },
  };
}

function nextCalls(conversation: Conversation): readonly Call[] {
  const plan = planOf(conversation);
  if (!plan) return [unknown("the planner knows no such question")];
  const steps = conversation.turns.flatMap((turn) => turn.steps);
  if (steps.length === 0) return plan.asks.map((question) => ({ tool: "ask", question }));
  const failed = steps.find(
    (step) =>
      step.call.tool !== "conclude" &&
      (step.kind === "rejected" || (step.kind === "ask" && step.name === undefined)),
  );
  if (failed) return [unknown(failed.told)];
  const asked = steps.filter((step): step is AskStep => step.kind === "ask");
  const results = steps.filter((step): step is CalculateStep => step.kind === "calculate");
  const expressions = plan.calculations(asked.map(({ name = "" }) => name));
  if (results.length < expressions.length) {
    return expressions.map((expression) => ({ tool: "calculate", expression }));
  }
  const conclusion = plan.conclude(
    results.map(({ result }) => result),
    asked.map(({ answer }) => answer),
  );
  return [{ tool: "conclude", ...conclusion }];
}

function planOf({ question, objects }: Conversation): Plan | undefined {
  const hard = readMultiStep(question);
  if (hard) return planFor(hard);
  const simple = interpretQuestion(question, objects);
  if (simple.kind === "open" || simple.kind === "problem") return undefined;
  return {
    asks: [question],
    calculations: () => [],
    conclude: (_, [answer]) => ({
      answer: answer?.value ? formatValue(withWholeSigma(answer).value ?? answer.value) : "unknown",
      because: "that is what was answered",
    }),
  };
}

function unknown(because: string): Call {
  return { tool: "conclude", answer: "unknown", because };
}

type Slots = Required<Omit<MultiStepQuestion, "kind">>;

const PLANS: Readonly<Record<MultiStepKind, (slots: Slots) => Plan>> = {
  isosceles: ({ things, within }) => ({
    asks: sides(things),
    calculations: (names) => [`${leastDifference(names)} < ${within}`],
    conclude: yesOrNo("two sides agree as far as was asked"),
  }),
  triangle_kind: ({ things, within }) => ({
    asks: sides(things),
    calculations: (names) => [
      `max(${names.join(", ")}) - min(${names.join(", ")}) < ${within}`,
      `${leastDifference(names)} < ${within}`,
    ],
    conclude: ([all, two]) => ({
      answer: holds(all) ? "equilateral" : holds(two) ? "isosceles" : "scalene",
      because: "that is how many of its sides agree",
    }),
  }),
  fits_through: ({ things: [thing = "", left = "", right = ""], within }) => ({
    asks: [ask("width", thing), ask("gap", left, right)],
    calculations: ([width, gap]) => [`${gap} - ${width} > ${within}`],
    conclude: yesOrNo("the gap leaves enough beside the width"),
  }),
  nearest: ({ things, from }) => ({
    asks: things.map((thing) => ask("distance", from, thing)),
    calculations: (names) => names.map((name) => `${name} <= ${leastOf(without(names, name))}`),
    conclude: (results) => ({
      answer: things[results.findIndex(holds)] ?? "unknown",
      because: `it is the nearest to ${from}`,
    }),
  }),
  alignment: ({ things, within }) => ({
    asks: sides(things),
    // Heron: twice the area over the longest side is the middle one's distance from it.
    calculations: ([a, b, c]) => [
      `(${a} + ${b} + ${c}) / 2`,
      `sqrt(max(c1 * (c1 - ${a}) * (c1 - ${b}) * (c1 - ${c}), 0))`,
      `2 * c2 / max(${a}, ${b}, ${c}) < ${within}`,
    ],
    conclude: ([, , aligned]) => sayYesOrNo(aligned, "the middle one is that near to the line"),
  }),
  stacking_order: ({ things }) => {
    const pairs = things.flatMap((_, i) =>
      things.slice(i + 1).map((_, k) => [i, i + 1 + k] as const),
    );
    return {
      asks: pairs.map(([i, j]) => ask("above_choice", itemAt(things, i), itemAt(things, j))),
      calculations: (names) =>
        things.map((_, thing) =>
          pairs.flatMap((pair, p) => winOf(thing, pair, itemAt(names, p))).join(" + "),
        ),
      conclude: (results) => {
        const wins = results.map((result) => (result.shape === "number" ? result.value : 0));
        const isOrder = new Set(wins).size === wins.length;
        const order = things
          .map((thing, i) => ({ thing, wins: itemAt(wins, i) }))
          .sort((x, y) => x.wins - y.wins);
        return {
          answer: isOrder ? order.map(({ thing }) => thing).join(", ") : "unknown",
          because: isOrder
            ? "that is how often each is the higher one"
            : "the answers make no order",
        };
      },
    };
  },
  reach_count: ({ things, from, within }) => ({
    asks: things.map((thing) => ask("distance", from, thing)),
    calculations: (names) => [names.map((name) => `(${name} <= ${within} ? 1 : 0)`).join(" + ")],
    conclude: ([count]) => ({
      answer: count?.shape === "number" ? String(count.value) : "unknown",
      because: `so many are at most ${within} from ${from}`,
    }),
  }),
  reach_path: ({ things: [first = "", second = ""], from, within }) => ({
    asks: [ask("distance", from, first), ask("distance", first, second)],
    calculations: ([a, b]) => [`${a} + ${b} <= ${within}`],
    conclude: yesOrNo("the two legs together are no longer"),
  }),
};

/** The plan for a multi-step question. */
function planFor({ kind, things, from = "", within = "" }: MultiStepQuestion): Plan {
  return PLANS[kind]({ things, from, within });
}

function ask(kind: QuestionKind, a: string, b?: string): string {
  const ref = (phrase: string) => ({ name: phrase, phrase });
  return askQuestion(kind, ref(a), b === undefined ? undefined : ref(b)).text;
}

/** About the triangle of three objects. */
function sides([a = "", b = "", c = ""]: readonly string[]): string[] {
  return [ask("distance", a, b), ask("distance", b, c), ask("distance", a, c)];
}

function leastDifference([a, b, c]: readonly string[]): string {
  return `min(abs(${a} - ${b}), abs(${b} - ${c}), abs(${a} - ${c}))`;
}

function leastOf(names: readonly string[]): string {
  return names.length === 1 ? names.join() : `min(${names.join(", ")})`;
}

function without(names: readonly string[], name: string): string[] {
  return names.filter((other) => other !== name);
}

/** 1 if `thing` is the higher of a pair it belongs to. */
function winOf(thing: number, [first, second]: readonly [number, number], name: string): string[] {
  if (thing === first) return [name];
  return thing === second ? [`(1 - ${name})`] : [];
}

function holds(result: Calculated | undefined): boolean {
  return result?.shape === "condition" && result.holds;
}

function yesOrNo(because: string): Plan["conclude"] {
  return ([result]) => sayYesOrNo(result, because);
}

function sayYesOrNo(result: Calculated | undefined, because: string) {
  return holds(result)
    ? { answer: "yes", because }
    : { answer: "no", because: `it does not hold that ${because}` };
}

import { messageOf } from "../base/index.js";
import { type CameraFrame, FrameError } from "../camera/index.js";
import {
  type AnswerValue,
  isPassing,
  type Refusal,
  type SpatialAnswer,
  type SpatialQuestion,
  withWholeSigma,
} from "../language/index.js";
import type { DisposableVlm, SpatialVlm, VlmUsage } from "./SpatialVlm.js";
import { wrapVlm } from "./wrapVlm.js";

/** When a chain of models takes an answer for doubtful and asks the next model. */
export interface ChainSettings {
  /** A length with a larger sigma is doubtful, metres; absent: none is for that. */
  readonly maxSigma?: number | undefined;
  /** A length whose sigma is a larger part of it is; with `maxSigma`, one that exceeds both. */
  readonly maxSigmaRatio?: number | undefined;
  /** A yes, no, choice or relation of less confidence is. */
  readonly minConfidence?: number | undefined;
}

/**
 * Several models as one, which costs what they do: each question goes to the first, and to the next
 * where that one fails, refuses or is doubtful. An answer's `model` says who gave it; its latency
 * counts from the first question to the first model. Where none gives a sure answer, the least
 * doubtful one counts; where all refuse, the refusal lists what each of them answered.
 *
 * `ask` rejects with a FrameError if every model that was asked does.
 *
 * @param models At least one; `close` closes them all.
 * @example vlmChain([endpoint({ url, model: "fast" }), rgbd()], { maxSigma: 0.05 })
 */
export function vlmChain(
  models: readonly SpatialVlm[],
  settings: ChainSettings = {},
): DisposableVlm {
  const [first, ...others] = models;
  if (!first) throw new RangeError("a chain has at least one model");
  return wrapVlm({
    id: models.map(({ id }) => id).join("|"),
    fingerprint: `chain ${JSON.stringify([settings, models.map((model) => model.fingerprint)])}`,
    concurrency: first.concurrency,
    // With any of its models able to answer, the chain is.
    needs: first.needs.filter((part) => others.every(({ needs }) => needs.includes(part))),
    ...usedByAny(models),
    ...(models.some(({ remembers }) => remembers) && { remembers: true }),
    get usage() {
      return usageOfAll(models);
    },
    ask: (frame, questions, signal) => askInTurn(models, settings, frame, questions, signal),
    async close() {
      await Promise.all(models.map((model) => model.close()));
    },
  });
}

/** What one needs that not all do, or looks at; unknown where it is of one of them. */
function usedByAny(models: readonly SpatialVlm[]): Pick<SpatialVlm, "uses"> {
  if (models.some(({ uses }) => uses === undefined)) return {};
  return { uses: [...new Set(models.flatMap(({ needs, uses = [] }) => [...needs, ...uses]))] };
}

async function askInTurn(
  models: readonly SpatialVlm[],
  settings: ChainSettings,
  frame: CameraFrame,
  questions: readonly SpatialQuestion[],
  signal: AbortSignal,
): Promise<readonly SpatialAnswer[]> {
  const startMs = performance.now();
  const asked = questions.map((question) => ({ question, given: [] as SpatialAnswer[] }));
  const faults: FrameError[] = [];
  let turns = 0;
  for (const model of models) {
    const open = asked.filter(({ given }) => !isSettled(given.at(-1), settings));
    if (open.length === 0) break;
    turns++;
    const beforeMs = performance.now() - startMs;
    const said = await askOne(
      model,
      frame,
      open.map(({ question }) => question),
      signal,
    );
    if (said instanceof FrameError) faults.push(said);
    for (const [i, { question, given }] of open.entries()) {
      const answer =
        said instanceof FrameError
          ? failed(model, question, said.message)
          : (said[i] ?? failed(model, question, "the model gave no answer"));
      given.push({ ...answer, latencyMs: beforeMs + answer.latencyMs });
    }
  }
  const [fault] = faults;
  if (fault && faults.length === turns) throw fault;
  return asked.map(({ question, given }) => settle(question, given, settings));
}

function isSettled(answer: SpatialAnswer | undefined, settings: ChainSettings): boolean {
  return answer?.value !== undefined && !isDoubtful(answer.value, settings);
}

/** A model that fails altogether is a reason to ask the next one. */
async function askOne(
  model: SpatialVlm,
  frame: CameraFrame,
  questions: readonly SpatialQuestion[],
  signal: AbortSignal,
): Promise<readonly SpatialAnswer[] | FrameError> {
  try {
    return await model.ask(frame, questions, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof FrameError) return error;
    const detail = `the model failed: ${messageOf(error)}`;
    return questions.map((question) => failed(model, question, detail));
  }
}

function failed({ id }: SpatialVlm, question: SpatialQuestion, detail: string): Refused {
  return { question, text: "", model: id, latencyMs: 0, refusal: { reason: "not_ready", detail } };
}

/** Whether a value is so unsure that the next model of the chain is worth asking. */
function isDoubtful(value: AnswerValue, settings: ChainSettings): boolean {
  if (value.shape !== "quantity") return value.confidence < (settings.minConfidence ?? 0);
  const { maxSigma, maxSigmaRatio } = settings;
  const limits = [
    ...(maxSigma === undefined ? [] : [maxSigma]),
    ...(maxSigmaRatio === undefined ? [] : [maxSigmaRatio * Math.abs(value.valueM)]),
  ];
  return limits.length > 0 && limits.every((limitM) => value.sigmaM > limitM);
}

type Valued = Extract<SpatialAnswer, { readonly value: AnswerValue }>;
type Refused = Extract<SpatialAnswer, { readonly refusal: Refusal }>;

/**
 * The answer that counts of those that the models of a chain gave in turn: the first sure one, else
 * the least doubtful one, else a refusal that lists what each of them answered.
 */
function settle(
  question: SpatialQuestion,
  answers: readonly SpatialAnswer[],
  settings: ChainSettings,
): SpatialAnswer {
  const valued = answers.filter((answer): answer is Valued => answer.value !== undefined);
  const sure = valued.find(({ value }) => !isDoubtful(value, settings));
  // Sure words may be worth less than what was measured before, and doubted.
  if (sure && !sure.reliability) return sure;
  const [first, ...others] = sure ? [sure, ...valued.slice(0, valued.indexOf(sure))] : valued;
  if (first) return others.reduce((best, it) => (doubtOf(it) < doubtOf(best) ? it : best), first);
  const refusals = answers.filter((answer): answer is Refused => answer.refusal !== undefined);
  // One that another try may cure decides, so that a resumed run asks again.
  const refused = refusals.find(({ refusal }) => isPassing(refusal)) ?? refusals.at(-1);
  if (refused === undefined) throw new RangeError(`nobody was asked: ${question.text}`);
  if (refusals.length === 1) return refused;
  const details = refusals.map(
    ({ model, refusal }) => `${model}: ${refusal.reason}: ${refusal.detail}`,
  );
  const { text, model, latencyMs } = refused;
  const refusal = { ...refused.refusal, detail: details.join("; ") };
  return { question: refused.question, text, model, latencyMs, refusal };
}

function doubtOf(answer: Valued): number {
  const value = withWholeSigma(answer).value ?? answer.value;
  return value.shape === "quantity" ? value.sigmaM : 1 - value.confidence;
}

/** What several models have cost together; undefined if none costs anything. */
function usageOfAll(vlms: readonly SpatialVlm[]): VlmUsage | undefined {
  const all = vlms.flatMap(({ id, usage }) =>
    usage ? [{ ...usage, notes: usage.notes.map((note) => `${id}: ${note}`) }] : [],
  );
  const [first, ...rest] = all;
  return first && rest.reduce(sum, first);
}

function sum(a: VlmUsage, b: VlmUsage): VlmUsage {
  return {
    requests: a.requests + b.requests,
    retries: a.retries + b.retries,
    failures: a.failures + b.failures,
    promptTokens: a.promptTokens + b.promptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    cacheHits: a.cacheHits + b.cacheHits,
    cacheFailures: a.cacheFailures + b.cacheFailures,
    cost: a.cost + b.cost,
    notes: [...a.notes, ...b.notes],
  };
}

import { type CameraFrame, FrameError, type FramePart } from "../../camera/index.js";
import type { SpatialAnswer, SpatialQuestion } from "../../language/index.js";
import type { DisposableVlm, SpatialVlm } from "../SpatialVlm.js";
import { usageOfAll } from "../VlmUsage.js";
import { wrapVlm } from "../wrapVlm.js";
import type { ChainSettings } from "./chainSettings.js";
import { isDoubtful } from "./isDoubtful.js";
import { settle } from "./settle.js";

/**
 * Several models as one, which costs what they do: each question goes to the first, and to the next where that one fails,
 * refuses or is doubtful. An answer's `model` says who gave it; its latency counts from the first
 * question to the first model. Where none gives a sure answer, the least doubtful one counts; where
 * all refuse, the refusal tells what each of them said.
 *
 * `ask` rejects with a FrameError where every model that was asked does.
 *
 * @param models At least one; `close` closes them all.
 * @example vlmChain([endpoint({ url, model: "fast" }), rgbd()], { maxSigma: 0.05 })
 */
export function vlmChain(
  models: readonly SpatialVlm[],
  settings: ChainSettings = {},
): DisposableVlm {
  const [first] = models;
  if (!first) throw new RangeError("a chain has at least one model");
  return wrapVlm({
    id: models.map(({ id }) => id).join("|"),
    fingerprint: `chain ${JSON.stringify([settings, models.map((model) => model.fingerprint)])}`,
    concurrency: first.concurrency,
    needs: neededByAll(models),
    ...usedByAny(models),
    get usage() {
      return usageOfAll(models);
    },
    ask: (frame, questions, signal) => askInTurn(models, settings, frame, questions, signal),
    async close() {
      await Promise.all(models.map((model) => model.close()));
    },
  });
}

/** With any of its models able to answer, the chain is. */
function neededByAll([first, ...rest]: readonly SpatialVlm[]): readonly FramePart[] {
  return first!.needs.filter((part) => rest.every(({ needs }) => needs.includes(part)));
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
  const answers: SpatialAnswer[][] = questions.map(() => []);
  const faults: FrameError[] = [];
  let asked = 0;
  for (const model of models) {
    const open = [...questions.keys()].filter((i) => !isSettled(answers[i]!.at(-1), settings));
    if (open.length === 0) break;
    asked++;
    const beforeMs = performance.now() - startMs;
    const said = await askOne(
      model,
      frame,
      open.map((i) => questions[i]!),
      signal,
    );
    if (said instanceof FrameError) faults.push(said);
    for (const [k, i] of open.entries()) {
      const answer = said instanceof FrameError ? failed(model, questions[i]!, said) : said[k]!;
      answers[i]!.push({ ...answer, latencyMs: beforeMs + answer.latencyMs });
    }
  }
  if (asked > 0 && faults.length === asked) throw faults[0]!;
  return answers.map((given) => settle(given, settings));
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
    const detail = `the model failed: ${error instanceof Error ? error.message : String(error)}`;
    return questions.map((question) => failed(model, question, new Error(detail)));
  }
}

function failed({ id }: SpatialVlm, question: SpatialQuestion, { message }: Error): SpatialAnswer {
  const refusal = { reason: "not_ready", detail: message } as const;
  return { question, text: "", model: id, latencyMs: 0, refusal };
}

import type { SpatialAnswer } from "../../language/index.js";
import { isPassing } from "../passingRefusal.js";
import type { ChainSettings } from "./chainSettings.js";
import { isDoubtful } from "./isDoubtful.js";

type Valued = SpatialAnswer & { readonly value: NonNullable<SpatialAnswer["value"]> };

/**
 * The answer that counts of those that the models of a chain gave in turn: the first sure one,
 * else the least doubtful one, else a refusal that tells what each of them said.
 *
 * @param answers At least one, to the same question.
 */
export function settle(answers: readonly SpatialAnswer[], settings: ChainSettings): SpatialAnswer {
  const valued = answers.filter((answer): answer is Valued => answer.value !== undefined);
  const sure = valued.find(({ value }) => !isDoubtful(value, settings));
  if (sure) return sure;
  const [first, ...others] = valued;
  if (first) return others.reduce((best, it) => (doubtOf(it) < doubtOf(best) ? it : best), first);
  // One that another try may cure decides, so that a resumed run asks again.
  const refused = answers.find(({ refusal }) => refusal && isPassing(refusal)) ?? answers.at(-1)!;
  if (answers.length === 1) return refused;
  const details = answers.map(
    ({ model, refusal }) => `${model}: ${refusal?.reason}: ${refusal?.detail}`,
  );
  const { question, text, model, latencyMs } = refused;
  const refusal = { reason: refused.refusal!.reason, detail: details.join("; ") };
  return { question, text, model, latencyMs, refusal };
}

function doubtOf({ value }: Valued): number {
  return value.shape === "quantity" ? value.sigmaM : 1 - value.confidence;
}

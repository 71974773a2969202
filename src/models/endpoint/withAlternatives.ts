import type { AnswerReading, AnswerValue } from "../../language/index.js";
import type { Sample } from "./Completion.js";

/**
 * A reading with the model's own doubt in it: what it might have said instead, token by token.
 *
 * Of each token that has likely alternatives, the answer is read again with each in its place.
 * A length v with alternatives v_a of probability p_a gets sigma² + Σ p_a (v_a − v)², the variance
 * of the model's answers to first order; a verdict's confidence becomes at most the probability
 * that no alternative would have turned it. Alternatives that say nothing do not count.
 *
 * @param read Reads a changed text as the sample's was read.
 */
export function withAlternatives(
  reading: AnswerReading,
  { text, tokens }: Sample,
  read: (text: string) => AnswerReading,
): AnswerReading {
  const { value } = reading;
  if (!value || !tokens) return reading;
  const end = tokens.map((token) => token.text);
  // Servers that count tokens in another way than they speak them: nothing can be told.
  if (!text.endsWith(end.join(""))) return reading;
  const before = text.slice(0, text.length - end.join("").length);
  let variance = 0;
  let unturned = 1;
  for (const [i, { alternatives }] of tokens.entries()) {
    let turned = 0;
    for (const alternative of alternatives) {
      const changed = before + end.with(i, alternative.text).join("");
      const other = read(changed).value;
      if (!other) continue;
      const difference = differenceM(value, other);
      if (difference === undefined) turned += alternative.probability;
      else variance += alternative.probability * difference ** 2;
    }
    unturned *= 1 - Math.min(1, turned);
  }
  if (value.shape === "quantity") {
    return { value: { ...value, sigmaM: Math.sqrt(value.sigmaM ** 2 + variance) } };
  }
  return { value: { ...value, confidence: Math.min(value.confidence, unturned) } };
}

/** Of two lengths, or 0 for two verdicts alike; undefined for answers that say different things. */
function differenceM(a: AnswerValue, b: AnswerValue): number | undefined {
  switch (a.shape) {
    case "quantity":
      return b.shape === a.shape ? b.valueM - a.valueM : undefined;
    case "yes_no":
      return b.shape === a.shape && a.yes === b.yes ? 0 : undefined;
    case "choice":
      return b.shape === a.shape && a.choice === b.choice ? 0 : undefined;
    case "class":
      return b.shape === a.shape && a.relation === b.relation ? 0 : undefined;
  }
}

import { mean } from "simple-statistics";
import type { Relation } from "./QuestionKind.js";
import type { AnswerValue } from "./SpatialAnswer.js";

type Quantity = Extract<AnswerValue, { shape: "quantity" }>;

/**
 * One answer out of n samples of one model for one question.
 *
 * Quantities: with samples x_i ± s_i, the value is their plain mean. Samples of one model share
 * its errors and round alike, so weights by 1/s_i² would only favour who said more digits. The
 * variance is that of the mean of the samples' spread, and never less than what rounding leaves:
 * sigma² = (Σ(x_i − mean)² / (n − 1) + mean(s_i²)) / n for n > 1, s_1² for n = 1.
 *
 * Yes/no, choices and relations: the majority, its confidence the sum of what the samples gave
 * it (c_i when they agree, 1 − c_i when they do not) divided by n. A tie goes to the first.
 *
 * @returns undefined for no samples, or for samples of different shapes.
 */
export function combineAnswers(values: readonly AnswerValue[]): AnswerValue | undefined {
  const first = values[0];
  if (first === undefined || values.some(({ shape }) => shape !== first.shape)) return undefined;
  if (first.shape === "quantity") return averageQuantity(values as readonly Quantity[]);
  const votes = values as readonly Exclude<AnswerValue, Quantity>[];
  const winner = majority(votes);
  const confidence = mean(
    votes.map((vote) =>
      verdictOf(vote) === verdictOf(winner) ? vote.confidence : 1 - vote.confidence,
    ),
  );
  return { ...winner, confidence };
}

function averageQuantity(samples: readonly Quantity[]): Quantity {
  const n = samples.length;
  const valueM = mean(samples.map((sample) => sample.valueM));
  const rounding = mean(samples.map((sample) => sample.sigmaM ** 2));
  const squares = samples.reduce((sum, sample) => sum + (sample.valueM - valueM) ** 2, 0);
  const spread = n > 1 ? squares / (n - 1) : 0;
  return { shape: "quantity", valueM, sigmaM: Math.sqrt((spread + rounding) / n) };
}

function majority<Vote extends Exclude<AnswerValue, Quantity>>(votes: readonly Vote[]): Vote {
  const counts = new Map<string, number>();
  for (const vote of votes) counts.set(verdictOf(vote), (counts.get(verdictOf(vote)) ?? 0) + 1);
  return votes.reduce((best, vote) =>
    counts.get(verdictOf(vote))! > counts.get(verdictOf(best))! ? vote : best,
  );
}

function verdictOf(vote: Exclude<AnswerValue, Quantity>): string {
  switch (vote.shape) {
    case "yes_no":
      return vote.yes ? "yes" : "no";
    case "choice":
      return vote.choice;
    case "class":
      return vote.relation satisfies Relation;
  }
}

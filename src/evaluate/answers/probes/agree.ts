import type { AnswerValue } from "../../../language/index.js";

/** Lengths that differ by less are the same answer: a part of the larger, and metres. */
const SAME = { share: 0.1, metres: 0.01 } as const;

/** Whether two lengths are the same answer, said twice. */
export function sameLength(aM: number, bM: number): boolean {
  const larger = Math.max(Math.abs(aM), Math.abs(bM));
  return Math.abs(aM - bM) <= Math.max(SAME.metres, SAME.share * larger) + 1e-9;
}

/** Whether two answers say the same. */
export function sameAnswer(a: AnswerValue, b: AnswerValue): boolean {
  switch (a.shape) {
    case "quantity":
      return b.shape === a.shape && sameLength(a.valueM, b.valueM);
    case "yes_no":
      return b.shape === a.shape && a.yes === b.yes;
    case "choice":
      return b.shape === a.shape && a.choice === b.choice;
    case "class":
      return b.shape === a.shape && a.relation === b.relation;
  }
}

/** Whether three distances fit a triangle: none is longer than the way over the third object. */
export function fitTriangle(distancesM: readonly [number, number, number]): boolean {
  const longest = Math.max(...distancesM);
  const way = distancesM[0] + distancesM[1] + distancesM[2] - longest;
  return longest <= way || sameLength(longest, way);
}

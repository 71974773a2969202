import type { Validity } from "./MeasuredValue.js";

/** Why a reward is not as good as one could wish. */
export interface Doubt {
  readonly validity: Exclude<Validity, "ok">;
  readonly reason: string;
}

/** The worst validity, and each reason once. Without doubts: `ok`. */
export function worstOf(doubts: readonly Doubt[]): { validity: Validity; reason: string } {
  if (doubts.length === 0) return { validity: "ok", reason: "" };
  const invalid = doubts.some(({ validity }) => validity === "invalid");
  const reasons = new Set(doubts.map(({ reason }) => reason));
  return { validity: invalid ? "invalid" : "stale", reason: [...reasons].join("; ") };
}

/** The ways in which a model is asked whether it agrees with itself; see docs/evaluation.md. */
export const PROBES = ["swap", "unit", "triangle", "mirror"] as const;
export type Probe = (typeof PROBES)[number];

/** What came of asking in two ways. */
export interface ProbeOutcome {
  readonly probe: Probe;
  readonly frame: string;
  readonly kind: string;
  /** `unanswered`: a refusal is no contradiction. */
  readonly verdict: "agree" | "disagree" | "unanswered";
  /** Questions and answers, in the order in which they belong together. */
  readonly exchanges: readonly { readonly question: string; readonly answer: string }[];
}

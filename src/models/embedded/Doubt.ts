import * as z from "zod";

/** `sigma` of model.json: quantile regression of errors on pictures that taught nothing. */
export const sigmaConfig = z.object({
  /** Of the terms below, in their order. */
  weights: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]),
  /** By kind of length. */
  kinds: z.record(z.string(), z.number()),
});

export type SigmaConfig = z.output<typeof sigmaConfig>;

/** What an error is foretold by. */
export interface Signs {
  /** Domain score of the picture. */
  readonly score: number;
  /** As the mixture of lengths and the pointers have it, metres. */
  readonly sigmaM: number;
  readonly valueM: number;
  /** Largest share of a pointer's attention on other things, 0..1. */
  readonly share: number;
}

/** Above this domain score, errors grow more slowly. */
const KNEE = 0.85;
/** The regression may not narrow or widen by more than these factors: its pictures were few. */
const [LEAST, MOST] = [0.5, 8];

/**
 * The sigma of a length, widened by how far the picture is from the training's, by kind:
 * ln sigma = b(kind) + w · (score, max(0, score − 0.85), ln(sigma + 1 mm), ln(|value| + 1 cm), √share).
 */
export function doubtedSigmaM(kind: string, signs: Signs, config: SigmaConfig | undefined): number {
  const { score, sigmaM, valueM, share } = signs;
  const bias = config?.kinds[kind];
  if (!config || bias === undefined) return sigmaM;
  const terms = [
    score,
    Math.max(0, score - KNEE),
    Math.log(sigmaM + 0.001),
    Math.log(Math.abs(valueM) + 0.01),
    Math.sqrt(Math.min(1, share)),
  ];
  const ln = terms.reduce((sum, term, i) => sum + term * (config.weights[i] ?? 0), bias);
  return Math.min(MOST * sigmaM, Math.max(LEAST * sigmaM, Math.exp(ln)));
}

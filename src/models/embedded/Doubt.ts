import * as z from "zod";

const factor = z.number().positive();

/** `sigma` of model.json: fitted by scripts/fitSigma.ts to errors on pictures that taught nothing. */
export const sigmaConfig = z
  .object({
    /** By kind of length: how much wider errors are than the model's own sigma. */
    factors: z.record(z.string(), factor),
    /** Growth of sigma, as a share of it, with the root of the domain score above 0.7. */
    per_root_score: z.number().nonnegative(),
    /** Lengths at which the next tables stand, metres, ascending. */
    knots_m: z.array(z.number().nonnegative()).min(2),
    /**
     * What the model does not know and does not foretell, metres: things that touch, hide or hold
     * each other. For some kinds of length together, one number for each knot.
     */
    unforeseen: z.array(
      z.object({ kinds: z.array(z.string()), sigma_m: z.array(z.number().nonnegative()) }),
    ),
  })
  .refine(
    ({ knots_m: knots, unforeseen }) =>
      knots.every((knot, i) => i === 0 || knot > (knots[i - 1] ?? 0)) &&
      unforeseen.every(({ sigma_m }) => sigma_m.length === knots.length),
    "knots_m must ascend, and each sigma_m have one number for each of them",
  );

export type SigmaConfig = z.output<typeof sigmaConfig>;

/** What an error is foretold by. */
export interface Signs {
  /** Domain score of the picture, where the model knows its domain. */
  readonly score?: number | undefined;
  /** As the mixture of lengths and the pointers have it, metres. */
  readonly sigmaM: number;
  readonly valueM: number;
}

/** Pictures with a smaller domain score are like the training's: nothing grows below it. */
const KNEE = 0.7;

/**
 * The sigma of a length: the model's own, corrected by kind and by how far the picture is from the
 * training's, and beside it what the model does not foretell of lengths of this size:
 * sigma² = (1 + per_root_score · √max(0, score − 0.7))² · ((factor(kind) · own)² + unforeseen(kind, |value|)²).
 */
export function doubtedSigmaM(
  kind: string,
  { score = KNEE, sigmaM, valueM }: Signs,
  config: SigmaConfig | undefined,
): number {
  const factor = config?.factors[kind];
  if (!config || factor === undefined) return sigmaM;
  const growth = 1 + config.per_root_score * Math.sqrt(Math.max(0, score - KNEE));
  const { knots_m: knots } = config;
  const table = config.unforeseen.find(({ kinds }) => kinds.includes(kind));
  const unforeseenM = table
    ? sharesOf(valueM, knots).reduce(
        (sum, { knot, share }) => sum + share * (table.sigma_m[knot] ?? 0),
        0,
      )
    : 0;
  return growth * Math.hypot(factor * sigmaM, unforeseenM);
}

/** Of linear interpolation in a table at |value|: the knots beside it, and their shares. */
export function sharesOf(
  valueM: number,
  knotsM: readonly number[],
): readonly { readonly knot: number; readonly share: number }[] {
  const last = knotsM.length - 1;
  const above = knotsM.findIndex((knot) => knot > Math.abs(valueM));
  if (above === -1) return [{ knot: last, share: 1 }];
  if (above === 0) return [{ knot: 0, share: 1 }];
  const [low = 0, high = 1] = [knotsM[above - 1], knotsM[above]];
  const share = (Math.abs(valueM) - low) / (high - low);
  return [
    { knot: above - 1, share: 1 - share },
    { knot: above, share },
  ];
}

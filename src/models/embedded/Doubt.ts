import * as z from "zod";

const factor = z.number().positive();
const ascending = (numbers: readonly number[]) =>
  numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? 0));

/** What a picture tells of itself. */
const PICTURE_SIGNS = ["score", "sharpness"] as const;
export type PictureSign = (typeof PICTURE_SIGNS)[number];

/** `sigma` of model.json: fitted by scripts/fitSigma.ts to errors on pictures that taught nothing. */
export const sigmaConfig = z
  .object({
    /** By kind of length: how much wider errors are than the model's own sigma. */
    factors: z.record(z.string(), factor),
    /** Share of the distance to other things that a divided pointer adds. */
    per_rival: z.number().nonnegative(),
    /** Lengths at which the next tables stand, metres, ascending. */
    knots_m: z.array(z.number().nonnegative()).min(2),
    /**
     * What the model does not know and does not foretell, metres: things that touch, hide or hold
     * each other. For some kinds of length together, one number for each knot.
     */
    unforeseen: z.array(
      z.object({ kinds: z.array(z.string()), sigma_m: z.array(z.number().nonnegative()) }),
    ),
    /** How much sigma grows by what a picture tells of itself: a factor for each knot, ascending. */
    growth: z.array(
      z
        .object({
          by: z.enum(PICTURE_SIGNS),
          knots: z.array(z.number()).min(2),
          factors: z.array(factor),
        })
        .refine(
          ({ knots, factors }) => ascending(knots) && factors.length === knots.length,
          "knots must ascend, and factors have one number for each of them",
        ),
    ),
  })
  .refine(
    ({ knots_m: knots, unforeseen }) =>
      ascending(knots) && unforeseen.every(({ sigma_m }) => sigma_m.length === knots.length),
    "knots_m must ascend, and each sigma_m have one number for each of them",
  );

export type SigmaConfig = z.output<typeof sigmaConfig>;

/** What an error is foretold by. */
export interface Signs {
  /** Domain score of the picture, where the model knows its domain. */
  readonly score?: number | undefined;
  /** Of the picture (`sharpnessOf`). */
  readonly sharpness: number;
  /** As the mixture of lengths has it, metres. */
  readonly sigmaM: number;
  /** How far the things are away that share the pointers' attention, by their shares; metres. */
  readonly rivalM: number;
  readonly valueM: number;
}

/**
 * The sigma of a length: the model's own, corrected by kind, beside it what divided pointers and
 * lengths of this size add, and all of it wider by what the picture tells of itself:
 * sigma² = Π growth(sign)² · ((factor(kind) · own)² + (per_rival · rival)² + unforeseen(kind, |value|)²).
 */
export function doubtedSigmaM(kind: string, signs: Signs, config: SigmaConfig | undefined): number {
  const { sigmaM, rivalM, valueM } = signs;
  const factor = config?.factors[kind];
  if (!config || factor === undefined) return Math.hypot(sigmaM, rivalM);
  const table = config.unforeseen.find(({ kinds }) => kinds.includes(kind));
  const unforeseenM = table ? between(Math.abs(valueM), config.knots_m, table.sigma_m) : 0;
  const growth = config.growth.reduce((product, { by, knots, factors }) => {
    const sign = signs[by];
    return sign === undefined ? product : product * between(sign, knots, factors);
  }, 1);
  return growth * Math.hypot(factor * sigmaM, config.per_rival * rivalM, unforeseenM);
}

function between(at: number, knots: readonly number[], values: readonly number[]): number {
  return sharesOf(at, knots).reduce((sum, { knot, share }) => sum + share * (values[knot] ?? 0), 0);
}

/** Of linear interpolation in a table: the knots beside a place, and their shares. */
export function sharesOf(
  at: number,
  knots: readonly number[],
): readonly { readonly knot: number; readonly share: number }[] {
  const last = knots.length - 1;
  const above = knots.findIndex((knot) => knot > at);
  if (above === -1) return [{ knot: last, share: 1 }];
  if (above === 0) return [{ knot: 0, share: 1 }];
  const [low = 0, high = 1] = [knots[above - 1], knots[above]];
  const share = (at - low) / (high - low);
  return [
    { knot: above - 1, share: 1 - share },
    { knot: above, share },
  ];
}

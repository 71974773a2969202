import { QUANTITY_KINDS, type QuantityKind } from "../src/language/index.js";
import { doubtedSigmaM, type SigmaConfig, sharesOf } from "../src/models/embedded/Doubt.js";

/** A length that a model said, by its own sigma, and the truth; metres. */
export interface Said {
  /** The episode, or a name for pictures that have nothing in common. */
  readonly source: string;
  readonly kind: QuantityKind;
  readonly score: number;
  readonly valueM: number;
  readonly sigmaM: number;
  readonly truthM: number;
}

const KNOTS_M = [0, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4];
/** Kinds that err alike. */
const TOGETHER: readonly (readonly QuantityKind[])[] = [
  ["distance", "gap"],
  ["vertical_distance"],
  ["horizontal_distance"],
  ["above_difference", "below_difference"],
  ["behind_difference", "front_difference"],
  ["left_difference", "right_difference"],
  ["height", "width"],
  ["elevation"],
];
/** Of a normal distribution, within one and two sigmas. */
const WITHIN = [0.683, 0.954] as const;
/** Errors below this are as good as none, m. */
const LEAST_M = 2e-4;
/** A parameter that few lengths speak of stays near its start: so many lengths weigh as much as that. */
const PRIOR_WEIGHT = 20;
const START_M = 2e-3;
/** A model's own sigma is not narrowed below this share: pictures of one simulator are few. */
const LEAST_FACTOR = 0.7;
const SWEEPS = 30;

/**
 * Fits factors and tables so that sigma and two sigma are the 68 % and 95 % quantiles of errors: the
 * pinball loss of ln |error| about ln sigma and ln 2 sigma, by coordinate descent.
 */
export function fitDoubt(rows: readonly Said[]): SigmaConfig {
  const weights = weightsOf(rows);
  const factors: Record<string, number> = Object.fromEntries(
    QUANTITY_KINDS.map((kind) => [kind, 1]),
  );
  const unforeseen = TOGETHER.map((kinds) => ({
    kinds: [...kinds],
    sigma_m: KNOTS_M.map(() => START_M),
  }));
  const config = { factors, per_root_score: 0.3, knots_m: KNOTS_M, unforeseen };
  const lossOf = (some: readonly number[]): number =>
    some.reduce((sum, i) => sum + (weights[i] ?? 0) * lossOfOne(rows[i] as Said, config), 0);
  const parameters = [
    ...QUANTITY_KINDS.map((kind) => ({
      touches: indicesOf(rows, (row) => row.kind === kind),
      get: () => factors[kind] ?? 1,
      set: (value: number) => {
        factors[kind] = Math.max(LEAST_FACTOR, value);
      },
      start: 1,
    })),
    ...unforeseen.flatMap(({ kinds, sigma_m }) =>
      KNOTS_M.map((_, knot) => ({
        touches: indicesOf(
          rows,
          (row) =>
            kinds.includes(row.kind) &&
            sharesOf(row.valueM, KNOTS_M).some((of) => of.knot === knot),
        ),
        get: () => sigma_m[knot] ?? START_M,
        set: (value: number) => {
          sigma_m[knot] = Math.max(1e-5, value);
        },
        start: START_M,
      })),
    ),
    {
      touches: indicesOf(rows, ({ score }) => score > 0.7),
      get: () => config.per_root_score,
      set: (value: number) => {
        config.per_root_score = value;
      },
      start: 0.3,
    },
  ];
  let step = 0.5;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let isBetter = false;
    for (const { touches, get, set, start } of parameters) {
      const cost = () => lossOf(touches) + PRIOR_WEIGHT * 0.05 * Math.log(get() / start) ** 2;
      for (const way of [Math.exp(step), Math.exp(-step)]) {
        const [before, costBefore] = [get(), cost()];
        set(before * way);
        if (cost() < costBefore) {
          isBetter = true;
          break;
        }
        set(before);
      }
    }
    if (!isBetter) step /= 2;
    if (step < 0.02) break;
  }
  return {
    ...config,
    per_root_score: rounded(config.per_root_score),
    factors: Object.fromEntries(
      Object.entries(factors).map(([kind, value]) => [kind, rounded(value)]),
    ),
    unforeseen: unforeseen.map(({ kinds, sigma_m }) => ({ kinds, sigma_m: sigma_m.map(rounded) })),
  };
}

function lossOfOne(said: Said, config: SigmaConfig): number {
  const error = Math.max(LEAST_M, Math.abs(said.valueM - said.truthM));
  const sigma = Math.max(LEAST_M, doubtedSigmaM(said.kind, said, config));
  return WITHIN.reduce((sum, share, i) => {
    const over = Math.log(error / ((i + 1) * sigma));
    return sum + Math.max(share * over, (share - 1) * over);
  }, 0);
}

/** Pictures of an episode are many and alike: scenes, and episodes from the front and from aside, weigh the same. */
function weightsOf(rows: readonly Said[]): number[] {
  const groupOf = ({ source }: Said) =>
    source === "scenes" ? "scenes" : source.endsWith(" side_camera") ? "side" : "front";
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(groupOf(row), (counts.get(groupOf(row)) ?? 0) + 1);
  const mean = rows.length / counts.size;
  return rows.map((row) => mean / (counts.get(groupOf(row)) ?? mean));
}

function indicesOf(rows: readonly Said[], isWanted: (row: Said) => boolean): number[] {
  return rows.flatMap((row, i) => (isWanted(row) ? [i] : []));
}

function rounded(x: number): number {
  return Number(x.toPrecision(3));
}

import { QUANTITY_KINDS, type QuantityKind } from "../src/language/index.js";
import {
  doubtedSigmaM,
  type PictureSign,
  type SigmaConfig,
  type Signs,
  sharesOf,
} from "../src/models/embedded/Doubt.js";

/** A length that a model said, what foretells its error, and the truth; metres. */
export interface Said extends Signs {
  /** The episode, or a name for pictures that have nothing in common. */
  readonly source: string;
  /** Whether the picture was made worse than it is. */
  readonly isWorse: boolean;
  readonly kind: QuantityKind;
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
/** What sigma grows by: not below the first score, nor above the last sharpness, as usual pictures have them. */
const GROWTH: readonly { readonly by: PictureSign; readonly knots: readonly number[] }[] = [
  { by: "score", knots: [0.4, 0.5, 0.6, 0.65, 0.7, 0.8, 0.95, 1.2, 1.84] },
  { by: "sharpness", knots: [0.12, 0.16, 0.2, 0.25, 0.32, 0.4] },
];
/** Of a normal distribution, within one and two sigmas. */
const WITHIN = [0.683, 0.954] as const;
/** Errors below this are as good as none, m. */
const LEAST_M = 2e-4;
/** A parameter that few lengths speak of stays near its start: so many lengths weigh as much as that. */
const PRIOR_WEIGHT = 20;
const START_M = 2e-3;
const START_RIVAL = 0.3;
const START_RISE = 0.05;
/** A model's own sigma is not narrowed below this share: pictures of one simulator are few. */
const LEAST_FACTOR = 0.35;
/** Nor is a divided pointer forgotten: that it points at the wrong thing is rare, but then wrong by the whole way. */
const LEAST_RIVAL = 0.05;
/** Pictures of other places are further from the training's than those of the fit: growth is so much more. */
const MARGIN = 0.2;
const SWEEPS = 30;

/** One number of what is fitted: the lengths that it speaks of, and where it starts from. */
interface Parameter {
  readonly touches: readonly number[];
  readonly get: () => number;
  readonly set: (value: number) => void;
  readonly start: number;
  /** Numbers of the same table that it is near to. */
  readonly beside?: () => readonly number[];
}

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
  const growth = GROWTH.map(({ by, knots }) => ({
    by,
    knots: [...knots],
    factors: knots.map(() => 1),
  }));
  const config = { factors, per_rival: START_RIVAL, knots_m: KNOTS_M, unforeseen, growth };
  const lossOf = (some: readonly number[]): number =>
    some.reduce((sum, i) => sum + (weights[i] ?? 0) * lossOfOne(rows[i] as Said, config), 0);
  const parameters: readonly Parameter[] = [
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
            sharesOf(Math.abs(row.valueM), KNOTS_M).some((of) => of.knot === knot),
        ),
        get: () => sigma_m[knot] ?? START_M,
        set: (value: number) => {
          sigma_m[knot] = Math.max(1e-5, value);
        },
        start: START_M,
        beside: () => [sigma_m[knot - 1], sigma_m[knot + 1]].filter((it) => it !== undefined),
      })),
    ),
    {
      touches: indicesOf(rows, ({ rivalM }) => rivalM > 0),
      get: () => config.per_rival,
      set: (value: number) => {
        config.per_rival = Math.max(LEAST_RIVAL, value);
      },
      start: START_RIVAL,
    },
    ...growth.flatMap((table) => risesOf(table, rows)),
  ];
  let step = 0.5;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let isBetter = false;
    for (const { touches, get, set, start, beside = () => [] } of parameters) {
      const cost = () =>
        [start, ...beside()].reduce(
          (sum, near) => sum + PRIOR_WEIGHT * 0.05 * Math.log(get() / near) ** 2,
          lossOf(touches),
        );
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
    per_rival: rounded(config.per_rival),
    factors: Object.fromEntries(
      Object.entries(factors).map(([kind, value]) => [kind, rounded(value)]),
    ),
    unforeseen: unforeseen.map(({ kinds, sigma_m }) => ({ kinds, sigma_m: sigma_m.map(rounded) })),
    growth: growth.map((table) => ({
      ...table,
      factors: table.factors.map((factor) => rounded(1 + (1 + MARGIN) * (factor - 1))),
    })),
  };
}

/** Of a table of growth: by how much sigma rises from each knot to the next one that is less usual. */
function risesOf(
  { by, knots, factors }: SigmaConfig["growth"][number],
  rows: readonly Said[],
): Parameter[] {
  // From the usual end of the table on.
  const order = [...knots.keys()];
  if (by === "sharpness") order.reverse();
  const rises = order.map(() => START_RISE);
  const update = (): void => {
    let product = 1;
    for (const [at, knot] of order.entries()) {
      if (at > 0) product *= 1 + (rises[at] ?? 0);
      factors[knot] = product;
    }
  };
  update();
  return order.slice(1).map((_, before) => {
    const usual = knots[order[before] ?? 0] ?? 0;
    const isTouched = (sign = usual) => (by === "sharpness" ? sign < usual : sign > usual);
    return {
      touches: indicesOf(rows, (row) => isTouched(row[by])),
      get: () => rises[before + 1] ?? 0,
      set: (value: number) => {
        rises[before + 1] = value;
        update();
      },
      start: START_RISE,
    };
  });
}

function lossOfOne(said: Said, config: SigmaConfig): number {
  const error = Math.max(LEAST_M, Math.abs(said.valueM - said.truthM));
  const sigma = Math.max(LEAST_M, doubtedSigmaM(said.kind, said, config));
  return WITHIN.reduce((sum, share, i) => {
    const over = Math.log(error / ((i + 1) * sigma));
    return sum + Math.max(share * over, (share - 1) * over);
  }, 0);
}

/**
 * Pictures of an episode are many and alike: scenes, and episodes from the front and from aside, weigh the
 * same, each as it is and made worse.
 */
function weightsOf(rows: readonly Said[]): number[] {
  const groupOf = ({ source, isWorse }: Said) => {
    const view = source.endsWith(" side_camera") ? "side" : "front";
    return `${source === "scenes" ? "scenes" : view} ${isWorse}`;
  };
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

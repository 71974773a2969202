import { groups } from "d3-array";
import { mean } from "simple-statistics";
import { type CurveSigma, type SaidCurve, saidOf } from "../estimate/index.js";
import { kindInfo, type QuantityKind } from "../language/index.js";
import { type FittedLength, fitLength } from "./fitLength.js";
import { foldsOf } from "./folds.js";
import type { Pair } from "./Pair.js";
import { risingCurve } from "./risingCurve.js";
import { FEW_EPISODES, LEAST_IN_ALL, LEAST_SPAN_M, spanOf } from "./support.js";

/** Fewer answers than this, and a kind takes the curve of all lengths. */
export const LEAST_OF_KIND = 60;
/** A curve of many knots needs as much. */
const LEAST_FOR_KNOTS = 200;
/** It has to be this much better on episodes left out. */
const BETTER = 0.95;

/** A kind with a curve of its own, or all others together. */
export type LengthKey = QuantityKind | "all";

/** What is fitted: kinds with data of their own, and all unsigned lengths together. */
export interface Lengths {
  readonly kinds: ReadonlyMap<QuantityKind, FittedLength>;
  readonly pooled?: FittedLength;
}

export interface FittingOptions {
  /** Whose curve is not fitted. */
  readonly asSaid: Pick<ReadonlyMap<LengthKey, unknown>, "has">;
  /** The fit of all, of which these pairs are a part. */
  readonly near?: Lengths;
}

export function fitLengths(pairs: readonly Pair[], { asSaid, near }: FittingOptions): Lengths {
  const replicates = near ? 0 : 24;
  const kinds = new Map<QuantityKind, FittedLength>();
  for (const [kind, own] of groups(pairs, ({ kind }) => kind)) {
    if (own.length < LEAST_OF_KIND || spanOf(own) < LEAST_SPAN_M) continue;
    const { signed } = kindInfo(kind);
    const before = near?.kinds.get(kind);
    if (near && !before) continue;
    const line = fitLength(own, { signed, replicates, ...(before && { near: before }) });
    if (asSaid.has(kind)) {
      kinds.set(kind, spreadAlone(own, signed, line));
      continue;
    }
    const isBent = near ? before?.curve.knots !== undefined : knotsAreBetter(own, line, kind);
    const knots = isBent ? risingCurve(own) : undefined;
    kinds.set(kind, knots ? fitLength(own, { signed, replicates, knots, near: line }) : line);
  }
  const unsigned = pairs.filter(({ kind }) => !kindInfo(kind).signed);
  if (unsigned.length < LEAST_IN_ALL) return { kinds };
  // One kind alone is all there is.
  const [only] = kinds.values();
  if (only && kinds.size === 1 && unsigned.every(({ kind }) => kinds.has(kind))) {
    return { kinds, pooled: only };
  }
  const all = near?.pooled;
  const line = fitLength(unsigned, { signed: false, replicates, ...(all && { near: all }) });
  const pooled = asSaid.has("all") ? spreadAlone(unsigned, false, line) : line;
  return {
    kinds,
    pooled: near ? pooled : { ...pooled, curveSigma: ofNewKind(pooled, kinds, pairs) },
  };
}

/** Lengths below this differ as this one does, m. */
const LEAST_SCALE_M = 0.03;

/**
 * How uncertain the curve of all lengths is for a kind that was not among them: as the curves of
 * those that were differ from it, so may that one's (the variance of a random effect, and its mean's).
 */
function ofNewKind(
  { curve, curveSigma }: FittedLength,
  kinds: Lengths["kinds"],
  pairs: readonly Pair[],
): CurveSigma {
  const differences = [...kinds].flatMap(([kind, own]) => {
    if (kindInfo(kind).signed) return [];
    const squares = pairs
      .filter((pair) => pair.kind === kind)
      .map(({ trueM }) => {
        const { saidM } = saidOf(curve, trueM);
        const difference = saidOf(own.curve, trueM).saidM - saidM;
        return (difference / Math.max(saidM, LEAST_SCALE_M)) ** 2;
      });
    return [mean(squares)];
  });
  const count = differences.length;
  if (count < 2) return curveSigma;
  const variance = ((count + 1) / (count - 1)) * mean(differences);
  const { relativeSlope, correlation = 0 } = curveSigma;
  const wider = Math.hypot(relativeSlope, Math.sqrt(variance));
  return {
    ...curveSigma,
    relativeSlope: wider,
    correlation: wider > 0 ? (correlation * relativeSlope) / wider : 0,
  };
}

/** The model is taken at its word; how uncertain a curve would be stays known. */
export function spreadAlone(
  pairs: readonly Pair[],
  signed: boolean,
  line: FittedLength,
): FittedLength {
  const fitted = fitLength(pairs, { signed, replicates: 0, asSaid: true });
  return { ...fitted, curveSigma: line.curveSigma };
}

/** Whether a curve of many knots foretells what is said in episodes left out better than a line. */
function knotsAreBetter(pairs: readonly Pair[], line: FittedLength, kind: QuantityKind): boolean {
  const episodes = new Set(pairs.map(({ episode }) => episode)).size;
  if (pairs.length < LEAST_FOR_KNOTS || episodes <= FEW_EPISODES) return false;
  const { signed } = kindInfo(kind);
  const options = { signed, replicates: 0, near: line } as const;
  const errorOf = (curveOf: (fit: readonly Pair[]) => SaidCurve): number => {
    const errors = foldsOf(pairs).flatMap(({ fit, test }) => {
      const curve = curveOf(fit);
      return test.map(({ saidM, trueM }) => Math.abs(saidOf(curve, trueM).saidM - saidM));
    });
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  };
  const asLine = errorOf((fit) => fitLength(fit, options).curve);
  const asKnots = errorOf((fit) => {
    const knots = risingCurve(fit);
    return knots ? { slope: line.curve.slope, offsetM: 0, knots } : line.curve;
  });
  return asKnots < BETTER * asLine;
}

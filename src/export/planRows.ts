import type { Annotation } from "../annotate/index.js";

/** One picture of the camera that rows follow, and what was said about it. */
export interface Anchor extends Pick<Annotation, "reward" | "measurements" | "attempt"> {
  readonly stampNs: bigint;
  /** On the clock of the recording's log, where it has one. */
  readonly logNs?: bigint;
  readonly episode: string;
  /** The picture could be read. */
  readonly hasPicture: boolean;
  /** What its episode is said to be about. */
  readonly instruction?: string;
}

/** A row of a data set that is to be. */
export interface PlannedRow {
  readonly stampNs: bigint;
  readonly logNs?: bigint;
  /** Absent: no picture came at this time, and the one before stands in. */
  readonly anchor?: Anchor;
}

/** Rows that follow each other at the data set's rate. */
export type Run = readonly PlannedRow[];

export interface RowPlan {
  readonly runs: readonly Run[];
  /** Pictures after the end of their episode. */
  readonly afterEnd: number;
  /** Rows whose picture is the one before. */
  readonly held: number;
  /** How often pictures were missing for so long that an episode was cut there. */
  readonly cuts: number;
}

/** For so long, the picture before stands in for one that did not come, ns. */
const HOLD_NS = 500_000_000n;
/** As FrameRate: a picture this part of a period early still fills its place. */
const EARLY_PARTS = 20n;

/**
 * Lays pictures on a grid of fixed rate. The grid of an attempt begins at its first picture; row k
 * is the first picture that reaches k / fps (5 % of a period early will do), with its own stamp.
 * Where none came, the picture before stands in, for half a second at most; after longer gaps the
 * next rows are another run. What comes after the end of an episode (success, failure, time-out)
 * belongs to no row.
 *
 * @param anchors by their stamps, thinned to the rate as `FrameRate` does
 */
export function planRows(anchors: readonly Anchor[], fps: number): RowPlan {
  const periodNs = BigInt(Math.round(1e9 / fps));
  const runs: PlannedRow[][] = [];
  let [afterEnd, held, cuts] = [0, 0, 0];
  let attempt: string | undefined;
  let [firstNs, last, hasEnded] = [0n, 0n, false];
  for (const anchor of anchors) {
    const { stampNs, logNs, hasPicture, reward } = anchor;
    const name = `${anchor.attempt} ${anchor.episode}`;
    if (name !== attempt) {
      [attempt, firstNs, last, hasEnded] = [name, stampNs, -1n, false];
      runs.push([]);
    }
    if (hasEnded) {
      afterEnd += 1;
      continue;
    }
    hasEnded = reward.ended !== undefined;
    if (!hasPicture) continue;
    const at = (stampNs - firstNs + periodNs / EARLY_PARTS) / periodNs;
    const run = runs.at(-1);
    if (!run || at <= last) continue;
    const missing = at - last - 1n;
    if (run.length === 0 || missing * periodNs > HOLD_NS) {
      if (run.length > 0) {
        cuts += 1;
        runs.push([]);
      }
    } else {
      const offsetNs = logNs === undefined ? undefined : logNs - stampNs;
      for (let k = last + 1n; k < at; k++) {
        const timeNs = firstNs + k * periodNs;
        const onLog = offsetNs !== undefined && { logNs: timeNs + offsetNs };
        run.push({ stampNs: timeNs, ...onLog });
        held += 1;
      }
    }
    runs.at(-1)?.push({ stampNs, ...(logNs !== undefined && { logNs }), anchor });
    last = at;
  }
  return { runs: runs.filter(({ length }) => length > 0), afterEnd, held, cuts };
}

/**
 * The parts of runs whose rows all have what they need, each of two rows or more: a single one is
 * no episode. A part does not begin with a picture that stands in.
 */
export function keptParts(runs: readonly Run[], isKnown: (row: PlannedRow) => boolean): Run[] {
  const parts: PlannedRow[][] = [];
  for (const run of runs) {
    let part: PlannedRow[] = [];
    for (const row of run) {
      if (!isKnown(row)) {
        parts.push(part);
        part = [];
      } else if (row.anchor || part.length > 0) part.push(row);
    }
    parts.push(part);
  }
  return parts.filter(({ length }) => length >= 2);
}

/** Something that yields runs of stamped items in order, none before `startNs`. */
export interface TimedSource<T> {
  readonly startNs: bigint;
  open(): AsyncIterator<readonly T[]> | Iterator<readonly T[]>;
}

interface Cursor<T> {
  readonly iterator: AsyncIterator<readonly T[]> | Iterator<readonly T[]>;
  /** Breaks ties: the place in `sources`. */
  readonly rank: number;
  run: readonly T[];
  at: number;
}

/**
 * Merges sources by log time, earlier source first where times are equal. A source is opened only
 * when the merge reaches its `startNs`, so that at any time only those that overlap are held.
 */
export async function* mergeByTime<T extends { readonly logNs: bigint }>(
  sources: readonly TimedSource<T>[],
): AsyncGenerator<readonly T[]> {
  const waiting = sources.map((source, rank) => ({ source, rank }));
  waiting.sort((a, b) => compare(a.source.startNs, b.source.startNs) || a.rank - b.rank);
  const active: Cursor<T>[] = [];
  let next = 0;
  try {
    for (;;) {
      const first = earliest(active);
      const upcoming = waiting[next];
      if (upcoming && (!first || head(first) >= upcoming.source.startNs)) {
        next++;
        const cursor = { iterator: upcoming.source.open(), rank: upcoming.rank, run: [], at: 0 };
        if (await refill(cursor)) active.push(cursor);
        continue;
      }
      if (!first) return;
      const run = takeRun(first, active, upcoming?.source.startNs);
      if (first.at === first.run.length) {
        yield run;
        if (!(await refill(first))) active.splice(active.indexOf(first), 1);
      } else {
        yield run;
      }
    }
  } finally {
    for (const cursor of active) await cursor.iterator.return?.();
  }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function head<T extends { readonly logNs: bigint }>(cursor: Cursor<T>): bigint {
  return cursor.run[cursor.at]!.logNs;
}

function earliest<T extends { readonly logNs: bigint }>(
  active: readonly Cursor<T>[],
): Cursor<T> | undefined {
  let best: Cursor<T> | undefined;
  for (const cursor of active) {
    if (!best) best = cursor;
    else {
      const order = compare(head(cursor), head(best));
      if (order < 0 || (order === 0 && cursor.rank < best.rank)) best = cursor;
    }
  }
  return best;
}

/** Loads the cursor's next non-empty run; false at its end. */
async function refill<T>(cursor: Cursor<T>): Promise<boolean> {
  for (;;) {
    const step = await cursor.iterator.next();
    if (step.done) return false;
    if (step.value.length === 0) continue;
    cursor.run = step.value;
    cursor.at = 0;
    return true;
  }
}

/** The items of `first` that come before anything of the others and before `limitNs`. */
function takeRun<T extends { readonly logNs: bigint }>(
  first: Cursor<T>,
  active: readonly Cursor<T>[],
  limitNs: bigint | undefined,
): readonly T[] {
  const from = first.at;
  const last = first.run[first.run.length - 1]!.logNs;
  const alone = active.length === 1 && (limitNs === undefined || last < limitNs);
  if (alone) {
    first.at = first.run.length;
    return from === 0 ? first.run : first.run.slice(from);
  }
  while (first.at < first.run.length) {
    const time = head(first);
    if (first.at > from) {
      if (limitNs !== undefined && time >= limitNs) break;
      if (active.some((other) => other !== first && comesBefore(other, first, time))) break;
    }
    first.at++;
  }
  return first.run.slice(from, first.at);
}

function comesBefore<T extends { readonly logNs: bigint }>(
  other: Cursor<T>,
  first: Cursor<T>,
  time: bigint,
): boolean {
  const order = compare(head(other), time);
  return order < 0 || (order === 0 && other.rank < first.rank);
}

import type { Pair } from "./Pair.js";

const MOST_FOLDS = 6;

export interface Fold {
  readonly fit: readonly Pair[];
  readonly test: readonly Pair[];
}

/** Whole episodes are left out; of a single one, one half of its time after the other. */
export function foldsOf(pairs: readonly Pair[]): Fold[] {
  const episodes = [...new Set(pairs.map(({ episode }) => episode))];
  if (episodes.length < 2) {
    const times = pairs.map(({ timeS }) => timeS).sort((a, b) => a - b);
    const middle = times[times.length >> 1] ?? 0;
    const [early, late] = [
      pairs.filter(({ timeS }) => timeS < middle),
      pairs.filter(({ timeS }) => timeS >= middle),
    ];
    return [
      { fit: early, test: late },
      { fit: late, test: early },
    ];
  }
  const count = Math.min(MOST_FOLDS, episodes.length);
  const foldOf = new Map(episodes.map((episode, i) => [episode, i % count]));
  return Array.from({ length: count }, (_, fold) => ({
    fit: pairs.filter(({ episode }) => foldOf.get(episode) !== fold),
    test: pairs.filter(({ episode }) => foldOf.get(episode) === fold),
  }));
}

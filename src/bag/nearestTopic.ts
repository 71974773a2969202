/** The candidate that is the least edits away from `topic`, if it is similar at all. */
export function nearestTopic(topic: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.ceil(topic.length / 2);
  for (const candidate of candidates) {
    const distance = editDistance(topic, candidate);
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

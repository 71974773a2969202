/**
 * Works on values of a source, several at a time, and gives the results in the source's order.
 * At most `concurrency` works are under way or wait for the one before them. The first failure
 * ends it; what else is under way is left to the signal that it was given.
 */
export async function* mapInOrder<T, R>(
  source: AsyncIterable<T>,
  concurrency: number,
  work: (value: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  for await (const value of source) {
    const result = work(value);
    // Whoever awaits it gets its failure; until then it is intentionally unhandled.
    result.catch(() => undefined);
    running.push(result);
    if (running.length < concurrency) continue;
    const first = running.shift();
    if (first) yield await first;
  }
  for (const result of running) yield await result;
}

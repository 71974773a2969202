/**
 * Pixels of an image by what hangs together: those of the same kind, from one to the next.
 *
 * @param among where parts are looked for
 * @param kindAt of a pixel; 0 is left out
 * @param around from a pixel to those beside it
 */
export function* connectedParts(
  among: Iterable<number>,
  length: number,
  kindAt: (pixel: number) => number,
  around: readonly number[],
): Generator<readonly number[]> {
  const isDone = new Uint8Array(length);
  for (const start of among) {
    const kind = isDone[start] ? 0 : kindAt(start);
    if (kind === 0) continue;
    const part = [start];
    isDone[start] = 1;
    for (const pixel of part) {
      for (const step of around) {
        const next = pixel + step;
        if (!(next >= 0 && next < length) || isDone[next] || kindAt(next) !== kind) continue;
        isDone[next] = 1;
        part.push(next);
      }
    }
    yield part;
  }
}

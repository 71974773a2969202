/**
 * A minimum of a function of a few numbers: the downhill simplex (Nelder and Mead 1965). Needs no
 * derivatives; deterministic.
 *
 * @param start where it begins
 * @param steps how far it looks around at first, one for each number
 */
export function minimise(
  f: (x: readonly number[]) => number,
  start: readonly number[],
  steps: readonly number[],
  evaluations = 600,
): readonly number[] {
  let left = evaluations;
  const at = (x: readonly number[]) => {
    left -= 1;
    return { x, y: f(x) };
  };
  const simplex = [
    start,
    ...steps.map((step, i) => start.map((v, j) => (i === j ? v + step : v))),
  ].map(at);
  const n = start.length;
  while (left > 0) {
    simplex.sort((a, b) => a.y - b.y);
    const [best, worst, second] = [simplex[0], simplex[n], simplex[n - 1]];
    if (!best || !worst || !second) break;
    if (Math.abs(worst.y - best.y) < 1e-7 * (Math.abs(best.y) + 1e-7)) break;
    const centre = start.map((_, j) =>
      simplex.slice(0, n).reduce((sum, { x }) => sum + (x[j] ?? 0) / n, 0),
    );
    const along = (factor: number) =>
      at(centre.map((c, j) => c + factor * ((worst.x[j] ?? 0) - c)));
    const reflected = along(-1);
    if (reflected.y < best.y) {
      const expanded = along(-2);
      simplex[n] = expanded.y < reflected.y ? expanded : reflected;
    } else if (reflected.y < second.y) simplex[n] = reflected;
    else {
      const contracted = along(reflected.y < worst.y ? -0.5 : 0.5);
      if (contracted.y < Math.min(worst.y, reflected.y)) simplex[n] = contracted;
      else {
        for (let i = 1; i <= n; i++) {
          const point = simplex[i];
          if (point) simplex[i] = at(point.x.map((v, j) => ((best.x[j] ?? 0) + v) / 2));
        }
      }
    }
  }
  simplex.sort((a, b) => a.y - b.y);
  return simplex[0]?.x ?? start;
}

import { itemAt } from "./itemAt.js";
import { mulberry32 } from "./random.js";

/** A place in an image, pixels, and its inverse depth, 1 / m. */
export type InverseSample = readonly [column: number, row: number, inverse: number];

/** Inverse depth = a · column + b · row + c: so a plane is linear in the image, whatever the lens. */
export type InversePlane = readonly [a: number, b: number, c: number];

interface DrawOptions {
  readonly draws: number;
  /** How far off the plane a sample may be, as a share of its inverse depth. */
  readonly within: number;
  /** No more are drawn once a plane has so many samples. */
  readonly enough?: number;
  /** A plane has more samples than that. */
  readonly moreThan: number;
  /** Of the parallelogram that three samples span, square pixels. */
  readonly leastArea: number;
}

/** The plane that most samples are on, of those through three of them (RANSAC). */
export function drawPlane(
  samples: readonly InverseSample[],
  { draws, within, moreThan, leastArea, enough = samples.length }: DrawOptions,
): InversePlane | undefined {
  const random = mulberry32(1);
  const draw = () => itemAt(samples, Math.floor(random() * samples.length));
  const columns = Float64Array.from(samples, ([x]) => x);
  const rows = Float64Array.from(samples, ([, y]) => y);
  const inverses = Float64Array.from(samples, ([, , inverse]) => inverse);
  let best: InversePlane | undefined;
  let most = moreThan;
  for (let i = 0; i < draws; i++) {
    const plane = planeThrough(draw(), draw(), draw(), leastArea);
    if (!plane) continue;
    const [a, b, c] = plane;
    let count = 0;
    // A plane that can no longer have more than the best one is none.
    let may = inverses.length - most;
    for (let k = 0; k < inverses.length && may > 0; k++) {
      const inverse = inverses[k] ?? 0;
      const off = a * (columns[k] ?? 0) + b * (rows[k] ?? 0) + c - inverse;
      if (off < within * inverse && off > -within * inverse) count++;
      else may--;
    }
    if (count > most) [most, best] = [count, plane];
    if (most >= enough) break;
  }
  return best;
}

/** Undefined where they are nearly in a line. */
export function planeThrough(
  p: InverseSample,
  q: InverseSample,
  r: InverseSample,
  leastArea: number,
): InversePlane | undefined {
  const [ax, ay, az] = [q[0] - p[0], q[1] - p[1], q[2] - p[2]];
  const [bx, by, bz] = [r[0] - p[0], r[1] - p[1], r[2] - p[2]];
  const area = ax * by - ay * bx;
  if (!(Math.abs(area) >= leastArea)) return undefined;
  const a = (az * by - ay * bz) / area;
  const b = (ax * bz - az * bx) / area;
  return [a, b, p[2] - a * p[0] - b * p[1]];
}

import type { ObjectEvidence } from "../../language/index.js";
import type { Picture } from "./fitPicture.js";
import type { ModelConfig } from "./Weights.js";

/**
 * Cells that get less than this, relative to the one that gets most, are not the object's; nor are
 * those farther from its centre than it is large: a pointer attends to other objects, too.
 */
const SHARE = 0.2;

type Place = Omit<ObjectEvidence, "object">;

/**
 * Where a pointer points: the projected centre and the box around its cells in pixels of the
 * image, and the centre in the optical frame.
 *
 * @param scores of the cells, row-major; logits
 * @param shape x, y, z of the centre in the optical frame, heights of its centre, top and bottom
 * above the support, all in metres; ln of its width and of its footprint's sides
 */
export function pointedAt(
  scores: ArrayLike<number>,
  shape: ArrayLike<number>,
  { picture, config }: { readonly picture: Picture; readonly config: ModelConfig },
): Place {
  const [x, y, z] = [shape[0]!, shape[1]!, shape[2]!];
  const { fx, fy, cx, cy } = picture.lens;
  const center = [(fx * x) / z + cx, (fy * y) / z + cy] as const;
  const diagonalM = Math.hypot(Math.exp(shape[7]!), Math.exp(shape[8]!), shape[4]! - shape[5]!);
  const reach = (fx * diagonalM) / z / 2 + config.cell;
  return {
    centerPx: picture.toImage(...center),
    boxPx: boxOf(scores, { center, reach }, picture, config),
    centerM: [x, y, z],
  };
}

function boxOf(
  scores: ArrayLike<number>,
  { center: [u, v], reach }: { readonly center: readonly [number, number]; readonly reach: number },
  picture: Picture,
  { cell, columns, rows }: ModelConfig,
): NonNullable<Place["boxPx"]> {
  let best = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < columns * rows; index++) best = Math.max(best, scores[index]!);
  const least = best + Math.log(SHARE);
  let [left, top, right, bottom] = [columns, rows, 0, 0];
  for (let index = 0; index < columns * rows; index++) {
    if (scores[index]! < least) continue;
    const [column, row] = [index % columns, Math.floor(index / columns)];
    const away = Math.hypot((column + 0.5) * cell - 0.5 - u, (row + 0.5) * cell - 0.5 - v);
    // Never without the best, wherever the centre is guessed to be.
    if (away > reach && scores[index]! < best) continue;
    left = Math.min(left, column);
    right = Math.max(right, column);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
  }
  // From the centre of the first pixel to that of the last.
  const [l, t] = picture.toImage(left * cell, top * cell);
  const [r, b] = picture.toImage((right + 1) * cell - 1, (bottom + 1) * cell - 1);
  return [l, t, r, b];
}

/** Numbers of a cell's geometry, of which the first three are the centre of what it shows. */
const GEOMETRY = 9;
/** Cells whose things have centres this close show the same one. */
const SAME_M = 0.05;
/**
 * So far apart they show two: where a gripper and what it holds share cells, those of one thing differ by
 * several centimetres.
 */
const TWO_M = 0.1;

/** What else a pointer points at than at the one thing that it points at most. */
export interface Rival {
  /** Share of the attention, 0..1, that goes to cells of other things. */
  readonly share: number;
  /** How far those things' centres are from the first one's, root mean square, metres. */
  readonly apartM: number;
  /** The part of `share` that goes to things so far away that they are surely others. */
  readonly otherShare: number;
}

/**
 * @param scores of the cells; logits
 * @param geometry of the encoder: cell after cell, what each says of the thing that it shows
 */
export function rivalOf(scores: ArrayLike<number>, geometry: ArrayLike<number>): Rival {
  const count = scores.length;
  if (geometry.length < GEOMETRY * count) return { share: 0, apartM: 0, otherShare: 0 };
  let best = 0;
  for (let cell = 1; cell < count; cell++) if (scores[cell]! > scores[best]!) best = cell;
  const apart = (cell: number): number =>
    Math.hypot(
      geometry[GEOMETRY * cell]! - geometry[GEOMETRY * best]!,
      geometry[GEOMETRY * cell + 1]! - geometry[GEOMETRY * best + 1]!,
      geometry[GEOMETRY * cell + 2]! - geometry[GEOMETRY * best + 2]!,
    );
  let [all, near, others, squares] = [0, 0, 0, 0];
  for (let cell = 0; cell < count; cell++) {
    const weight = Math.exp(scores[cell]! - scores[best]!);
    all += weight;
    if (weight < 1e-5) continue;
    const distanceM = apart(cell);
    if (distanceM <= SAME_M) continue;
    if (distanceM <= TWO_M) near += weight;
    others += weight;
    squares += weight * distanceM * distanceM;
  }
  return {
    share: others / all,
    apartM: others > 0 ? Math.sqrt(squares / others) : 0,
    otherShare: (others - near) / all,
  };
}

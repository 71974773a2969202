import { itemAt } from "./itemAt.js";

/**
 * x of A x = b; undefined if the matrix is singular.
 *
 * @param matrix A, row by row
 * @param right b
 * @param leastPivot what is not larger passes for 0
 */
export function solved(
  matrix: readonly ArrayLike<number>[],
  right: ArrayLike<number>,
  leastPivot?: number,
): number[] | undefined {
  const size = matrix.length;
  const rows = matrix.map((row, i) => widened(row, size + 1, size, right[i] ?? 0));
  return eliminated(rows, leastPivot)?.map((row) => row[size] ?? 0);
}

/** A square matrix's inverse; undefined if it is singular. */
export function inverted(matrix: readonly ArrayLike<number>[]): Float64Array[] | undefined {
  const size = matrix.length;
  const rows = matrix.map((row, i) => widened(row, 2 * size, size + i, 1));
  return eliminated(rows)?.map((row) => row.subarray(size));
}

/** A row with zeros after it but for one value. */
function widened(row: ArrayLike<number>, width: number, at: number, value: number): Float64Array {
  const whole = new Float64Array(width);
  whole.set(row);
  whole[at] = value;
  return whole;
}

/**
 * Gauss and Jordan's elimination with pivots, in place: of rows that begin with a square matrix, until
 * that is the identity; undefined if it is singular.
 */
function eliminated(rows: Float64Array[], leastPivot = 1e-12): Float64Array[] | undefined {
  for (let column = 0; column < rows.length; column++) {
    let pivot = column;
    for (let row = column + 1; row < rows.length; row++) {
      if (sizeAt(rows, row, column) > sizeAt(rows, pivot, column)) pivot = row;
    }
    if (!(sizeAt(rows, pivot, column) > leastPivot)) return undefined;
    const chosen = itemAt(rows, pivot);
    rows[pivot] = itemAt(rows, column);
    rows[column] = chosen;
    const scale = chosen[column] ?? 0;
    for (let k = column; k < chosen.length; k++) chosen[k] = (chosen[k] ?? 0) / scale;
    for (const row of rows) {
      const factor = row[column] ?? 0;
      if (row === chosen || factor === 0) continue;
      for (let k = column; k < row.length; k++) row[k] = (row[k] ?? 0) - factor * (chosen[k] ?? 0);
    }
  }
  return rows;
}

function sizeAt(rows: readonly Float64Array[], row: number, column: number): number {
  return Math.abs(rows[row]?.[column] ?? 0);
}

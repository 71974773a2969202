/**
 * x of A x = b, by Gaussian elimination with pivots; undefined if the matrix is singular.
 *
 * @param matrix A, row by row
 * @param right b
 * @param leastPivot what is not larger passes for 0
 */
export function solved(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
  leastPivot = 1e-12,
): number[] | undefined {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  const size = rows.length;
  for (let k = 0; k < size; k++) {
    const pivot = rows
      .slice(k)
      .reduce((best, row) => (Math.abs(row[k] ?? 0) > Math.abs(best[k] ?? 0) ? row : best));
    const lead = pivot[k] ?? 0;
    if (!(Math.abs(lead) > leastPivot)) return undefined;
    const at = rows.indexOf(pivot);
    rows[at] = rows[k] ?? [];
    rows[k] = pivot.map((value) => value / lead);
    for (const [i, row] of rows.entries()) {
      const factor = row[k] ?? 0;
      if (i !== k && factor !== 0)
        rows[i] = row.map((value, l) => value - factor * (rows[k]?.[l] ?? 0));
    }
  }
  return rows.map((row) => row[size] ?? 0);
}

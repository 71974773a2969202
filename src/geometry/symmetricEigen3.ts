import type { Axis, Vec3 } from "../base/index.js";

/** The upper triangle of a symmetric 3x3 matrix. */
export type Symmetric3 = readonly [
  xx: number,
  xy: number,
  xz: number,
  yy: number,
  yz: number,
  zz: number,
];

export interface Eigen3 {
  /** Ascending. */
  readonly values: Vec3;
  /** Unit vectors, in the order of the values. */
  readonly vectors: readonly [Vec3, Vec3, Vec3];
}

type Triple = [number, number, number];
/** Rows. */
type Matrix3 = [Triple, Triple, Triple];

const AXES = [0, 1, 2] as const;

/** Eigenvalues and eigenvectors by cyclic Jacobi rotations (Golub & Van Loan, 8.5). */
export function symmetricEigen3([xx, xy, xz, yy, yz, zz]: Symmetric3): Eigen3 {
  const m: Matrix3 = [
    [xx, xy, xz],
    [xy, yy, yz],
    [xz, yz, zz],
  ];
  const v: Matrix3 = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  for (let sweep = 0; sweep < 24; sweep++) {
    const off = Math.abs(m[0][1]) + Math.abs(m[0][2]) + Math.abs(m[1][2]);
    const trace = Math.abs(m[0][0]) + Math.abs(m[1][1]) + Math.abs(m[2][2]);
    if (off <= 1e-15 * trace) break;
    rotateAway(m, v, 0, 1);
    rotateAway(m, v, 0, 2);
    rotateAway(m, v, 1, 2);
  }
  const pairs = AXES.map((i) => ({ value: m[i][i], vector: columnOf(v, i) }));
  const [a, b, c] = pairs.sort((one, other) => one.value - other.value) as [Pair, Pair, Pair];
  return { values: [a.value, b.value, c.value], vectors: [a.vector, b.vector, c.vector] };
}

interface Pair {
  readonly value: number;
  readonly vector: Vec3;
}

function columnOf(matrix: Matrix3, i: Axis): Vec3 {
  return [matrix[0][i], matrix[1][i], matrix[2][i]];
}

/** Turns m and v so that m has 0 at p, q. */
function rotateAway(m: Matrix3, v: Matrix3, p: Axis, q: Axis): void {
  const pq = m[p][q];
  if (pq === 0) return;
  const theta = (m[q][q] - m[p][p]) / (2 * pq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (const row of m) {
    const [kp, kq] = [row[p], row[q]];
    row[p] = c * kp - s * kq;
    row[q] = s * kp + c * kq;
  }
  for (const k of AXES) {
    const [pk, qk] = [m[p][k], m[q][k]];
    m[p][k] = c * pk - s * qk;
    m[q][k] = s * pk + c * qk;
  }
  for (const row of v) {
    const [vp, vq] = [row[p], row[q]];
    row[p] = c * vp - s * vq;
    row[q] = s * vp + c * vq;
  }
}

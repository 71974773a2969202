import type { Vec3 } from "../base/index.js";

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

/** Eigenvalues and eigenvectors by cyclic Jacobi rotations (Golub & Van Loan, 8.5). */
export function symmetricEigen3([xx, xy, xz, yy, yz, zz]: Symmetric3): Eigen3 {
  const m = [
    [xx, xy, xz],
    [xy, yy, yz],
    [xz, yz, zz],
  ];
  const v = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  for (let sweep = 0; sweep < 24; sweep++) {
    const off = Math.abs(m[0]![1]!) + Math.abs(m[0]![2]!) + Math.abs(m[1]![2]!);
    const trace = Math.abs(m[0]![0]!) + Math.abs(m[1]![1]!) + Math.abs(m[2]![2]!);
    if (off <= 1e-15 * trace) break;
    for (const [p, q] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      rotateAway(m, v, p, q);
  }
  const order = [0, 1, 2].sort((a, b) => m[a]![a]! - m[b]![b]!);
  const column = (i: number): Vec3 => [v[0]![i]!, v[1]![i]!, v[2]![i]!];
  return {
    values: [m[order[0]!]![order[0]!]!, m[order[1]!]![order[1]!]!, m[order[2]!]![order[2]!]!],
    vectors: [column(order[0]!), column(order[1]!), column(order[2]!)],
  };
}

function rotateAway(m: number[][], v: number[][], p: number, q: number): void {
  const pq = m[p]![q]!;
  if (pq === 0) return;
  const theta = (m[q]![q]! - m[p]![p]!) / (2 * pq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < 3; k++) {
    const kp = m[k]![p]!;
    const kq = m[k]![q]!;
    m[k]![p] = c * kp - s * kq;
    m[k]![q] = s * kp + c * kq;
  }
  for (let k = 0; k < 3; k++) {
    const pk = m[p]![k]!;
    const qk = m[q]![k]!;
    m[p]![k] = c * pk - s * qk;
    m[q]![k] = s * pk + c * qk;
    const vp = v[k]![p]!;
    const vq = v[k]![q]!;
    v[k]![p] = c * vp - s * vq;
    v[k]![q] = s * vp + c * vq;
  }
}

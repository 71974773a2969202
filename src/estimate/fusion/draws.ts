import { probit } from "simple-statistics";

/** How many values stand for a distribution. */
const DRAWS = 64;
/** Multiples of their roots, modulo 1, are spread evenly, and independently of one another. */
const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37] as const;

/** By stream, standard normal values, one for each draw. */
const NORMALS: readonly Float64Array[] = PRIMES.map((prime) =>
  Float64Array.from({ length: DRAWS }, (_, k) => probit(((k + 1) * Math.sqrt(prime)) % 1)),
);

export function normalsOf(stream: number): Float64Array {
  return NORMALS[stream % NORMALS.length] ?? new Float64Array(DRAWS);
}

/** Of parts with weights that sum to 1, one for each draw: each as often as its weight says. */
export function drawnParts(weights: readonly number[]): readonly number[] {
  let [i, sum] = [0, weights[0] ?? 1];
  return Array.from({ length: DRAWS }, (_, k) => {
    while (sum < (k + 0.5) / DRAWS && i + 1 < weights.length) {
      i += 1;
      sum += weights[i] ?? 0;
    }
    return i;
  });
}

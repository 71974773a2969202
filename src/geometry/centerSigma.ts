import { dot, minus, unit, type Vec3 } from "../base/index.js";
import type { CenterDoubt, SpatialObject } from "./SpatialObject.js";
import { type Symmetric3, symmetricEigen3 } from "./symmetricEigen3.js";

/** Of the direction in which the centre is known least, metres. */
export function worstSigma({ covariance, shared }: CenterDoubt): number {
  return Math.sqrt(Math.max(0, symmetricEigen3(total(covariance, shared)).values[2]));
}

/** The doubt of independent errors, each by one standard deviation, metres. */
export function doubtBy(errors: readonly Vec3[]): CenterDoubt {
  return { covariance: total(NONE, errors), shared: [] };
}

/** A doubt that another place of the centre adds: as likely, at `apart` from it. */
export function withOtherCenter({ covariance, shared }: CenterDoubt, apart: Vec3): CenterDoubt {
  return { covariance: plus(covariance, outer(apart)), shared };
}

/** An object's doubt without some of the errors that it was made of. */
export function without(object: SpatialObject, errors: readonly Vec3[]): CenterDoubt {
  const covariance = plus(covarianceOf(object), scaledCovariance(total(NONE, errors), -1));
  return { covariance, shared: object.doubt?.shared ?? [] };
}

/**
 * Standard deviation of the distance between two centres, metres, along some axes of the canonical
 * frame: that along their connection, and, where they are near each other, what a deviation across it
 * adds to their distance.
 *
 * @param axes 1 for each axis that counts, 0 for the others
 */
export function distanceSigma(a: SpatialObject, b: SpatialObject, axes: Vec3): number {
  const covariance = plus(covarianceOf(a), covarianceOf(b));
  const shared = sharedOf(a, b).map(([byA, byB]) => minus(byA, byB));
  const both = total(covariance, shared);
  const between = minus(a.canonicalCenter, b.canonicalCenter);
  const apart: Vec3 = [axes[0] * between[0], axes[1] * between[1], axes[2] * between[2]];
  const ahead = varianceAlong(both, unit(apart) ?? axes);
  const all = axes[0] * both[0] + axes[1] * both[3] + axes[2] * both[5];
  const across = Math.max(0, all - ahead);
  // The mean of √(d² + across²) is about across² / 2d more than d.
  const longM = Math.max(Math.sqrt(dot(apart, apart)), Math.sqrt(across));
  return Math.hypot(Math.sqrt(ahead), longM > 0 ? across / (2 * longM) : 0);
}

/**
 * Standard deviation, metres, of how much farther `a` is in its direction than `b` in its own: along one
 * axis, or each as seen from the camera. Directions are unit vectors of the canonical frame.
 */
export function differenceSigma(
  a: SpatialObject,
  alongA: Vec3,
  b: SpatialObject,
  alongB: Vec3,
): number {
  const shared = sharedOf(a, b).map(([byA, byB]) => dot(alongA, byA) - dot(alongB, byB));
  return Math.hypot(
    Math.sqrt(varianceAlong(covarianceOf(a), alongA) + varianceAlong(covarianceOf(b), alongB)),
    ...shared,
  );
}

/** What each shared error moves either of two by. */
function sharedOf(a: SpatialObject, b: SpatialObject): (readonly [Vec3, Vec3])[] {
  const [ofA, ofB] = [a.doubt?.shared ?? [], b.doubt?.shared ?? []];
  return Array.from({ length: Math.max(ofA.length, ofB.length) }, (_, k) => [
    ofA[k] ?? NOWHERE,
    ofB[k] ?? NOWHERE,
  ]);
}

/** The variance of the sum of three values with a covariance, weighted: along a direction, of a point's. */
export function varianceAlong([xx, xy, xz, yy, yz, zz]: Symmetric3, [x, y, z]: Vec3): number {
  const sum = x * x * xx + y * y * yy + z * z * zz + 2 * (x * y * xy + x * z * xz + y * z * yz);
  return Math.max(0, sum);
}

const NOWHERE: Vec3 = [0, 0, 0];
const NONE: Symmetric3 = [0, 0, 0, 0, 0, 0];

/** What is an object's own, m²: alike in all directions where nothing else is known. */
export function covarianceOf({
  doubt,
  centerSigmaM,
}: Pick<SpatialObject, "doubt" | "centerSigmaM">): Symmetric3 {
  const variance = centerSigmaM ** 2;
  return doubt?.covariance ?? [variance, 0, 0, variance, 0, variance];
}

/** A covariance, and the errors that are shared. */
function total(covariance: Symmetric3, shared: readonly Vec3[]): Symmetric3 {
  return shared.reduce<Symmetric3>((sum, by) => plus(sum, outer(by)), covariance);
}

export function scaledCovariance([xx, xy, xz, yy, yz, zz]: Symmetric3, by: number): Symmetric3 {
  return [by * xx, by * xy, by * xz, by * yy, by * yz, by * zz];
}

function outer([x, y, z]: Vec3): Symmetric3 {
  return [x * x, x * y, x * z, y * y, y * z, z * z];
}

function plus(a: Symmetric3, b: Symmetric3): Symmetric3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], a[5] + b[5]];
}

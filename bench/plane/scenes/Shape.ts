/** Forms of things in drawn scenes: where rays meet them, and points of their surfaces. World frame, metres. */
import { addScaled, dot, minus, unit, type Vec3 } from "../../../src/base/index.js";

export type Shape = {
  readonly center: Vec3;
  /** Unit vectors of its own x, y and z axis. */
  readonly axes: readonly [Vec3, Vec3, Vec3];
} & (
  | { readonly form: "box"; readonly half: Vec3 }
  /** A box whose top falls along its x axis, to this share of its height. */
  | { readonly form: "wedge"; readonly half: Vec3; readonly lowShare: number }
  /** About its own z axis, from one radius to the other. */
  | {
      readonly form: "cone";
      readonly lowerM: number;
      readonly upperM: number;
      readonly longM: number;
      /** Without its ends: a thin wall, as of a cup. */
      readonly isOpen?: boolean;
    }
  | { readonly form: "ball"; readonly radiusM: number }
  | { readonly form: "egg"; readonly half: Vec3 }
);

const UPRIGHT = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
] as const satisfies Shape["axes"];

const turnedBy = (yawRad: number): Shape["axes"] => {
  const [cos, sin] = [Math.cos(yawRad), Math.sin(yawRad)];
  return [
    [cos, sin, 0],
    [-sin, cos, 0],
    [0, 0, 1],
  ];
};

/** `at` is the middle of its foot, for each of these. */
export function cone(at: Vec3, lowerM: number, upperM: number, highM: number): Shape {
  const center = addScaled(at, [0, 0, 1], highM / 2);
  return { form: "cone", center, axes: UPRIGHT, lowerM, upperM, longM: highM };
}

export function cylinder(at: Vec3, radiusM: number, highM: number): Shape {
  return cone(at, radiusM, radiusM, highM);
}

/** The wall of a cup or a bowl. */
export function wall(at: Vec3, lowerM: number, upperM: number, highM: number): Shape {
  return { ...cone(at, lowerM, upperM, highM), isOpen: true } as Shape;
}

export function wedge(at: Vec3, size: Vec3, lowShare: number, yawRad: number): Shape {
  return { ...box(at, size, yawRad), form: "wedge", lowShare } as Shape;
}

export function egg(at: Vec3, [x, y, z]: Vec3, yawRad: number): Shape {
  const center = addScaled(at, [0, 0, 1], z / 2);
  return { form: "egg", center, axes: turnedBy(yawRad), half: [x / 2, y / 2, z / 2] };
}

export function lying(at: Vec3, radiusM: number, longM: number, yawRad: number): Shape {
  const [along, across, up] = turnedBy(yawRad);
  const center = addScaled(at, up, radiusM);
  return {
    ...{ form: "cone", center, lowerM: radiusM, upperM: radiusM, longM },
    axes: [across, up, along],
  };
}

export function box(at: Vec3, [x, y, z]: Vec3, yawRad = 0): Shape {
  const center = addScaled(at, [0, 0, 1], z / 2);
  return { form: "box", center, axes: turnedBy(yawRad), half: [x / 2, y / 2, z / 2] };
}

export function ball(at: Vec3, radiusM: number): Shape {
  return { form: "ball", center: addScaled(at, [0, 0, 1], radiusM), axes: UPRIGHT, radiusM };
}

export const moved = (shape: Shape, by: Vec3): Shape => ({
  ...shape,
  center: addScaled(shape.center, by, 1),
});

export interface Hit {
  /** In lengths of the ray's direction. */
  readonly t: number;
  /** Unit. */
  readonly normal: Vec3;
}

/** Where a ray from outside first meets the shape. */
export function hit(shape: Shape, from: Vec3, along: Vec3): Hit | undefined {
  const { axes, center } = shape;
  const start = minus(from, center);
  const o = axes.map((axis) => dot(axis, start)) as [number, number, number];
  const d = axes.map((axis) => dot(axis, along)) as [number, number, number];
  const found = meets(shape, o, d);
  if (!found) return undefined;
  const [x, y, z] = found.normal;
  const inWorld = axes.reduce<Vec3>(
    (sum, axis, i) => addScaled(sum, axis, [x, y, z][i] ?? 0),
    [0, 0, 0],
  );
  return { t: found.t, normal: unit(inWorld) ?? [0, 0, 1] };
}

function meets(shape: Shape, o: Vec3, d: Vec3): Hit | undefined {
  if (shape.form === "box") return meetsBox(shape.half, o, d);
  if (shape.form === "wedge") return meetsBox(shape.half, o, d, shape.lowShare);
  if (shape.form === "egg") {
    const [from, along] = [byHalf(o, shape.half), byHalf(d, shape.half)];
    const [first] = roots(dot(along, along), dot(from, along), dot(from, from) - 1);
    return first !== undefined && first > 0
      ? { t: first, normal: byHalf(addScaled(from, along, first), shape.half) }
      : undefined;
  }
  if (shape.form === "ball") {
    const [first] = roots(dot(d, d), dot(o, d), dot(o, o) - shape.radiusM ** 2);
    return first !== undefined && first > 0
      ? { t: first, normal: addScaled(o, d, first) }
      : undefined;
  }
  const { lowerM, upperM, longM } = shape;
  const slope = (upperM - lowerM) / longM;
  const middle = (upperM + lowerM) / 2;
  const [r0, rd] = [middle + slope * o[2], slope * d[2]];
  const sides = roots(
    d[0] ** 2 + d[1] ** 2 - rd ** 2,
    o[0] * d[0] + o[1] * d[1] - r0 * rd,
    o[0] ** 2 + o[1] ** 2 - r0 ** 2,
  ).flatMap((t): Hit[] => {
    const [x, y, z] = addScaled(o, d, t);
    const isOn = t > 0 && Math.abs(z) <= longM / 2 && middle + slope * z >= 0;
    return isOn ? [{ t, normal: [x, y, -slope * (middle + slope * z)] }] : [];
  });
  const ends = (shape.isOpen ? [] : ([-1, 1] as const)).flatMap((side): Hit[] => {
    const t = ((side * longM) / 2 - o[2]) / d[2];
    const [x, y] = addScaled(o, d, t);
    return t > 0 && Math.hypot(x, y) <= (side > 0 ? upperM : lowerM)
      ? [{ t, normal: [0, 0, side] }]
      : [];
  });
  return [...sides, ...ends].toSorted((a, b) => a.t - b.t)[0];
}

/** Of a t² + 2 b t + c, the lower one first. */
function roots(a: number, b: number, c: number): number[] {
  const square = b * b - a * c;
  if (square < 0 || Math.abs(a) < 1e-12) return [];
  const root = Math.sqrt(square);
  return [(-b - root) / a, (-b + root) / a].toSorted((x, y) => x - y);
}

const byHalf = ([x, y, z]: Vec3, half: Vec3): Vec3 => [x / half[0], y / half[1], z / half[2]];

/** @param lowShare how high its top is at the far end of its x axis, as a share of its height */
function meetsBox(half: Vec3, o: Vec3, d: Vec3, lowShare = 1): Hit | undefined {
  let [enter, leave, axis] = [0, Number.POSITIVE_INFINITY, -1];
  for (const i of [0, 1, 2] as const) {
    const [a, b] = [(-half[i] - o[i]) / d[i], (half[i] - o[i]) / d[i]];
    if (Math.min(a, b) > enter) [enter, axis] = [Math.min(a, b), i];
    leave = Math.min(leave, Math.max(a, b));
  }
  const slope: Vec3 = [(1 - lowShare) * half[2], 0, half[0]];
  const above = dot(slope, o) - half[0] * half[2] * lowShare;
  const rises = dot(slope, d);
  if (lowShare < 1 && rises < 0 && above + enter * rises > 0) {
    const t = -above / rises;
    return t <= leave ? { t, normal: slope } : undefined;
  }
  if (axis < 0 || enter > leave || (lowShare < 1 && above + enter * rises > 0)) return undefined;
  const normal = [0, 1, 2].map((i) => (i === axis ? -Math.sign(d[i] ?? 0) : 0));
  return { t: enter, normal: normal as unknown as Vec3 };
}

const AROUND = 24;
const ALONG = 6;

/** Points all over its surface, `times` as close together in each direction. */
export function surfaceOf(shape: Shape, times = 1): Vec3[] {
  const around = times * AROUND;
  const steps = Array.from({ length: times * ALONG + 1 }, (_, i) => i / (times * ALONG));
  const rings = (radiusAt: (share: number) => number, heightAt: (share: number) => number) =>
    steps.flatMap((share) =>
      Array.from({ length: around }, (_, i): Vec3 => {
        const [angle, radius] = [(2 * Math.PI * i) / around, radiusAt(share)];
        return [radius * Math.cos(angle), radius * Math.sin(angle), heightAt(share)];
      }),
    );
  const own = (): Vec3[] => {
    if (shape.form === "ball") {
      const { radiusM } = shape;
      return rings(
        (share) => radiusM * Math.sin(Math.PI * share),
        (share) => -radiusM * Math.cos(Math.PI * share),
      );
    }
    if (shape.form === "cone") {
      const { lowerM, upperM, longM, isOpen } = shape;
      const side = rings(
        (share) => lowerM + (upperM - lowerM) * share,
        (share) => (share - 0.5) * longM,
      );
      if (isOpen) return side;
      const lower = rings(
        (share) => lowerM * share,
        () => -longM / 2,
      );
      const upper = rings(
        (share) => upperM * share,
        () => longM / 2,
      );
      return [...side, ...lower, ...upper];
    }
    const [x, y, z] = shape.half;
    if (shape.form === "egg")
      return rings(
        (share) => Math.sin(Math.PI * share),
        (share) => -Math.cos(Math.PI * share),
      ).map(([a, b, c]) => [a * x, b * y, c * z]);
    const grid = steps.map((share) => 2 * share - 1);
    if (shape.form === "wedge") {
      const { lowShare } = shape;
      const topAt = (a: number) => 1 - (1 - lowShare) * (a + 1);
      return grid.flatMap((a) =>
        grid.flatMap((b) =>
          grid.flatMap((c): Vec3[] =>
            [a, b, c].some((it) => Math.abs(it) === 1)
              ? [[a * x, b * y, (((topAt(a) + 1) * (c + 1)) / 2 - 1) * z]]
              : [],
          ),
        ),
      );
    }
    return grid.flatMap((a) =>
      grid.flatMap((b) =>
        grid.flatMap((c): Vec3[] =>
          [a, b, c].some((it) => Math.abs(it) === 1) ? [[a * x, b * y, c * z]] : [],
        ),
      ),
    );
  };
  const toWorld = (point: Vec3) =>
    shape.axes.reduce<Vec3>((sum, axis, i) => addScaled(sum, axis, point[i] ?? 0), shape.center);
  return own().map(toWorld);
}

/** No point of it is farther from its centre, metres. */
export function reachOf(shape: Shape): number {
  if (shape.form === "ball") return shape.radiusM;
  if (shape.form !== "cone") return Math.hypot(...shape.half);
  return Math.hypot(Math.max(shape.lowerM, shape.upperM), shape.longM / 2);
}

/** Whether a ray passes so near to a ball that it may meet what is in it. */
export function passes(center: Vec3, radiusM: number, from: Vec3, along: Vec3): boolean {
  const [x, y, z] = [center[0] - from[0], center[1] - from[1], center[2] - from[2]];
  const square = along[0] ** 2 + along[1] ** 2 + along[2] ** 2;
  const near = (x * along[0] + y * along[1] + z * along[2]) / square;
  return x * x + y * y + z * z - near * near * square <= radiusM ** 2;
}

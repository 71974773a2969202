import { cross, dot, mapVec3, minus, type Vec3 } from "../base/index.js";
import { type Pose, rotate } from "../camera/index.js";
import { type Fitted, fitFromAfar, type Model, toleranceM } from "./leastSquares.js";

/** Where the robot's transforms say that a frame is, and where images show what is tied to it. */
export interface TrackSample {
  /** In the optical frame. */
  readonly told: Pose;
  /** Of the frame's origin in the optical frame, m/s; absent where it is not known. */
  readonly velocity?: Vec3;
  /** The middle of what is seen, in the optical frame. */
  readonly seen: Vec3;
}

/** What can be wrong, if one thing is. */
export type TrackCause =
  | "fx"
  | "fy"
  | "fx and fy"
  | "scale"
  | "lag"
  | "mirror"
  | "rotation"
  | "principal point";

interface Cause {
  /** Where a true point is seen, if this is wrong by some values. */
  readonly warp: (point: Vec3, values: readonly number[], velocity: Vec3) => Vec3;
  readonly starts: readonly (readonly number[])[];
}

const scaleStarts = [[0], [0.7], [-0.7]] as const;

/** The simpler ones first. Values are logarithms of factors, rad, s, and tangents. */
const CAUSES: Readonly<Record<TrackCause | "none", Cause>> = {
  none: { warp: (point) => point, starts: [[]] },
  fx: { warp: ([x, y, z], [a = 0]) => [x * Math.exp(a), y, z], starts: scaleStarts },
  fy: { warp: ([x, y, z], [a = 0]) => [x, y * Math.exp(a), z], starts: scaleStarts },
  "fx and fy": {
    warp: ([x, y, z], [a = 0]) => [x * Math.exp(a), y * Math.exp(a), z],
    starts: scaleStarts,
  },
  scale: {
    warp: ([x, y, z], [a = 0]) => {
      const factor = Math.exp(a);
      return [x * factor, y * factor, z * factor];
    },
    starts: [...scaleStarts, [-6.9]],
  },
  lag: {
    warp: ([x, y, z], [a = 0], [vx, vy, vz]) => [x - a * vx, y - a * vy, z - a * vz],
    starts: [[0]],
  },
  mirror: { warp: ([x, y, z]) => [-x, y, z], starts: [[]] },
  rotation: {
    warp: (point, [a = 0, b = 0, c = 0]) => turned(point, [a, b, c]),
    starts: [[0, 0, 0], ...thirdTurns()],
  },
  "principal point": {
    warp: ([x, y, z], [a = 0, b = 0]) => [x + a * z, y + b * z, z],
    starts: [[0, 0]],
  },
};

/** About each axis, either way: from less, a fit finds any pose of a camera that looks at the same place. */
function thirdTurns(): number[][] {
  return [0, 1, 2].flatMap((axis) =>
    [-1, 1].map((way) => [0, 0, 0].with(axis, (way * Math.PI) / 3)),
  );
}

/** By Rodrigues' formula, about a vector as long as the angle. */
function turned(point: Vec3, axis: Vec3): Vec3 {
  const angle = Math.hypot(...axis);
  if (angle < 1e-9) return point;
  const unit = mapVec3(axis, (value) => value / angle);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const aside = cross(unit, point);
  const along = dot(unit, point) * (1 - cos);
  return mapVec3(point, (v, i) => v * cos + aside[i] * sin + unit[i] * along);
}

const STILL: Vec3 = [0, 0, 0];
export const AXES: readonly Vec3[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** A fit of several values, and of one, that costs less is the one that is looked for: no other start is tried. */
const FITS = 0.3;
const FITS_CLOSELY = 0.15;

/** What costs less without any cause is no pose that is turned far. */
const NEAR = 0.5;

export interface TrackFit extends Fitted {
  readonly cause: TrackCause | "none";
  /** Of what is seen, in the told frame, m. */
  readonly offsetM: Vec3;
}

/**
 * The best fit for each cause, and if nothing is wrong; those that cannot be fitted are left out.
 *
 * @param slack by how much the tolerance is wider than usual
 */
export function fitTrack(
  samples: readonly TrackSample[],
  names = Object.keys(CAUSES) as readonly (TrackCause | "none")[],
  slack = 1,
): TrackFit[] {
  const axes = samples.map(({ told }) => AXES.map((axis) => rotate(told.rotation, axis)));
  let isNear = false;
  const fit = (name: TrackFit["cause"], cause: Cause): TrackFit | undefined => {
    const own = cause.starts[0]?.length ?? 0;
    let best: Fitted | undefined;
    for (const start of isNear && own > 1 ? cause.starts.slice(0, 1) : cause.starts) {
      if (best && best.cost < (own > 1 ? FITS : FITS_CLOSELY)) break;
      const whole = [...start, ...startOffset(samples, axes, cause, start)];
      const fitted = fitFromAfar(whole, samples.length, modelOf(cause, start.length), slack);
      if (fitted && (!best || fitted.cost < best.cost)) best = fitted;
    }
    if (!best) return undefined;
    if (name === "none") isNear = best.cost < NEAR;
    const [x = 0, y = 0, z = 0] = best.values.slice(own);
    return { ...best, cause: name, offsetM: [x, y, z] };
  };
  return names.flatMap((name) => fit(name, CAUSES[name]) ?? []);

  /** @param own how many of the values are the cause's */
  function modelOf(cause: Cause, own: number) {
    return (width: number): Model => ({
      residuals(values, out) {
        const offset: Vec3 = [values[own] ?? 0, values[own + 1] ?? 0, values[own + 2] ?? 0];
        samples.forEach(({ told, seen, velocity = STILL }, i) => {
          const [x = STILL, y = STILL, z = STILL] = axes[i] ?? [];
          const [px, py, pz] = told.position;
          const point: Vec3 = [
            px + offset[0] * x[0] + offset[1] * y[0] + offset[2] * z[0],
            py + offset[0] * x[1] + offset[1] * y[1] + offset[2] * z[1],
            pz + offset[0] * x[2] + offset[1] * y[2] + offset[2] * z[2],
          ];
          const shown = cause.warp(point, values, velocity);
          const tolerance = width * toleranceM(seen[2]);
          out[3 * i] = (shown[0] - seen[0]) / tolerance;
          out[3 * i + 1] = (shown[1] - seen[1]) / tolerance;
          out[3 * i + 2] = (shown[2] - seen[2]) / tolerance;
        });
      },
    });
  }
}

/** The median of what each sample says of the offset. */
function startOffset(
  samples: readonly TrackSample[],
  axes: readonly (readonly Vec3[])[],
  { warp }: Cause,
  start: readonly number[],
): number[] {
  const aparts = samples.map(({ told, seen }) => minus(seen, warp(told.position, start, STILL)));
  return AXES.map((_, k) => {
    const each = Float64Array.from(aparts, (apart, i) => dot(apart, axes[i]?.[k] ?? STILL)).sort();
    return each[each.length >> 1] ?? 0;
  });
}

/** Metres in one unit of length, exact by its definition. */
export const METRES_IN = {
  um: 1e-6,
  mm: 1e-3,
  cm: 1e-2,
  dm: 1e-1,
  m: 1,
  km: 1e3,
  in: 0.0254,
  ft: 0.3048,
  yd: 0.9144,
  mi: 1609.344,
} as const;

const NS_PER_S = 1_000_000_000n;

/** A time as ROS messages carry it (builtin_interfaces/Time). */
export interface RosTime {
  readonly sec: number;
  readonly nanosec: number;
}

export function rosTimeOf(stampNs: bigint): RosTime {
  // nanosec counts up from sec before 1970 too.
  const nanosec = ((stampNs % NS_PER_S) + NS_PER_S) % NS_PER_S;
  return { sec: Number((stampNs - nanosec) / NS_PER_S), nanosec: Number(nanosec) };
}

export function stampOf({ sec, nanosec }: RosTime): bigint {
  return BigInt(sec) * NS_PER_S + BigInt(nanosec);
}

/** Nanoseconds of a span of seconds, or of a stamp: what the number says, and no product of it. */
export function nsOf(seconds: number): bigint {
  const whole = Math.trunc(seconds);
  return BigInt(whole) * NS_PER_S + BigInt(Math.round((seconds - whole) * 1e9));
}

/** Seconds of a span; of a stamp only where a double's 200 ns at today's date are near enough. */
export function secondsOf(spanNs: bigint): number {
  return Number(spanNs) / 1e9;
}

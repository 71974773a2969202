const NS_PER_S = 1_000_000_000n;

/** A time as ROS messages carry it (builtin_interfaces/Time). */
export interface RosTime {
  readonly sec: number;
  readonly nanosec: number;
}

export function rosTimeOf(stampNs: bigint): RosTime {
  return { sec: Number(stampNs / NS_PER_S), nanosec: Number(stampNs % NS_PER_S) };
}

export function stampOf({ sec, nanosec }: RosTime): bigint {
  return BigInt(sec) * NS_PER_S + BigInt(nanosec);
}

/** Seconds of a span; of a stamp only where a double's 200 ns at today's date are near enough. */
export function secondsOf(spanNs: bigint): number {
  return Number(spanNs) / 1e9;
}

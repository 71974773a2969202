/** builtin_interfaces/Time of ns. */
export function rosTime(stampNs: bigint): { readonly sec: number; readonly nanosec: number } {
  return {
    sec: Number(stampNs / 1_000_000_000n),
    nanosec: Number(stampNs % 1_000_000_000n),
  };
}

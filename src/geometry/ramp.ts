/** A value, within 0..1. */
export function ramp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

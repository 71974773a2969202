/** The 95 % interval of a share (Wilson, JASA 22 (1927)), in percent. */
export function wilson(some: number, all: number): string {
  const z2 = 1.96 ** 2;
  const middle = (some + z2 / 2) / (all + z2);
  const half = (1.96 * Math.sqrt((some * (all - some)) / all + z2 / 4)) / (all + z2);
  return `${(100 * (middle - half)).toFixed(0)}..${(100 * (middle + half)).toFixed(0)} %`;
}

import type { Pair } from "./Pair.js";

/** Fewer episodes than this say little about how a model differs between episodes. */
export const FEW_EPISODES = 4;
/** Lengths that span less than this have no curve of their own, m. */
export const LEAST_SPAN_M = 0.1;
/** Fewer answers than this in all, and nothing is fitted. */
export const LEAST_IN_ALL = 20;

/** What data can support, in words; they are weak where there is anything to say. */
export function supportOf(pairs: readonly Pair[]): {
  readonly warnings: string[];
  readonly isWeak: boolean;
} {
  const warnings: string[] = [];
  const episodes = new Set(pairs.map(({ episode }) => episode)).size;
  const widen = "the calibration changes the values little and widens sigma";
  if (pairs.length < LEAST_IN_ALL)
    warnings.push(`only ${pairs.length} answers have a truth: ${widen}`);
  if (episodes === 1)
    warnings.push(`only one episode: differences between episodes are unknown; ${widen}`);
  else if (episodes < FEW_EPISODES) warnings.push(`only ${episodes} episodes: ${widen}`);
  const span = spanOf(pairs);
  if (span < LEAST_SPAN_M) {
    warnings.push(`the true lengths span only ${(100 * span).toFixed(1)} cm: ${widen}`);
  }
  const said = new Set(pairs.map(({ saidM }) => saidM));
  if (said.size === 1 && pairs.length > 1) {
    const [only = 0] = said;
    warnings.push(`the model always said ${only.toFixed(3)} m: its answers contain no information`);
  }
  return { warnings, isWeak: warnings.length > 0 };
}

/** Without the outermost 2 % on either side, m. */
export function spanOf(pairs: readonly Pair[]): number {
  const lengths = pairs.map(({ trueM }) => trueM).sort((a, b) => a - b);
  const at = (share: number) => lengths[Math.round(share * (lengths.length - 1))] ?? 0;
  return at(0.98) - at(0.02);
}

import type { Annotation } from "../../annotate/index.js";

/** What came out of the images of the last while. */
export interface RewardTally {
  /** Images that the model was asked about, or that could not be read. */
  readonly count: number;
  /** Of them: a reward that is neither invalid nor late. */
  readonly usable: number;
  readonly late: number;
  readonly invalid: number;
  readonly failed: number;
  /** Why most of the others are of no use; empty if all are. */
  readonly reason: string;
}

type Verdict = "usable" | "late" | "invalid" | "failed";

/** Rewards of the last while, judged by whether anybody can use them. */
export class RecentRewards {
  readonly #spanMs: number;
  readonly #nowMs: () => number;
  readonly #entries: {
    readonly atMs: number;
    readonly verdict: Verdict;
    readonly reason: string;
  }[] = [];

  constructor(spanMs: number, nowMs: () => number) {
    this.#spanMs = spanMs;
    this.#nowMs = nowMs;
  }

  add({ outcome, isLate, reward }: Annotation): void {
    const verdict =
      outcome === "failed"
        ? "failed"
        : isLate
          ? "late"
          : reward.validity === "invalid"
            ? "invalid"
            : "usable";
    this.#entries.push({ atMs: this.#nowMs(), verdict, reason: reward.reason });
    this.#forget();
  }

  get tally(): RewardTally {
    this.#forget();
    const count = (wanted: Verdict): number =>
      this.#entries.filter(({ verdict }) => verdict === wanted).length;
    return {
      count: this.#entries.length,
      usable: count("usable"),
      late: count("late"),
      invalid: count("invalid"),
      failed: count("failed"),
      reason: this.#mostFrequentReason(),
    };
  }

  #mostFrequentReason(): string {
    const counts = new Map<string, { count: number; reason: string }>();
    for (const { verdict, reason } of this.#entries) {
      if (verdict === "usable") continue;
      // Numbers change from image to image.
      const key = reason.replace(/[\d.]+/g, "#");
      counts.set(key, { count: (counts.get(key)?.count ?? 0) + 1, reason });
    }
    const [most] = [...counts.values()].sort((a, b) => b.count - a.count);
    return most?.reason ?? "";
  }

  #forget(): void {
    const horizonMs = this.#nowMs() - this.#spanMs;
    const kept = this.#entries.findIndex(({ atMs }) => atMs > horizonMs);
    this.#entries.splice(0, kept < 0 ? this.#entries.length : kept);
  }
}

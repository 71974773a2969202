import { mean, median } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/index.js";
import { RobustFilter } from "../../src/estimate/index.js";
import type { Reliability } from "../../src/language/index.js";

/** What is wrong with a model's lengths, and what the model is then worth. */
interface Disease {
  readonly name: string;
  readonly slope?: number;
  readonly offsetM?: number;
  readonly floorM?: number;
  readonly noise: number;
  readonly correlationS?: number;
  readonly roundToM?: number;
  /** Share of answers about another object. */
  readonly other?: number;
  /** Refused for so many images in a row, now and then. */
  readonly burst?: number;
  readonly everyS?: number;
}

const DISEASES: readonly Disease[] = [
  { name: "noise alone", noise: 0.25 },
  { name: "a slope", slope: 0.6, noise: 0.15 },
  { name: "a floor", floorM: 0.15, noise: 0.2 },
  { name: "figure 5", slope: 0.57, offsetM: 0.06, floorM: 0.11, noise: 0.25, other: 0.03 },
  { name: "correlated noise", noise: 0.25, correlationS: 1 },
  { name: "rounding to 5 cm", noise: 0.15, roundToM: 0.05 },
  { name: "switching objects", noise: 0.15, other: 0.15 },
  { name: "bursts of refusals", noise: 0.25, burst: 12 },
  { name: "an answer a second", noise: 0.25, everyS: 1 },
];
const EPISODES = 24;

/** Ten images a second: hovers, comes near, stays, goes away. */
function truthAt(timeS: number, far: number, near: number): number {
  const share =
    timeS < 2 ? 0 : timeS < 6 ? (timeS - 2) / 4 : timeS < 8 ? 1 : Math.max(0, (10 - timeS) / 2);
  const smooth = share * share * (3 - 2 * share);
  return far + smooth * (near - far);
}

interface Row {
  readonly truth: number;
  readonly said: number;
  readonly stampNs: bigint;
}

function episodeOf(disease: Disease, seed: number): (Row | bigint)[] {
  const random = new Random(seed, disease.name);
  const { slope = 1, offsetM = 0, floorM = 0, noise, correlationS = 0, roundToM = 0.01 } = disease;
  const { other = 0, burst = 0, everyS = 0.1 } = disease;
  const [far, near] = [random.uniform(0.3, 0.6), random.uniform(0.02, 0.2)];
  const kept = correlationS === 0 ? 0 : Math.exp(-0.1 / correlationS);
  let [error, refusedUntil] = [random.normal(), -1];
  return Array.from({ length: 100 }, (_, i) => {
    const stampNs = BigInt(i) * 100_000_000n;
    error = kept * error + Math.sqrt(1 - kept ** 2) * random.normal();
    if (burst > 0 && random.next() < 0.03) refusedUntil = i + burst;
    if (i <= refusedUntil || i % Math.round(everyS / 0.1) !== 0) return stampNs;
    const truth = truthAt(i / 10, far, near);
    const about = random.next() < other ? random.uniform(0.05, 0.8) : truth;
    const clean = Math.max(slope * about + offsetM, floorM) * Math.exp(noise * error);
    const said = Math.max(Math.round(clean / roundToM), 1) * roundToM;
    return { truth, said, stampNs };
  });
}

/** The reliability that fits: the spread of answers that are not wild, at 0 and in proportion. */
function worthOf(disease: Disease): Reliability {
  const errors = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((seed) =>
    episodeOf({ ...disease, other: 0 }, 1000 + seed).flatMap((row) =>
      typeof row === "bigint" ? [] : [{ said: row.said, error: row.said - row.truth }],
    ),
  );
  const wildShare = Math.min(0.5, Math.max(0.02, disease.other ?? 0));
  let best = { relativeSigma: 0, absoluteSigmaM: 0, wildShare };
  let least = Number.POSITIVE_INFINITY;
  for (let relative = 0; relative <= 0.8; relative += 0.02) {
    for (let absolute = 0.002; absolute <= 0.15; absolute += 0.004) {
      const cost = errors.reduce((sum, { said, error }) => {
        const variance = absolute ** 2 + (relative * said) ** 2;
        return sum + Math.log(variance) + error ** 2 / variance;
      }, 0);
      if (cost < least) {
        least = cost;
        best = { relativeSigma: relative, absoluteSigmaM: absolute, wildShare };
      }
    }
  }
  return best;
}

function follow(disease: Disease, seed: number, worth: Reliability) {
  const filter = new RobustFilter({ signed: false, stalenessS: 0.5 });
  const recent: Row[] = [];
  return episodeOf(disease, seed).flatMap((row) => {
    if (typeof row === "bigint") {
      filter.miss(row, "refused: no");
      return [];
    }
    const { value, sigma } = filter.sample(row.stampNs, row.said, 0.005, worth);
    recent.push(row);
    if (recent.length > 5) recent.shift();
    const error = Math.abs((value ?? Number.NaN) - row.truth);
    const medianError = Math.abs(median(recent.map(({ said }) => said)) - row.truth);
    return [{ ...row, value: value ?? Number.NaN, sigma: sigma ?? 0, error, medianError }];
  });
}

const seeds = Array.from({ length: EPISODES }, (_, i) => i);

/*
 * Thresholds, set before the seeds of this test were looked at. Over an episode a filter and a
 * running median of five differ by chance: the filter may be worse in one by 1.5 cm (a tenth of
 * the lengths' spread), over all episodes by a fiftieth: where a model's scale is wrong, both err
 * by that, and differ only by how they lag.
 */
const WORSE_BY_CHANCE_M = 0.015;
const WORSE_IN_ALL = 1.02;

describe.each(DISEASES)("RobustFilter, with $name", (disease) => {
  const worth = worthOf(disease);
  const runs = seeds.map((seed) => follow(disease, seed, worth));

  it("errs no more than the running median of the raw answers", () => {
    const errors = runs.map((rows) => ({
      own: mean(rows.map(({ error }) => error)),
      median: mean(rows.map(({ medianError }) => medianError)),
    }));
    expect(mean(errors.map(({ own }) => own))).toBeLessThanOrEqual(
      WORSE_IN_ALL * mean(errors.map(({ median: other }) => other)),
    );
    const worse = errors.filter(({ own, median: other }) => own > other + WORSE_BY_CHANCE_M);
    expect(worse.length).toBeLessThanOrEqual(EPISODES / 12);
  });

  it("stays in the range of the recent answers, but for their spread", () => {
    for (const rows of runs) {
      for (const [i, { value, stampNs }] of rows.entries()) {
        const young = rows.filter(
          (row, k) => k <= i && (k > i - 5 || stampNs - row.stampNs <= 1_000_000_000n),
        );
        const said = young.map((row) => row.said);
        const middle = mean(said);
        const spread = Math.sqrt(mean(said.map((z) => (z - middle) ** 2)));
        expect(value).toBeGreaterThanOrEqual(Math.min(...said) - spread - 1e-9);
        expect(value).toBeLessThanOrEqual(Math.max(...said) + spread + 1e-9);
      }
    }
  });

  it("has the truth within 1 and 2 sigma as often as it should", () => {
    const all = runs.flat();
    const within = (factor: number) =>
      all.filter(({ error, sigma }) => error <= factor * sigma).length / all.length;
    expect(within(1)).toBeGreaterThan(0.6);
    expect(within(1)).toBeLessThan(0.8);
    expect(within(2)).toBeGreaterThan(0.9);
  });
});

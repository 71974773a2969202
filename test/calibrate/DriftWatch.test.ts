import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/index.js";
import { DriftWatch, type WatchedAnswer } from "../../src/calibrate/index.js";
import type { Calibration } from "../../src/estimate/index.js";

const CALIBRATION: Calibration = {
  model: "m",
  kinds: new Map([
    [
      "distance",
      {
        curve: { slope: 0.57, offsetM: 0.06, floorM: 0.11 },
        spread: { relativeSigma: 0.2, absoluteSigmaM: 0.01, wildShare: 0.03 },
        correlationS: 0,
        conformal: { factor68: 1, factor95: 2 },
        range: { fromM: 0, toM: 0.6 },
        curveSigma: { relativeSlope: 0.02, offsetM: 0.003 },
      },
    ],
  ]),
  provenance: { fingerprint: "", task: "", recordings: [], episodes: 5, answers: 500 },
};

/** Ten answers a second; from `driftS` on the model says `factor` times as much, with that noise. */
function answers(
  seed: number,
  { count = 400, driftS = Number.POSITIVE_INFINITY, factor = 1, noise = 0.2 } = {},
): WatchedAnswer[] {
  const random = new Random(seed, "answers");
  return Array.from({ length: count }, (_, i) => {
    const trueM = 0.25 + 0.25 * Math.cos(i / 30);
    const isDrifted = i / 10 >= driftS;
    const expected = Math.max(0.57 * trueM + 0.06, 0.11) * (isDrifted ? factor : 1);
    const isWild = random.next() < 0.03;
    const spread = isDrifted ? noise : 0.2;
    const saidM = isWild ? random.uniform(0, 1) : expected * (1 + spread * random.normal());
    return {
      measurement: "reach",
      kind: "distance",
      stampNs: BigInt(i) * 100_000_000n,
      saidM,
      trueM,
    };
  });
}

function watched(all: readonly WatchedAnswer[], calibration = CALIBRATION): DriftWatch {
  const watch = new DriftWatch(calibration);
  for (const answer of all) watch.observe(answer);
  return watch;
}

describe("DriftWatch", () => {
  it("is silent while the answers are those of the calibration", () => {
    const alarms = Array.from({ length: 40 }, (_, seed) => watched(answers(seed)).firstDrifts);
    expect(alarms.filter((drifts) => drifts.length > 0).length).toBeLessThanOrEqual(1);
  });

  it("says since when and by which figure the curve has moved", () => {
    const [drift] = watched(answers(1, { driftS: 20, factor: 1.5 })).drifts;
    expect(drift?.reason).toMatch(
      /^\d+ of the last 40 answers lie above what the calibration expects/,
    );
    expect(Number(drift?.sinceNs) / 1e9).toBeGreaterThan(15);
    expect(Number(drift?.sinceNs) / 1e9).toBeLessThan(24);
    expect(watched(answers(1, { driftS: 20, factor: 0.6 })).drifts[0]?.reason).toMatch(/lie below/);
  });

  it("says that the scatter has grown", () => {
    const [drift] = watched(answers(2, { driftS: 10, noise: 0.8 })).firstDrifts;
    expect(drift?.reason).toMatch(/more than two sigmas/);
  });

  it("counts answers that err alike as one", () => {
    const kinds = new Map([...CALIBRATION.kinds].map(([k, v]) => [k, { ...v, correlationS: 5 }]));
    const slow = { ...CALIBRATION, kinds };
    expect(watched(answers(1, { driftS: 0, factor: 1.5 }), slow).drifts).toEqual([]);
  });

  it("knows nothing of kinds that are not calibrated", () => {
    const others = answers(1, { driftS: 0, factor: 3 }).map(
      (answer): WatchedAnswer => ({ ...answer, kind: "width" }),
    );
    expect(watched(others).drifts).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import type { ObjectPosition } from "../../src/estimate/index.js";
import { EpisodeRecord, type PlanMoment } from "../../src/report/EpisodeRecord.js";
import { LIGHT } from "../../src/report/palette.js";
import { planView } from "../../src/report/planView.js";
import { reportTask, step } from "./builders.js";

const mugAt = (x: number, sigmaM: number): ObjectPosition => ({
  name: "<mug>",
  positionM: [x, 0.2, 0.8],
  covarianceM2: [sigmaM ** 2, 0, 0, 0, (2 * sigmaM) ** 2, 0, 0, 0, 1e-4],
});

function recordOf(plan: readonly PlanMoment[]): EpisodeRecord {
  const record = new EpisodeRecord(reportTask(), step(0, 0.3));
  record.plan.push(...plan);
  return record;
}

const moment = (timeS: number, positions: readonly ObjectPosition[]): PlanMoment => ({
  ...{ timeS, positions },
  gripperM: [0.1 * timeS, 0, 1],
  truths: [
    { name: "<mug>", positionM: [0.5, 0.2, 0.8] },
    { name: "table", positionM: [9, 9, 0] },
  ],
});

describe("the episode from above", () => {
  it("is left out where the estimator places nothing", () => {
    expect(planView(recordOf([moment(0, [])]), LIGHT, () => "red")).toBe("");
    expect(planView(recordOf([]), LIGHT, () => "red")).toBe("");
  });

  it("has two ellipses a moment, as long as they are uncertain, and the true place at the end", () => {
    const svg = planView(
      recordOf([moment(0, [mugAt(0.3, 0.05)]), moment(1, [mugAt(0.5, 0.01)])]),
      LIGHT,
      () => "red",
    );
    const radii = [...svg.matchAll(/rx="([\d.]+)" ry="([\d.]+)"/g)].map(([, rx]) => Number(rx));
    expect(radii).toHaveLength(4);
    const [early = 0, , late = 0] = radii;
    expect(early / late).toBeCloseTo(5, 1);
    // The longer axis is y: it is turned upright.
    expect(svg).toMatch(/rotate\(-?90\.0\)/);
    expect(svg.match(/l10,10m0,-10l-10,10/g)).toHaveLength(1);
    expect(svg).toContain("&lt;mug&gt;");
    expect(svg).not.toContain("<mug>");
  });
});

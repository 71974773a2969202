import { mean } from "simple-statistics";
import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../src/base/index.js";
import { type Approach, ApproachWatch } from "../../src/estimate/fusion/ApproachWatch.js";
import { createEstimator, type MeasuredValue } from "../../src/estimate/index.js";
import { parseTask } from "../../src/task/index.js";
import {
  approach,
  grasp,
  type Moment,
  MUG,
  REACH_SPEC,
  REACH_TASK,
  type Reaching,
  record,
  TRAY,
} from "./reaching.js";

/** Of one measurement at each image: how far the value, and the answer, is from the truth. */
function errorsOf({ frames, answers, truths }: Reaching, k: number) {
  const estimator = createEstimator(REACH_TASK);
  return frames.map((frame, i) => {
    const value = estimator.observe(frame, answers[i] ?? [])[k];
    const truth = truths[i]?.[k] ?? 0;
    return {
      fused: Math.abs((value?.value ?? Number.NaN) - truth),
      raw: Math.abs((value?.raw ?? truth) - truth),
      value: value?.value ?? Number.NaN,
      sigma: value?.sigma ?? 0,
    };
  });
}

function watched(points: readonly Vec3[]): Approach[] {
  const watch = new ApproachWatch();
  return points.flatMap((point) => watch.watch(point) ?? []);
}

describe("ApproachWatch", () => {
  const steps = Array.from({ length: 20 }, (_, i) => 0.01 * i);

  it("tells a level way and one down, with their directions", () => {
    const [level] = watched(steps.map((x): Vec3 => [x, 0, 0.3]));
    expect(level).toMatchObject({ phase: "level", direction: [1, 0, 0], isNew: true });
    const [down] = watched(steps.map((x): Vec3 => [0, 0, 0.3 - x]));
    expect(down).toMatchObject({ phase: "down", direction: [0, 0, -1], isNew: true });
  });

  it("begins once for a way that goes on, and again where it turns back", () => {
    const there = steps.map((x): Vec3 => [x, 0, 0.3]);
    const back = steps.map((x): Vec3 => [0.19 - x, 0, 0.3]);
    expect(watched([...there, ...back]).filter(({ isNew }) => isNew)).toHaveLength(2);
  });

  it("tells nothing of a gripper that stays, goes up, or goes in circles", () => {
    expect(watched(steps.map(() => [0, 0, 0.3]))).toEqual([]);
    expect(watched(steps.map((x): Vec3 => [0, 0, 0.3 + x]))).toEqual([]);
    const circle = steps.map((x): Vec3 => [0.02 * Math.cos(50 * x), 0.02 * Math.sin(50 * x), 0.3]);
    expect(watched(circle)).toEqual([]);
  });
});

describe("FusionEstimator, where the gripper goes", () => {
  const SEEDS = [1, 2, 3];

  it("is not worse than the answers in the second half of an approach, uncalibrated", () => {
    const late = SEEDS.flatMap((seed) => errorsOf(record(approach(50), { seed }), 0).slice(25));
    expect(mean(late.map(({ fused }) => fused))).toBeLessThan(mean(late.map(({ raw }) => raw)));
  });

  it("does not take an approach for an arrival", () => {
    const ends = SEEDS.map((seed) => errorsOf(record(approach(40, 0.8), { seed }), 0).at(-1));
    for (const end of ends) expect(end?.fused).toBeLessThan(2.5 * (end?.sigma ?? 0));
    expect(mean(ends.map((end) => end?.value ?? 0))).toBeGreaterThan(0.05);
  });

  it("says by sigma that the gripper may go for another thing", () => {
    const aside: Vec3 = [MUG[0] + 0.02, MUG[1] + 0.16, MUG[2]];
    const late = SEEDS.flatMap((seed) => {
      const moments = approach(50).map((moment): Moment => ({ ...moment, mug: aside }));
      return errorsOf(record(moments, { seed }), 0).slice(25);
    });
    const outside = late.filter(({ fused, sigma }) => fused > 3 * sigma).length;
    expect(outside / late.length).toBeLessThan(0.1);
  });
});

describe("FusionEstimator, where the held object is put", () => {
  const putDown = (heightM: number) =>
    [...approach(40), ...grasp()].map((moment, i): Moment => {
      // The last of them stand on the tray, 1 cm above the table.
      if (i < 68) return moment;
      const down = (at: Vec3): Vec3 => [at[0], at[1], at[2] - 0.01 + heightM];
      return { ...moment, gripper: down(moment.gripper), mug: down(moment.mug) };
    });
  const ends = (heightM: number) =>
    [1, 2].map((seed) => errorsOf(record(putDown(heightM), { seed }), 2).at(-1));

  it("finds it over the tray if it was released a little higher than it was picked up", () => {
    for (const end of ends(0.01)) expect(end?.value).toBeLessThan(0.06);
    expect(TRAY[2]).toBe(0.01);
  });

  it("needs the height of the tray where the task tells it", () => {
    const placed = (top: string) => {
      const task = parseTask(
        REACH_SPEC.replace("frame: tray_frame", `frame: tray_frame, top: ${top}`),
        "t",
      );
      const { frames, answers } = record(putDown(0.01), { seed: 1, task });
      const estimator = createEstimator(task);
      return frames.map((frame, i) => estimator.observe(frame, answers[i] ?? [])).at(-1)?.[2];
    };
    const [fits, other] = [placed("1 cm"), placed("3 cm")];
    expect(fits?.value).toBeLessThan(0.04);
    expect(fits?.sigma).toBeLessThan(0.06);
    const near = (value: MeasuredValue | undefined) =>
      (value?.draws ?? []).filter((drawM) => drawM < 0.06).length / 64;
    expect(near(fits)).toBeGreaterThan(0.8);
    expect(near(other)).toBeLessThan(0.8);
  });

  it("does not if it was released at the height of the support", () => {
    for (const end of ends(0)) expect(end?.value).toBeGreaterThan(0.03);
  });
});

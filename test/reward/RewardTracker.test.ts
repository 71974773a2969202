import { describe, expect, it } from "vitest";
import { RewardTracker } from "../../src/reward/index.js";
import type { Task } from "../../src/task/index.js";
import { answersTo, type Said, startTracking, type TrackedStep, taskWith } from "./answers.js";
import { stampOf } from "./traces.js";

const IDENTITY = { camera: "front", episode: "run1" };

/** One frame for each row of answers; a text is a frame that could not be read. */
function track(task: Task, frames: readonly (readonly Said[] | string)[]): TrackedStep[] {
  const tracker = startTracking(task, IDENTITY);
  return frames.map((said, i) =>
    typeof said === "string"
      ? tracker.fail(stampOf(i), said)
      : tracker.step(stampOf(i), answersTo(task, said)),
  );
}

const samples = (task: Task, frames: readonly (readonly Said[] | string)[]) =>
  track(task, frames).map(({ sample }) => sample);

const MISSING = Array.from({ length: 9 }, () => [null, null]);

describe("a reward", () => {
  const task = taskWith(`
reward:
  terms: { effort: -0.01, near: exp(-10 * reach) }
`);

  it("is the sum of the task's terms, keyed to its image", () => {
    const [sample] = samples(task, [[0.1, 0]]);
    const near = Math.exp(-1);
    expect(sample).toEqual({
      stampNs: stampOf(0),
      ...IDENTITY,
      reward: -0.01 + near,
      terms: { effort: -0.01, near },
      progress: 0,
      stage: "",
      success: false,
      validity: "ok",
      reason: "",
    });
  });

  it("is stale while a measurement that it needs is held", () => {
    const [, sample] = samples(task, [
      [0.1, 0],
      [null, 0],
    ]);
    expect(sample).toMatchObject({
      validity: "stale",
      reason: "reach: no_object: the red mug is not in the image",
      reward: expect.closeTo(Math.exp(-1) - 0.01, 12),
    });
  });

  it("is null, and keeps the terms that are known, when a measurement is gone", () => {
    const sample = samples(task, [[0.1, 0], ...MISSING]).at(-1)!;
    expect(sample).toMatchObject({ validity: "invalid", reward: null, terms: { effort: -0.01 } });
    expect(sample.terms).not.toHaveProperty("near");
    expect(sample.reason).toMatch(/^reach: no_object: .* the last value is 0\.6\d s old$/);
  });

  it("does not care for measurements that it does not need", () => {
    expect(samples(task, [[0.1, null]])[0]!.validity).toBe("ok");
  });

  it("is invalid, with the term named, where a term is not finite", () => {
    const broken = taskWith("reward: { terms: { bad: 1 / lift, fine: 1 } }");
    expect(samples(broken, [[0.1, 0]])[0]).toMatchObject({
      reward: null,
      validity: "invalid",
      reason: "term bad is Infinity: `1 / lift`",
      terms: { fine: 1 },
    });
  });

  it("of an unreadable frame is never ok, and says what was wrong with the frame", () => {
    const fault = "/camera/color: truncated JPEG";
    const [early, , late] = samples(task, [fault, [0.1, 0], fault]);
    expect(early).toMatchObject({ validity: "invalid", reward: null, reason: fault });
    expect(late).toMatchObject({ validity: "stale", reason: fault });
    const blind = taskWith("reward: { terms: { effort: -0.01 } }");
    expect(samples(blind, [fault])[0]).toMatchObject({ validity: "stale", reward: -0.01 });
  });
});

describe("measured values", () => {
  const task = taskWith("reward: { terms: { near: -reach } }");

  it("carry the raw answer beside the filtered value, and the question", () => {
    const { measurements } = track(task, [[0.1, null]])[0]!;
    expect(measurements[0]).toMatchObject({
      name: "reach",
      value: 0.1,
      sigma: 0.003,
      raw: 0.1,
      rawSigma: 0.003,
      unit: "m",
      answer: "0.1",
      question: { kind: "distance" },
      validity: "ok",
    });
    expect(measurements[1]).toMatchObject({ name: "lift", raw: null, value: null });
  });

  it("that answer another question than was asked are none", () => {
    const { measurements } = track(task, [[true, 0]])[0]!;
    expect(measurements[0]!.reason).toBe("unclear: answered with yes or no instead of a quantity");
  });

  it("of yes/no questions are conditions: 1 or 0", () => {
    const predicate = taskWith(
      "reward: { terms: { left: 'is_left ? 1 : -1' } }",
      "measurements: { is_left: { kind: left_predicate, subject: mug, object: tray } }\n",
    );
    const rewards = samples(predicate, [[true], [false]]).map(({ reward }) => reward);
    expect(rewards).toEqual([1, -1]);
  });

  it("must be answered one for one", () => {
    const tracker = startTracking(task, IDENTITY);
    expect(() => tracker.step(0n, answersTo(task, [0.1]).slice(0, 1))).toThrow(RangeError);
  });
});

const PICK = `
stages:
  - { name: reach, progress: 1 - reach, until: reach < 5 cm, lost: reach > 20 cm }
  - { name: lift, progress: lift / 10 cm, until: lift > 10 cm }
reward:
  terms: { effort: -0.01 }
  shaping: { gamma: 0.5, scale: 2 }
  success: 5
  failure: -3
failure: lift > 50 cm
timeout: 1 s
`;

describe("stages", () => {
  const task = taskWith(PICK);
  const progressOf = (frames: readonly (readonly Said[] | string)[]) =>
    samples(task, frames).map(({ progress }) => progress);

  it("share progress evenly and are done in order", () => {
    const frames = samples(task, [
      [0.8, 0],
      [0.04, 0],
      [0.04, 0.05],
    ]);
    expect(frames.map(({ stage }) => stage)).toEqual(["reach", "lift", "lift"]);
    expect(frames.map(({ progress }) => progress)).toEqual([
      expect.closeTo(0.1, 12),
      0.5,
      expect.closeTo(0.75, 12),
    ]);
  });

  it("stay done while `lost` does not hold", () => {
    expect(
      progressOf([
        [0.04, 0],
        [0.15, 0.05],
      ])[1],
    ).toBeCloseTo(0.75, 12);
  });

  it("are taken back to when `lost` holds, and progress falls", () => {
    const frames = samples(task, [
      [0.04, 0],
      [0.04, 0.08],
      [0.4, 0],
    ]);
    expect(frames[2]).toMatchObject({ stage: "reach", progress: expect.closeTo(0.3, 12) });
  });

  it("can be passed several in one frame", () => {
    expect(samples(task, [[0.01, 0.2]])[0]).toMatchObject({ success: true, progress: 1 });
  });

  it("lose progress within a stage too", () => {
    const [, high, low] = progressOf([
      [0.04, 0],
      [0.04, 0.08],
      [0.04, 0.02],
    ]);
    expect(low).toBeLessThan(high!);
  });

  it("do not end on held values", () => {
    const frames = samples(task, [
      [0.04, 0.05],
      [0.04, 0.09],
      [null, null],
    ]);
    expect(frames[2]).toMatchObject({ stage: "lift", validity: "stale", success: false });
  });

  it("keep progress while it cannot be told", () => {
    const [before, after] = progressOf([
      [0.04, 0.05],
      [0.04, null],
    ]);
    expect(after).toBe(before);
  });
});

describe("the end of an episode", () => {
  const task = taskWith(PICK);

  it("pays the success bonus once and takes the potential back", () => {
    const frames = samples(task, [
      [0.04, 0.05],
      [0.04, 0.11],
      [0.04, 0.11],
    ]);
    expect(frames[1]).toMatchObject({
      ended: "success",
      success: true,
      progress: 1,
      stage: "lift",
    });
    expect(frames[1]!.terms).toEqual({ effort: -0.01, shaping: -1.5, success: 5, failure: 0 });
    expect(frames[1]!.reward).toBeCloseTo(3.49, 12);
    expect(frames[2]).toMatchObject({ ended: "success", success: true, reward: 0, validity: "ok" });
    expect(frames[2]!.terms).toEqual({ effort: 0, shaping: 0, success: 0, failure: 0 });
  });

  it("is a failure by its condition", () => {
    const frames = samples(task, [
      [0.3, 0],
      [0.3, 0.6],
      [0.3, 0],
    ]);
    expect(frames[1]).toMatchObject({ ended: "failure", success: false });
    expect(frames[1]!.terms.failure).toBe(-3);
    expect(frames[2]).toMatchObject({ ended: "failure", reward: 0 });
  });

  it("comes by time-out, also while nothing can be measured", () => {
    const frames = samples(task, [[0.3, 0], ...MISSING, ...MISSING]);
    const end = frames.find(({ ended }) => ended)!;
    expect(end.stampNs).toBe(stampOf(15));
    expect(end).toMatchObject({ ended: "timeout", validity: "ok" });
    expect(end.terms).toMatchObject({ shaping: -0.7, failure: -3 });
  });

  it("needs a condition that holds with a probability of 0.8 where values are uncertain", () => {
    const own = taskWith(`${PICK}success: lift > 5 cm`);
    const ending = (lift: number, lifts: readonly number[]) => {
      const { measurements } = startTracking(own, IDENTITY).step(
        stampOf(0),
        answersTo(own, [0.3, lift]),
      );
      const uncertain = measurements.map((one) =>
        one.name === "lift" ? { ...one, draws: lifts } : one,
      );
      return new RewardTracker(own, IDENTITY).step(stampOf(0), uncertain).ended;
    };
    const shares = (count: number, high: number) =>
      Array.from({ length: 20 }, (_, k) => (k < count ? high : 0.01));
    expect(ending(0.06, shares(15, 0.06))).toBeUndefined();
    expect(ending(0.06, shares(16, 0.06))).toBe("success");
    // The value itself is the middle of them: where it does not hold, nothing does.
    expect(ending(0.04, shares(20, 0.06))).toBeUndefined();
    expect(ending(0.6, shares(15, 0.6))).toBeUndefined();
  });

  it("is a failure with as much", () => {
    const ending = (count: number) => {
      const { measurements } = startTracking(task, IDENTITY).step(
        stampOf(0),
        answersTo(task, [0.3, 0.6]),
      );
      const lifts = Array.from({ length: 20 }, (_, k) => (k < count ? 0.6 : 0.01));
      const uncertain = measurements.map((one) =>
        one.name === "lift" ? { ...one, draws: lifts } : one,
      );
      return new RewardTracker(task, IDENTITY).step(stampOf(0), uncertain).ended;
    };
    expect(ending(15)).toBeUndefined();
    expect(ending(16)).toBe("failure");
  });

  it("needs as much of the last stage where there is no success condition", () => {
    const ending = (lifts: readonly number[]) => {
      const { measurements } = startTracking(task, IDENTITY).step(
        stampOf(0),
        answersTo(task, [0.04, 0.11]),
      );
      const uncertain = measurements.map((one) =>
        one.name === "lift" ? { ...one, draws: lifts } : one,
      );
      return new RewardTracker(task, IDENTITY).step(stampOf(0), uncertain).ended;
    };
    expect(ending([0.11, 0.12, 0.13, 0.02])).toBeUndefined();
    expect(ending([0.11, 0.12, 0.13, 0.14])).toBe("success");
  });

  it("is judged by the success condition where there is one", () => {
    const own = taskWith(`${PICK}success: lift > 5 cm and time > 0.1 s`);
    expect(
      samples(own, [
        [0.3, 0.06],
        [0.3, 0.06],
        [0.3, 0.06],
      ])[2]!.ended,
    ).toBe("success");
    expect(
      samples(own, [
        [0.01, 0],
        [0.01, 0.2],
      ])[1]!.ended,
    ).toBeUndefined();
  });

  it("leaves unreadable frames in doubt, at no reward", () => {
    const frames = samples(task, [[0.01, 0.2], "truncated JPEG"]);
    expect(frames[1]).toMatchObject({ reward: 0, validity: "stale", reason: "truncated JPEG" });
  });
});

import { mean } from "simple-statistics";
import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../src/base/index.js";
import type { KinematicSample } from "../../src/camera/index.js";
import { GripWatch } from "../../src/estimate/fusion/GripWatch.js";
import {
  createEstimator,
  FilterEstimator,
  type MeasuredValue,
  smoothEpisode,
} from "../../src/estimate/index.js";
import {
  approach,
  asFigure5,
  grasp,
  type Moment,
  MUG,
  REACH_TASK,
  type Reaching,
  record,
  TRAY,
} from "./reaching.js";

const FAR: Vec3 = [0.3, 0.35, 0.045];

function estimate({ frames, answers }: Reaching, estimator = createEstimator(REACH_TASK)) {
  return frames.map((frame, i) => estimator.observe(frame, answers[i] ?? []));
}

function errors(reaching: Reaching, values: readonly (readonly MeasuredValue[])[], k: number) {
  return values.map((of, i) => ({
    fused: Math.abs((of[k]?.value ?? Number.NaN) - (reaching.truths[i]?.[k] ?? 0)),
    raw: Math.abs((of[k]?.raw ?? Number.NaN) - (reaching.truths[i]?.[k] ?? 0)),
    sigma: of[k]?.sigma ?? 0,
  }));
}

describe("FusionEstimator", () => {
  it("knows in the gripper where the mug is, and stays right after it was put down", () => {
    const reaching = record([...approach(50), ...grasp()]);
    const of = errors(reaching, estimate(reaching), 0).slice(62);
    expect(mean(of.map(({ fused }) => fused))).toBeLessThan(0.03);
    expect(mean(of.map(({ raw }) => raw))).toBeGreaterThan(0.06);
  });

  it("misses no grasp that is seen when the gripper's transform is lacking", () => {
    const moments = [...approach(20), ...grasp().slice(0, 20)];
    const { robot } = REACH_TASK;
    if (!robot) throw new Error("no robot");
    const watch = new GripWatch(robot);
    const closed = record(moments).frames.findIndex(({ kinematics: [sample] = [] }) => {
      return sample !== undefined && watch.watch(sample)?.kind === "closed";
    });
    const reaching = record(moments, {
      kinematics: (sample, i) => (i === closed ? { ...sample, poses: new Map() } : sample),
    });
    const held = errors(reaching, estimate(reaching), 0).slice(closed + 2);
    expect(held.length).toBeGreaterThan(5);
    expect(mean(held.map(({ fused }) => fused))).toBeLessThan(0.03);
  });

  it("counts the first answer once: sigma is not below what it and its prior leave", () => {
    for (const saidM of [0.2, 0.3, 0.4]) {
      const { frames, answers } = record(approach(2), { say: () => saidM });
      const [reach] = estimate({ frames, answers, truths: [] })[0] ?? [];
      // Half of the length by a model that nobody has measured, and ln of it ± 0.6 before.
      expect((reach?.sigma ?? 0) / (reach?.value ?? 0)).toBeGreaterThan(0.3);
    }
  });

  it("never sees the frames of things: without them the values are the same to the bit", () => {
    const moments = [...approach(40), ...grasp()];
    const things = { position: [1, 2, 3], rotation: [0, 0, 0, 1] } as const;
    const withThings = record(moments, {
      kinematics: (sample) => ({
        ...sample,
        poses: new Map([...sample.poses, ["mug_frame", things], ["tray_frame", things]]),
      }),
    });
    const seen = withThings.frames.map((frame) => ({
      ...frame,
      poses: new Map([["mug_frame", { ok: true as const, pose: things }]]),
    }));
    const bare = estimate(record(moments));
    expect(estimate({ ...withThings, frames: seen })).toEqual(bare);
  });

  it("leaves answers that tell their own error as they were", () => {
    const reaching = record([...approach(40), ...grasp()], {
      reliability: null,
      say: (trueM) => trueM,
    });
    const alone = estimate(reaching, new FilterEstimator(REACH_TASK));
    expect(estimate(reaching)).toEqual(alone);
  });

  it("is the filter alone where no TF comes", () => {
    const reaching = record(approach(30), { kinematics: () => undefined });
    const alone = estimate(reaching, new FilterEstimator(REACH_TASK));
    expect(estimate(reaching)).toEqual(alone);
  });

  it("says since when TF has stopped, and takes nothing for certain", () => {
    const reaching = record(approach(40), {
      kinematics: (sample, image) => (image < 20 ? sample : undefined),
    });
    const [reach] = estimate(reaching)[30] ?? [];
    expect(reach?.validity).toBe("stale");
    expect(reach?.reason).toBe("the last transform of hand is 1.10 s old");
  });

  it("does the same twice", () => {
    const reaching = record([...approach(30), ...grasp()]);
    expect(estimate(reaching)).toEqual(estimate(reaching));
  });
});

describe("FusionEstimator, with bad input", () => {
  const last = (values: readonly (readonly MeasuredValue[])[]) => values.at(-1)?.[0];

  it("is wide after three answers in all", () => {
    const reaching = record(approach(40), {
      say: (x, random, i) => (i < 3 ? asFigure5(x, random) : undefined),
    });
    const values = estimate(reaching);
    const third = values[2]?.[0];
    expect(third?.sigma).toBeGreaterThan(0.05);
    expect(last(values)).toMatchObject({ validity: "stale" });
    expect(last(values)?.reason).toBe("not measured for 3.7 s");
  });

  it("gives way to the filter late in an approach with one answer a second", () => {
    let [fused, raw] = [0, 0];
    for (let seed = 1; seed <= 12; seed++) {
      const reaching = record(approach(60), {
        seed,
        say: (x, random, i) => (i % 10 === 0 ? asFigure5(x, random) : undefined),
      });
      const late = errors(reaching, estimate(reaching), 0).filter(
        (error, i) => i >= 30 && Number.isFinite(error.raw) && i % 10 === 0,
      );
      fused += mean(late.map((error) => error.fused));
      raw += mean(late.map((error) => error.raw));
    }
    // 1.8 where the fit is believed whatever it rests on.
    expect(fused / raw).toBeLessThan(1.15);
  });

  it("has no value where all is refused, and gives the model's reason", () => {
    const reaching = record(approach(20), { say: () => undefined });
    for (const [reach] of estimate(reaching)) {
      expect(reach).toMatchObject({ value: null, validity: "invalid", reason: "refused: no" });
    }
  });

  it("does not take constant answers for a distance that stays", () => {
    const reaching = record(approach(50), { say: () => 0.3 });
    const of = errors(reaching, estimate(reaching), 0);
    // The gripper comes down on the mug, of which these answers know nothing.
    for (const { fused, sigma } of of.slice(5)) expect(fused).toBeLessThan(3.5 * sigma);
  });

  it("is honest where only one distance is ever seen", () => {
    const hovering = Array.from(
      { length: 60 },
      () => approach(2)[0] ?? { gripper: MUG, opening: 0.1, mug: MUG },
    );
    const within = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((seed) => {
      const reaching = record(hovering, { seed });
      return errors(reaching, estimate(reaching), 0).slice(-1);
    });
    // Nothing tells scale and offset of the model: sigma stays that of a model nobody has measured.
    for (const { fused, sigma } of within) {
      expect(sigma).toBeGreaterThan(0.04);
      expect(fused).toBeLessThan(2 * sigma);
    }
  });

  it("begins anew where the gripper's transform jumps, and says how far", () => {
    const reaching = record(approach(40), {
      kinematics: (sample, i) => {
        const pose = sample.poses.get("hand");
        if (i < 20 || !pose) return sample;
        const [x, y, z] = pose.position;
        return { ...sample, poses: new Map([["hand", { ...pose, position: [x + 1, y, z] }]]) };
      },
    });
    const values = estimate(reaching);
    expect(values[20]?.[0]?.validity).toBe("stale");
    expect(values[20]?.[0]?.reason).toMatch(/^the transform of hand jumped by 0\.98 m$/);
    expect(values[21]?.[0]).toMatchObject({ validity: "ok", basis: "fused" });
    for (const { fused, sigma } of errors(reaching, values, 0).slice(21)) {
      expect(fused).toBeLessThan(3 * sigma);
    }
  });

  it("says what TF lacks", () => {
    const why = new Map([["hand", "hand and world are not connected"]]);
    const reaching = record(approach(30), {
      kinematics: (sample, i) => (i < 15 ? sample : { ...sample, poses: new Map(), missing: why }),
    });
    expect(last(estimate(reaching))?.reason).toBe(
      "the last transform of hand is 1.50 s old (hand and world are not connected)",
    );
  });

  it("knows that the fingers closed on another thing", () => {
    const away = approach(40).map((moment) => ({ ...moment, mug: FAR }));
    const reaching = record([
      ...away,
      ...grasp().map((moment) => ({ ...moment, opening: moment.opening - 0.03, mug: FAR })),
    ]);
    const of = errors(reaching, estimate(reaching), 0).slice(50);
    for (const { fused, sigma } of of) expect(fused).toBeLessThan(3.5 * sigma);
  });

  it("finds out in a while that a thing was pushed away", () => {
    const pushed: Vec3 = [MUG[0] - 0.25, MUG[1] - 0.2, MUG[2]];
    const still = approach(40, 0.8);
    const rest = Array.from(
      { length: 60 },
      (_, i): Moment => ({
        gripper: [0.1 * Math.sin(i / 9) - 0.1, 0.1 * Math.cos(i / 9), 0.2],
        opening: 0.1,
        mug: pushed,
      }),
    );
    const misses = [1, 2, 3, 4].map((seed) => {
      const reaching = record([...still, ...rest], { seed });
      const of = errors(reaching, estimate(reaching), 0).slice(-20);
      return of.filter(({ fused, sigma }) => fused > 3 * sigma).length / of.length;
    });
    expect(mean(misses)).toBeLessThan(0.1);
  });

  it("knows where a mug is that was grasped twice", () => {
    const first = [...approach(40), ...grasp()];
    const again = grasp().map(({ gripper, opening }): Moment => {
      const at: Vec3 = [
        2 * TRAY[0] - (gripper[0] - MUG[0] + TRAY[0]),
        gripper[1] - MUG[1] + TRAY[1],
        gripper[2] + 0.01,
      ];
      return { gripper: at, opening, mug: at };
    });
    const held = again.slice(8, 28);
    const back = Array.from({ length: 20 }, (_, i): Moment => {
      const top = first.at(-1)?.gripper ?? MUG;
      const place: Vec3 = [TRAY[0], TRAY[1], MUG[2] + 0.01];
      const s = (i + 1) / 20;
      return {
        gripper: [place[0], place[1], top[2] + s * (place[2] - top[2])],
        opening: 0.1,
        mug: place,
      };
    });
    const closing = again.slice(0, 8).map((moment) => ({
      ...moment,
      gripper: [TRAY[0], TRAY[1], MUG[2] + 0.01] as const,
      mug: [TRAY[0], TRAY[1], MUG[2] + 0.01] as const,
    }));
    const reaching = record([...first, ...back, ...closing, ...held]);
    const of = errors(reaching, estimate(reaching), 0).slice(-15);
    expect(mean(of.map(({ fused }) => fused))).toBeLessThan(0.03);
  });
});

describe("FusionEstimator.predictAt", () => {
  const hand = (position: Vec3, stampNs: bigint): KinematicSample => ({
    stampNs,
    poses: new Map([["hand", { position, rotation: [0, 0, 0, 1] }]]),
    joints: new Map([["fingers", 0.1]]),
  });

  it("follows the gripper between images, marked as predicted", () => {
    const reaching = record([...approach(50), ...grasp()]);
    const estimator = createEstimator(REACH_TASK);
    estimate(reaching, estimator);
    const [x, y, z] = [TRAY[0], TRAY[1], MUG[2] + 0.01];
    const lastNs = reaching.frames.at(-1)?.stampNs ?? 0n;
    const up = [0.26, 0.3, 0.34].map((above, i) => {
      const sample = hand([x, y, z + above], lastNs + BigInt(i + 1) * 20_000_000n);
      const [reach] = estimator.predictAt?.(sample) ?? [];
      expect(reach).toMatchObject({ basis: "predicted", raw: null, answer: "" });
      return Math.abs((reach?.value ?? 0) - above);
    });
    expect(Math.max(...up)).toBeLessThan(0.03);
  });

  it("tells nothing before an answer", () => {
    const estimator = createEstimator(REACH_TASK);
    expect(estimator.predictAt?.(hand(MUG, 0n))).toBeUndefined();
  });

  it("says again what it would have said at a stamp, by what it knows since", () => {
    const reaching = record([...approach(40), ...grasp()]);
    const estimator = createEstimator(REACH_TASK);
    const [sample] = reaching.frames[20]?.kinematics ?? [];
    if (!sample) throw new Error("no kinematics");
    const revised = reaching.frames.map((frame, i) => {
      estimator.observe(frame, reaching.answers[i] ?? []);
      return estimator.revisedAt?.(sample)?.[0];
    });
    expect(revised[20]).toMatchObject({ basis: "predicted", raw: null });
    expect(revised[35]?.value).not.toBe(revised[20]?.value);
    // Once the mug is in the gripper, where it was before is not known any more.
    expect(revised.at(-1)).toBeUndefined();
  });

  it("takes a late answer in at the stamp of its image", () => {
    const reaching = record(approach(40));
    const timely = createEstimator(REACH_TASK);
    const late = createEstimator(REACH_TASK);
    const ahead = reaching.frames.map(({ kinematics = [] }) => kinematics[0]);
    const values = reaching.frames.map((frame, i) => {
      const next = ahead[i + 1];
      const own = timely.observe(frame, reaching.answers[i] ?? []);
      // The robot has gone on when the answer about this image comes.
      if (next && i > 0) late.predictAt?.(next);
      const afterwards = late.observe(frame, reaching.answers[i] ?? []);
      const differsM = Math.abs((own[0]?.value ?? 0) - (afterwards[0]?.value ?? 0));
      return { differsM, sigmaM: own[0]?.sigma ?? 0 };
    });
    // The order of evidence (answers, the gripper's way) decides which hypotheses are kept.
    expect(mean(values.map(({ differsM }) => differsM))).toBeLessThan(0.015);
    for (const { differsM, sigmaM } of values) expect(differsM).toBeLessThan(sigmaM);
  });
});

describe("smoothEpisode", () => {
  const observed = ({ frames, answers }: Reaching) =>
    frames.map((frame, i) => ({ frame, answers: answers[i] ?? [] }));

  it("knows before the grasp where the mug stood, and marks what later images have told", () => {
    const reaching = record([...approach(50), ...grasp()]);
    const smoothed = smoothEpisode(REACH_TASK, observed(reaching));
    const before = errors(reaching, smoothed, 0).slice(0, 50);
    expect(mean(before.map(({ fused }) => fused))).toBeLessThan(0.025);
    expect(smoothed[0]?.[0]?.basis).toBe("smoothed");
  });

  it("is the filter both ways where no kinematics tell", () => {
    const { frames, answers, truths } = record(approach(60), { kinematics: () => undefined });
    const smoothed = smoothEpisode(REACH_TASK, observed({ frames, answers, truths }));
    expect(smoothed[30]?.[0]).toMatchObject({ basis: "smoothed", validity: "ok" });
  });

  it("leaves answers that tell their own error to the filter", () => {
    const reaching = record(approach(20), { reliability: null, say: (x) => x });
    expect(smoothEpisode(REACH_TASK, observed(reaching))).toEqual(
      estimate(reaching, new FilterEstimator(REACH_TASK)),
    );
  });
});

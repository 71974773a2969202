import { from, lastValueFrom, Subject, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { type Annotation, type AskedFrame, trackRewards } from "../../src/annotate/index.js";
import { IDENTITY_POSE, type KinematicSample } from "../../src/camera/index.js";
import type { CreateEstimator, MeasuredValue } from "../../src/estimate/index.js";
import { REACH_QUESTION, REACH_TASK } from "../support/annotations.js";
import { frameOf } from "../support/frames.js";
import { answerOf } from "../support/models.js";

const MS = 1_000_000n;

const sampleAt = (stampNs: bigint): KinematicSample => ({
  stampNs,
  poses: new Map([["gripper", IDENTITY_POSE]]),
  joints: new Map(),
});

function reachOf(value: number, more: Partial<MeasuredValue> = {}): MeasuredValue {
  return {
    ...{ name: "reach", value, sigma: 0.01, raw: value, rawSigma: 0.01, unit: "m" },
    ...{ question: REACH_QUESTION, answer: "", validity: "ok", reason: "" },
    ...more,
  };
}

/** Believes the last answer, and that the gripper comes 1 cm nearer in each 10 ms since. */
const approach: CreateEstimator = () => {
  let last: { readonly stampNs: bigint; readonly valueM: number } | undefined;
  return {
    observe({ stampNs }, [answer]) {
      const valueM = answer?.value?.shape === "quantity" ? answer.value.valueM : 0;
      last = { stampNs, valueM };
      return [reachOf(valueM)];
    },
    miss: () => [reachOf(0, { value: null, validity: "invalid", reason: "torn" })],
    predictAt({ stampNs }) {
      if (!last) return undefined;
      const steps = Number((stampNs - last.stampNs) / (10n * MS));
      return [reachOf(last.valueM - 0.01 * steps, { basis: "predicted", raw: null })];
    },
    revisedAt(sample) {
      // What was before 130 ms is not known any more.
      return sample.stampNs < 130n * MS ? undefined : this.predictAt?.(sample);
    },
  };
};

/** Images each 100 ms, with kinematics each 10 ms. */
function askedFrames(count: number): AskedFrame[] {
  return Array.from({ length: count }, (_, i) => {
    const stampNs = BigInt(i) * 100n * MS;
    const kinematics = Array.from({ length: 10 }, (_, k) =>
      sampleAt(stampNs - BigInt(9 - k) * 10n * MS),
    );
    const answers = [answerOf(REACH_QUESTION, 0.5 - 0.1 * i)];
    return { frame: { ...frameOf({ stampNs }), kinematics }, model: "scripted", answers };
  });
}

const track = (frames: readonly AskedFrame[], atRateHz?: number) =>
  lastValueFrom(
    from(frames).pipe(
      trackRewards(REACH_TASK, {
        createEstimator: approach,
        ...(atRateHz !== undefined && { atRateHz }),
      }),
      toArray(),
    ),
  );

describe("rewards between images", () => {
  it("are none unless asked for", async () => {
    const outcomes = (await track(askedFrames(3))).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["annotated", "annotated", "annotated"]);
  });

  it("come at the kinematics' stamps, in order, marked, and leave those of images as they are", async () => {
    const images = await track(askedFrames(3));
    const all = await track(askedFrames(3), 100);
    const stamps = all.map(({ reward }) => reward.stampNs / MS);
    expect(stamps).toEqual(Array.from({ length: 21 }, (_, i) => BigInt(i) * 10n));
    const predicted = all.filter(({ outcome }) => outcome === "predicted");
    expect(predicted).toHaveLength(18);
    for (const { reward, facts, measurements } of predicted) {
      expect(facts).toEqual([]);
      expect(measurements[0]?.basis).toBe("predicted");
      const expected = 0.5 - 0.001 * Number(reward.stampNs / MS);
      expect(reward.reward).toBeCloseTo(-expected, 9);
    }
    const kept = all.filter(({ outcome }) => outcome === "annotated");
    expect(kept).toEqual(images);
  });

  it("are thinned to the rate", async () => {
    const all = await track(askedFrames(3), 20);
    expect(all.map(({ reward }) => reward.stampNs / MS)).toEqual([0n, 50n, 100n, 150n, 200n]);
  });

  it("never come before an episode's first image, nor from the one before", async () => {
    const [first, second] = askedFrames(2);
    if (!first || !second) throw new Error("no frames");
    const next = { ...second, frame: { ...second.frame, episode: "another" } };
    const all = await track([first, next], 100);
    expect(all.map(({ outcome }) => outcome)).toEqual(["annotated", "annotated"]);
  });
});

describe("corrections of what was predicted", () => {
  /** Image 1 is answered while the robot has gone on for 60 ms; the answer is 10 cm less. */
  function live(corrects: boolean): Annotation[] {
    const [first, second] = askedFrames(2);
    if (!first || !second) throw new Error("no frames");
    const [asked$, samples$] = [new Subject<AskedFrame>(), new Subject<KinematicSample>()];
    const seen: Annotation[] = [];
    const options = { createEstimator: approach, samples$, corrects };
    asked$.pipe(trackRewards(REACH_TASK, options)).subscribe((one) => seen.push(one));
    asked$.next(first);
    for (let ms = 10n; ms <= 160n; ms += 10n) samples$.next(sampleAt(ms * MS));
    const { frame, model } = second;
    asked$.next({ frame, model, answers: [answerOf(REACH_QUESTION, 0.3)] });
    samples$.next(sampleAt(170n * MS));
    return seen;
  }

  it("come after the image's reward, at the stamps after it, marked, by what its answers told", () => {
    const seen = live(true);
    const image = seen.findIndex(({ frame }, i) => i > 0 && frame.stampNs === 100n * MS) + 1;
    const image1 = seen.findLastIndex(({ outcome }) => outcome === "annotated");
    expect(image).toBeLessThan(image1);
    const corrections = seen.filter(({ isCorrection }) => isCorrection);
    expect(seen.slice(image1 + 1, -1)).toEqual(corrections);
    expect(corrections.map(({ reward }) => reward.stampNs / MS)).toEqual([130n, 140n, 150n, 160n]);
    expect(corrections.map(({ reward }) => Number(reward.reward?.toFixed(2)))).toEqual([
      -0.27, -0.26, -0.25, -0.24,
    ]);
    expect(corrections.every(({ outcome }) => outcome === "predicted")).toBe(true);
    const before = seen.find(({ reward }) => reward.stampNs === 150n * MS);
    expect(before?.reward.reward).toBeCloseTo(-0.35, 9);
  });

  it("leave everything else as it was, and are none unless asked for", () => {
    const without = live(false);
    expect(without.some(({ isCorrection }) => isCorrection)).toBe(false);
    expect(live(true).filter(({ isCorrection }) => !isCorrection)).toEqual(without);
  });
});

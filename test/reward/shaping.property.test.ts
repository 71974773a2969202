import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Shaping } from "../../src/reward/index.js";
import type { Task } from "../../src/task/index.js";
import { answersTo, type Said, startTracking, type TrackedStep, taskWith } from "./answers.js";
import { PERIOD_NS } from "./traces.js";

const gammas = fc.double({ min: 0.5, max: 1, noNaN: true, minExcluded: true });
const potentials = fc.array(fc.option(fc.double({ min: -10, max: 10, noNaN: true })), {
  minLength: 1,
  maxLength: 80,
});

/** sum over t = 1 … of gamma^(t−1) · F_t, of F_0, F_1, … */
function discounted(shaped: readonly number[], gamma: number): number {
  return shaped.slice(1).reduce((sum, f, i) => sum + gamma ** i * f, 0);
}

describe("Shaping", () => {
  it("telescopes over any pattern of gaps", () => {
    fc.assert(
      fc.property(gammas, potentials, (gamma, phis) => {
        const shaping = new Shaping({ gamma, scale: 3 });
        const sum = discounted(
          phis.map((phi) => shaping.step(phi ?? undefined)),
          gamma,
        );
        const first = phis.findIndex((phi) => phi !== null);
        const known = phis.filter((phi) => phi !== null);
        const last = known.at(-1) ?? 0;
        const begin = first < 0 ? 0 : gamma ** first * known[0]!;
        const expected = 3 * (gamma ** (phis.length - 1) * last - begin);
        expect(sum).toBeCloseTo(first < 0 ? 0 : expected, 9);
      }),
    );
  });

  it("comes to minus the first potential at the terminal state", () => {
    fc.assert(
      fc.property(
        gammas,
        fc.double({ min: 0, max: 1, noNaN: true }),
        potentials,
        (gamma, phi0, rest) => {
          const shaping = new Shaping({ gamma, scale: 1 });
          const steps = [phi0, ...rest].map((phi) => shaping.step(phi ?? undefined));
          expect(discounted([...steps, shaping.end()], gamma)).toBeCloseTo(-phi0, 9);
        },
      ),
    );
  });

  it("is exact to the last bit for potentials on a binary grid without discount", () => {
    const grid = fc.array(fc.integer({ min: 0, max: 2 ** 20 }), { minLength: 2, maxLength: 100 });
    fc.assert(
      fc.property(grid, (steps) => {
        const phis = steps.map((step) => step / 2 ** 20);
        const shaping = new Shaping({ gamma: 1, scale: 1 });
        const sum = discounted(
          phis.map((phi) => shaping.step(phi)),
          1,
        );
        expect(sum).toBe(phis.at(-1)! - phis[0]!);
      }),
    );
  });
});

const TASK = `
stages:
  - { name: reach, progress: 1 - reach, until: reach < 5 cm, lost: reach > 30 cm }
  - { name: lift, progress: lift / 10 cm, until: lift > 90 cm }
reward:
  terms: { effort: -0.01 }
  shaping: { gamma: 0.9, scale: 2 }
  success: 5
  failure: -3
timeout: 4 s
`;

describe("RewardTracker always", () => {
  const task = taskWith(TASK, undefined, "");
  const metres = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 4 });
  const frame = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(metres, metres) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
  const episodes = fc.array(frame, { minLength: 1, maxLength: 80 });

  function replay(of: Task, frames: readonly (readonly Said[] | undefined)[]): TrackedStep[] {
    const tracker = startTracking(of, { camera: "c", episode: "e" });
    return frames.map((said, i) => {
      const stampNs = PERIOD_NS * BigInt(i);
      return said ? tracker.step(stampNs, answersTo(of, said)) : tracker.fail(stampNs, "torn");
    });
  }

  it("pays shaping that comes to minus the first potential when the episode ends", () => {
    fc.assert(
      fc.property(episodes, (frames) => {
        const padded = [
          [0.5, 0] as const,
          ...frames,
          ...Array.from({ length: 80 }, () => undefined),
        ];
        const steps = replay(task, padded).map(({ sample }) => sample);
        expect(steps.at(-1)!.ended).toBeDefined();
        const shaped = steps.map(({ terms }) => terms.shaping!);
        expect(discounted(shaped, 0.9)).toBeCloseTo(-2 * (steps[0]?.progress ?? Number.NaN), 9);
      }),
    );
  });

  it("keeps progress in 0 … 1, and says why whenever it is not sure", () => {
    fc.assert(
      fc.property(episodes, (frames) => {
        for (const { sample } of replay(task, frames)) {
          expect(sample.progress === null).toBe(sample.reward === null);
          expect(sample.progress ?? 0).toBeGreaterThanOrEqual(0);
          expect(sample.progress ?? 0).toBeLessThanOrEqual(1);
          expect(sample.reason === "").toBe(sample.validity === "ok");
          expect(sample.reward === null).toBe(sample.validity === "invalid");
        }
      }),
    );
  });

  it("ends an episode once, and pays nothing afterwards", () => {
    fc.assert(
      fc.property(episodes, (frames) => {
        const steps = replay(task, frames).map(({ sample }) => sample);
        const end = steps.findIndex(({ ended }) => ended !== undefined);
        if (end < 0) return;
        for (const { reward, ended } of steps.slice(end + 1)) {
          expect({ reward, ended }).toEqual({ reward: 0, ended: steps[end]!.ended });
        }
      }),
    );
  });

  it("is a function of stamps and answers alone", () => {
    fc.assert(
      fc.property(episodes, (frames) => {
        expect(replay(task, frames)).toEqual(replay(task, frames));
      }),
    );
  });
});

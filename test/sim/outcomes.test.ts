import { describe, expect, it } from "vitest";
import { OUTCOMES } from "../../src/sim/index.js";
import { simulateEpisode } from "../../src/sim/TabletopEpisode.js";

describe("scripted episodes", () => {
  it.each(OUTCOMES)("%s goes as asked, judged by the truth", async (outcome) => {
    for (const seed of [0, 1]) {
      const { verdict } = await simulateEpisode(seed, outcome, 10);
      expect([seed, verdict]).toEqual([seed, outcome]);
    }
  });

  it("holds the mug in less than 22 % of a success's images", async () => {
    const { moments } = await simulateEpisode(7, "success", 10);
    const images = moments.filter((moment) => moment.configuration !== undefined);
    const held = images.filter(({ truth }) => truth.isHeld);
    expect(held.length).toBeGreaterThan(10);
    expect(held.length / images.length).toBeLessThan(0.22);
  });

  it("holds the mug by friction: it does not slip in the fingers", async () => {
    const { moments } = await simulateEpisode(7, "success", 10);
    const held = moments.filter(({ truth }) => truth.isHeld).slice(3, -3);
    const offsets = held.map(({ truth }) => {
      const gripper = truth.poses.get("gripper")!.position;
      const mug = truth.poses.get("red_mug")!.position;
      return gripper[2] - mug[2];
    });
    expect(Math.max(...offsets) - Math.min(...offsets)).toBeLessThan(0.003);
  });

  it("starts the same scene for every outcome of a seed", async () => {
    const [success, idle] = [
      await simulateEpisode(5, "success", 1),
      await simulateEpisode(5, "idle", 1),
    ];
    expect(idle.layout).toEqual(success.layout);
    expect(idle.moments[0]!.truth.poses).toEqual(success.moments[0]!.truth.poses);
  });
});

import { describe, expect, it, vi } from "vitest";
import { ScriptedEpisode, TabletopSim } from "../../src/sim/index.js";
import { SceneRenderer } from "../../src/sim/render/SceneRenderer.js";

const EPISODE = { seed: 12, outcome: "failure", cameras: 2 } as const;
const PICTURES = { width: 32, height: 24, rateHz: 0.5, depthNoiseMm: 3 };

describe("a scripted episode", () => {
  it("has the frames of a simulator that is given no actions", async () => {
    const options = { ...EPISODE, ...PICTURES };
    const episode = await ScriptedEpisode.create(options);
    using sim = await TabletopSim.create(options);
    let step = sim.current();
    let images = 0;
    for await (const { stampNs, kinematics, draw } of episode.moments()) {
      if (images > 0) step = sim.step();
      images++;
      expect(stampNs).toBe(step.truth.stampNs);
      expect(draw().map((frame) => ({ ...frame, kinematics }))).toEqual(step.frames);
    }
    expect(step.done).toBe(true);
    expect(images).toBe(episode.images);
    expect(episode.startNs).toBe(sim.current().truth.stampNs - (episode.endNs - episode.startNs));
    expect(episode.cameras).toEqual(step.frames.map(({ camera }) => camera));
  });

  it("draws the same whichever of its images are drawn, and no others", async () => {
    const episode = await ScriptedEpisode.create({ ...EPISODE, ...PICTURES });
    const all: unknown[] = [];
    for await (const moment of episode.moments()) all.push(moment.draw());
    const drawn = vi.spyOn(SceneRenderer.prototype, "render");
    let image = 0;
    for await (const moment of episode.moments()) {
      if (image % 2 === 1) expect(moment.draw()).toEqual(all[image]);
      image++;
    }
    expect(image).toBe(all.length);
    expect(drawn).toHaveBeenCalledTimes(Math.floor(image / 2));
    drawn.mockRestore();
  });
});

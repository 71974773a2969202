import { describe, expect, it, vi } from "vitest";
import { ScriptedEpisode, TabletopSim } from "../../src/sim/index.js";
import { SceneRenderer } from "../../src/sim/render/SceneRenderer.js";

const EPISODE = { seed: 12, outcome: "failure", cameras: 2 } as const;
const PICTURES = { width: 32, height: 24, rateHz: 0.5, depthNoiseMm: 3 };

/** Changes all numbers in it. */
function spoil(thing: unknown): void {
  if (typeof thing !== "object" || thing === null) return;
  if (ArrayBuffer.isView(thing)) new Uint8Array(thing.buffer).fill(7);
  else if (thing instanceof Map) thing.forEach(spoil);
  else {
    for (const [key, value] of Object.entries(thing)) {
      if (typeof value === "number") Reflect.set(thing, key, 7);
      else spoil(value);
    }
  }
}

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

  it("is the same again, whatever is done to what was read of it", async () => {
    const read = async () => {
      const episode = await ScriptedEpisode.create({ ...EPISODE, ...PICTURES });
      const moments: unknown[] = [];
      for await (const { kinematics, draw } of episode.moments())
        moments.push({ kinematics, frames: draw() });
      return moments;
    };
    const first = await read();
    const before = structuredClone(first);
    spoil(first);
    expect(first[0]).not.toEqual(before[0]);
    const again = await read();
    expect(again).toHaveLength(before.length);
    for (const [i, moment] of again.entries()) expect(moment).toEqual(before[i]);
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

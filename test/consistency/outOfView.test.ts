import { describe, expect, it } from "vitest";
import { DAMAGES } from "../../bench/corruption/damages.js";
import { sampleLook, seenAs } from "../../bench/corruption/looks.js";
import { drawn, SET_UPS } from "../../bench/corruption/setUps.js";
import { studied } from "../../bench/corruption/studied.js";
import { itemAt, Random } from "../../src/base/index.js";
import { loadTask } from "../../src/task/index.js";

/** A gripper that is mostly out of view: at most delays, few of its edges would be in the picture. */
const NAME = "gripper mostly out of view";

async function findingWith(seed: number, damage: string): Promise<string | undefined> {
  const setUp = SET_UPS.get(NAME);
  const change = DAMAGES.get(damage);
  if (!setUp || !change) throw new Error(`${NAME}, ${damage}`);
  const size = { width: 160, rateHz: 4, drawnEvery: 2 };
  const exact = await drawn(NAME, seed, { ...setUp, ...size });
  const random = new Random(seed, `look ${NAME}`);
  const offDegrees = random.uniform(0.7, 1.3);
  const offM = random.uniform(0.005, 0.015);
  const look = sampleLook(random, { ...setUp.look, poseDegrees: offDegrees, poseM: offM });
  const frames = change(seenAs(exact, look, random), new Random(seed, damage));
  const task = await loadTask("examples/tasks/pick_and_place.yaml");
  const watch = await studied(task, frames);
  return watch.findingOf(itemAt(frames, 0).camera);
}

describe("a gripper of which few edges are in the picture at another time", () => {
  it("tells no delay by them", async () => {
    expect(await findingWith(78101, "sound")).toBeUndefined();
  });

  it("tells that its depth is late where they are", async () => {
    expect(await findingWith(78110, "depth of 0.2 to 0.5 s before")).toContain("depth image");
  });
});

import { describe, expect, it } from "vitest";
import { termsMayBeNegative } from "../../src/reward/index.js";
import { loadTask, parseTask } from "../../src/task/index.js";

function taskOf(reward: string, more = "") {
  return parseTask(
    `
name: x
objects:
  gripper: { phrase: the gripper, labels: [1] }
  mug: { phrase: the mug, labels: [2] }
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
  left: { kind: left_difference, subject: gripper, object: mug }
  touching: { kind: left_predicate, subject: gripper, object: mug }
reward: ${reward}
${more}`,
    "x.yaml",
  );
}

describe("a task whose own terms may be below 0", () => {
  it.each([
    ["a distance", "{ terms: { near: -reach / 20 cm } }", true],
    ["what is left of a whole", "{ terms: { near: 1 - reach / 50 cm } }", true],
    ["a whole with a floor", "{ terms: { near: 'clamp(1 - reach / 50 cm, 0, 1)' } }", false],
    ["an exponential", "{ terms: { near: exp(-reach / 5 cm) } }", false],
    ["a condition", "{ terms: { hold: 'touching ? 1 : 0' } }", false],
    ["a penalty that is rare", "{ terms: { hit: 'touching ? -1 : 0' } }", true],
    ["a penalty very near", "{ terms: { near: 'reach < 1 cm ? -1 : 1' } }", true],
    ["a side", "{ terms: { side: left / 10 cm } }", true],
    ["a time", "{ terms: { late: -time / 1 s } }", true],
    ["a penalty that another term covers", "{ terms: { a: -1, b: 2 } }", false],
    ["shaping alone", "{ shaping: { gamma: 0.99, potential: -reach / 20 cm } }", false],
    ["a penalty for failing", "{ terms: { near: exp(-reach / 5 cm) }, failure: -5 }", false],
  ])("%s", (_, reward, expected) => {
    const more = reward.includes("failure") ? "failure: reach > 1 m" : "";
    expect(termsMayBeNegative(taskOf(reward, more))).toBe(expected);
  });

  it("is found in the examples, whose effort costs a little", async () => {
    const found = await Promise.all(
      ["reach", "pick", "pick_and_place"].map(async (name) =>
        termsMayBeNegative(await loadTask(`examples/tasks/${name}.yaml`)),
      ),
    );
    expect(found).toEqual([true, true, true]);
  });
});

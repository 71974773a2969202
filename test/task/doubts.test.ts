import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadTask, parseTask } from "../../src/task/index.js";

const TEXT = `name: pick
objects:
  gripper: { phrase: the gripper, frame: tool, grasp: {} }
  mug: { phrase: the mug }
  table: { phrase: the table, frame: base }
support: table
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
  lift: { kind: elevation, subject: mug }
stages:
  - { name: reach, progress: 1 - reach / 60 cm, until: reach < 5 cm }
reward: { terms: { high: "-max(0, lift - 20 cm)" } }
staleness: 500 ms
timeout: 30 s
`;

function warningsOf(change: (text: string) => string): readonly string[] {
  const changed = change(TEXT);
  if (changed === TEXT) throw new Error("nothing was changed");
  return parseTask(changed, "pick.yaml").warnings ?? [];
}

describe("a task is asked about", () => {
  it.each([
    ["a bound of a length", "reach < 5 cm", "reach < 5", "11:64: stages[0].until: 5 has no unit"],
    ["the other way round", "reach < 5 cm", "5 > reach", "11:56: stages[0].until: 5 has no unit"],
    ["in a chain", "reach < 5 cm", "0 < reach < 5", "5 has no unit, so it is 5 m: write `5 cm`"],
    ["a scale", "reach / 60 cm", "reach / 60", "11:42: stages[0].progress: 60 has no unit"],
    ["a difference", "lift - 20 cm", "lift - 20", "reward.terms.high: 20 has no unit"],
    ["in a function", "lift - 20 cm", "min(lift, 20)", "20 has no unit"],
    ["a number below 0", "reach < 5 cm", "reach > -5", "-5 has no unit, so it is -5 m"],
    ["a time", "reach < 5 cm", "time > 30000", "30000 has no unit, so it is 30000 s"],
    ["a staleness", "500 ms", "500", "13:12: staleness: 500 has no unit"],
    ["a time-out", "timeout: 30 s", "timeout: 30000", "write `30000 ms`"],
    ["a height", "frame: base", "frame: base, height: 75", "objects.table.height: 75 has no unit"],
  ])("%s without a unit that nothing on a table has", (_, from, to, warning) => {
    const warnings = warningsOf((text) => text.replace(from, to));
    expect(warnings).toEqual([expect.stringContaining(warning)]);
    expect(warnings[0]).toMatch(/^pick\.yaml:\d+:\d+: /);
  });

  it.each([
    ["reach < 5 cm", "reach < 0.05"],
    ["reach < 5 cm", "reach < 5 m"],
    ["reach < 5 cm", "(reach + lift) / 2 < 5 cm"],
    ["reach < 5 cm", "reach / 5 cm < 3"],
    ["reach < 5 cm", "time > 20"],
    ["reach / 60 cm", "tanh(10 * reach)"],
    ["timeout: 30 s", "timeout: 600"],
    ["reach / 60 cm", "time / 60"],
    ["-max(0, lift - 20 cm)", "lift > 20 cm ? 10 : -lift"],
  ])("nothing where %s is %s", (from, to) => {
    expect(warningsOf((text) => text.replace(from, to))).toEqual([]);
  });

  it("every bare bound of 2 m or more, and none below", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (bound) => {
        const warnings = warningsOf((text) => text.replace("reach < 5 cm", `reach <  ${bound}`));
        expect(warnings).toHaveLength(bound >= 2 ? 1 : 0);
      }),
    );
  });
});

describe("the warnings of a task file", () => {
  it("are told once, and not again by threads", async () => {
    const folder = await mkdtemp(join(tmpdir(), "doubts-"));
    const path = join(folder, "pick.yaml");
    await writeFile(path, TEXT.replace("reach < 5 cm", "reach < 5"));
    const told: string[] = [];
    const listen = ({ message }: Error) => told.push(message);
    process.on("warning", listen);
    try {
      for (let times = 0; times < 2; times++) await loadTask(path);
      const worker = new Worker(THREAD, {
        eval: true,
        workerData: { module: import.meta.resolve("../../dist/index.js"), path },
      });
      const inThread = await new Promise((resolve, reject) => {
        worker.once("message", resolve).once("error", reject);
      });
      expect(inThread).toEqual({ found: 1, told: [] });
      await setImmediate();
      expect(told).toEqual([expect.stringContaining("11:64: stages[0].until: 5 has no unit")]);
    } finally {
      process.off("warning", listen);
      await rm(folder, { recursive: true });
    }
  });
});

const THREAD = `
  const { parentPort, workerData } = require("node:worker_threads");
  const told = [];
  process.on("warning", ({ message }) => told.push(message));
  import(workerData.module)
    .then(({ loadTask }) => loadTask(workerData.path))
    .then(({ warnings }) => setImmediate(() => parentPort.postMessage({ found: warnings.length, told })));
`;

describe("a question in one's own words", () => {
  const asked = (question: string, measurement = "kind: distance, subject: gripper, object: mug") =>
    warningsOf((text) =>
      text.replace(
        "kind: distance, subject: gripper, object: mug",
        `${measurement}, question: ${question}`,
      ),
    );

  it.each([
    [
      "How tall is the mug?",
      "asks for height of mug, but the measurement is distance of gripper and mug",
    ],
    ["Is the gripper left of the mug?", "asks for left_predicate of gripper and mug"],
    ["How far is the gripper from the table?", "asks for distance of gripper and table"],
    ["How wide is the gap between the gripper and the mug?", "asks for gap of gripper and mug"],
  ])("is doubted where it asks for something else: %s", (question, warning) => {
    expect(asked(question)).toEqual([
      expect.stringMatching(/^pick\.yaml:8:\d+: measurements\.reach\.question: /),
    ]);
    expect(asked(question)[0]).toContain(warning);
  });

  it.each([
    "How far is the gripper from the mug?",
    "How far is the mug from the gripper?",
    "Where would one have to put a ruler?",
  ])("is not doubted where it asks for the same, or is not understood: %s", (question) => {
    expect(asked(question)).toEqual([]);
  });

  it("may ask the other way round", () => {
    const left = "kind: left_difference, subject: gripper, object: mug";
    expect(asked("How far to the right of the gripper is the mug?", left)).toEqual([]);
    expect(asked("How far to the left of the gripper is the mug?", left)).toHaveLength(1);
  });

  it("is of the tops or of the bottoms, which are no opposites", () => {
    const above = "kind: above_difference, subject: gripper, object: mug";
    expect(asked("How much higher is the gripper than the mug?", above)).toEqual([]);
    expect(asked("How much lower is the mug than the gripper?", above)).toHaveLength(1);
  });

  it("asks for the other one where it chooses by the opposite", () => {
    const chosen = (question: string) =>
      warningsOf((text) =>
        text.replace(
          "measurements:\n",
          `measurements:\n  taller: { kind: tall_choice, subject: gripper, object: mug, question: "${question}" }\n`,
        ),
      );
    expect(chosen("Which is taller, the mug or the gripper?")).toEqual([]);
    expect(chosen("Which is shorter, the gripper or the mug?")).toHaveLength(1);
    expect(chosen("Which is shorter, the mug or the gripper?")).toHaveLength(1);
  });
});

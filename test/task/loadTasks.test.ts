import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadTasks, parseRecordedTask, type Task, taskFor } from "../../src/task/index.js";

const PICK = `name: pick
episode_task: pick up the <thing>
objects: { gripper: { phrase: the gripper }, thing: { phrase: the <thing> } }
measurements: { reach: { kind: distance, subject: gripper, object: thing } }
reward: { terms: { near: -reach } }
`;
const OPEN = `name: open
objects: { door: { phrase: the door }, frame: { phrase: the door frame } }
measurements: { gap: { kind: distance, subject: door, object: frame } }
reward: { terms: { open: gap } }
`;

/** Loads tasks.yaml from a folder with these files. */
function loaded(map: string, files: Readonly<Record<string, string>> = {}): Promise<Task> {
  const folder = mkdtempSync(join(tmpdir(), "tasks-"));
  const all = { "pick.yaml": PICK, "open.yaml": OPEN, "tasks.yaml": map, ...files };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
  return loadTasks(join(folder, "tasks.yaml"));
}

describe("a map of tasks", () => {
  const MAP = "tasks:\n  pick up the <thing>: pick.yaml\n  open the door: open.yaml\n";

  it.each([
    ["Pick up the red mug.", "pick"],
    ["open  the door", "open"],
    ["close the door", undefined],
    [undefined, undefined],
  ])("for %j has the task %s", async (said, name) => {
    expect(taskFor(await loaded(MAP), said)?.name).toBe(name);
  });

  it("takes the first text that fits, and any where it says so", async () => {
    const map = "tasks:\n  pick up the mug: open.yaml\n  <anything>: pick.yaml\n";
    const task = await loaded(map);
    expect(taskFor(task, "pick up the mug")?.name).toBe("open");
    expect(taskFor(task, "pick up the cup")?.name).toBe("pick");
  });

  it("has the columns of all of its tasks", async () => {
    const { measurements, reward, source } = await loaded(MAP);
    expect(measurements.map(({ name }) => name)).toEqual(["reach", "gap"]);
    expect([...reward.terms.keys()]).toEqual(["near", "open"]);
    expect(source).toContain("name: open");
  });

  it("is read again from what an annotated recording carries", async () => {
    const files = { "open.yaml": `---\n${OPEN}` };
    const task = await loaded(MAP, files);
    const again = parseRecordedTask(task.source, "the recorded task");
    expect(again.measurements.map(({ name }) => name)).toEqual(["reach", "gap"]);
    expect(taskFor(again, "open the door")?.name).toBe("open");
    expect(again.source).toBe(task.source);
    const cut = task.source.slice(0, task.source.lastIndexOf("\n---\n---"));
    expect(() => parseRecordedTask(cut, "the recorded task")).toThrow("with --task");
  });

  it("is one task for all where the file is a task", async () => {
    const task = await loaded(PICK);
    expect(task.episodes).toBeUndefined();
    expect(taskFor(task, "whatever")).toBe(task);
  });

  it.each([
    ["tasks: {}\n", "tasks.yaml:1:", "must name at least one task file"],
    ["tasks: [pick.yaml]\n", "tasks.yaml:1:", "must give a task file for each text"],
    ["tasks: { a: 3 }\n", "tasks.yaml:1:", "must be text"],
    ["tasks: { a: pick.yaml }\nname: x\n", "tasks.yaml:2:", 'unknown field "name"'],
    ["tasks: { a: none.yaml }\n", "none.yaml", "no such file"],
    ["tasks: { a: broken.yaml }\n", "broken.yaml:1:", "a task needs at least one object"],
    ["tasks: { a: tasks.yaml }\n", "tasks.yaml:1:", 'unknown field "tasks"'],
  ])("says where it is wrong: %j", async (map, place, message) => {
    const wrong = loaded(map, { "broken.yaml": "name: broken\n" });
    await expect(wrong).rejects.toThrow(place);
    await expect(wrong).rejects.toThrow(message);
  });

  it("refuses tasks that cannot share an output", async () => {
    const camera = `${OPEN}cameras: { wrist: { color: wrist } }\n`;
    await expect(loaded(MAP, { "open.yaml": camera })).rejects.toThrow("its cameras are not those");
    const held = OPEN.replace("gap: { kind: distance, ", "reach: { kind: left_predicate, ").replace(
      "open: gap",
      "open: reach",
    );
    await expect(loaded(MAP, { "open.yaml": held })).rejects.toThrow(
      /its reach is a left_predicate, that of .*pick\.yaml a distance/,
    );
  });
});

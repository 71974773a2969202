import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { describeTask, taskCheckCommand } from "../../src/cli/taskCheck.js";
import { loadTask, TaskFileError } from "../../src/task/index.js";

const FOLDER = resolve(import.meta.dirname, "../../examples/tasks");
const FILES = readdirSync(FOLDER).map((file) => resolve(FOLDER, file));

describe("the example tasks", () => {
  it.each(FILES)("%s loads and can be described", async (file) => {
    const task = await loadTask(file);
    const text = describeTask(task);
    for (const { name } of task.measurements) expect(text).toContain(name);
    for (const { name } of task.stages) expect(text).toContain(name);
    expect(text).toContain("What is the distance between the robot gripper and the red mug?");
  });

  it("are three", () => {
    expect(FILES).toHaveLength(3);
  });
});

describe("loadTask", () => {
  it("says that a file is not there, or is a folder", async () => {
    await expect(loadTask("/no/such/task.yaml")).rejects.toThrow(TaskFileError);
    await expect(loadTask("/no/such/task.yaml")).rejects.toThrow(/no such file/);
    await expect(loadTask(FOLDER)).rejects.toThrow(/it is a folder/);
  });
});

describe("task check", () => {
  it("fails with what is wrong in any of its files, having shown the good ones", async () => {
    const shown = vi.spyOn(console, "log").mockImplementation(() => {});
    const command = taskCheckCommand().exitOverride();
    const checked = command.parseAsync([FILES[0]!, "/no/such/task.yaml"], { from: "user" });
    await expect(checked).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining("/no/such/task.yaml: no such file"),
    });
    expect(shown.mock.calls.flat().join("\n")).toContain(`${FILES[0]}: ok`);
    shown.mockRestore();
  });
});

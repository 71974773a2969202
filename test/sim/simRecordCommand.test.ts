import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { UserError } from "../../src/base/index.js";
import { simRecordCommand } from "../../src/cli/simRecord.js";
import { openBag } from "../../src/sources/index.js";
import { startCli } from "../support/cli.js";
import { unfinished } from "../support/diskFaults.js";

describe("sim record", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sim-record-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  afterEach(() => vi.restoreAllMocks());

  async function run(...args: string[]): Promise<string[]> {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const command = simRecordCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    await command.parseAsync(args, { from: "user" });
    return log.mock.calls.map(String);
  }

  const small = ["--size", "64x48", "--rate", "1", "--workers", "0"];

  it("records each outcome and seed as a rosbag2 folder and says how it went", async () => {
    const output = join(folder, "episodes");
    const lines = await run(
      "--outcome",
      "idle,failure",
      "--episodes",
      "2",
      "--seed",
      "4",
      ...small,
      "-o",
      output,
    );
    const names = ["failure_4", "failure_5", "idle_4", "idle_5"];
    expect((await readdir(output)).sort()).toEqual([".spatial-reward", ...names]);
    expect((await readdir(join(output, "idle_4"))).sort()).toEqual([
      "idle_4.mcap",
      "metadata.yaml",
    ]);
    expect(lines).toHaveLength(4);
    expect(lines[0]).toContain("idle_4");
    for (const line of lines) expect(line).toMatch(/\d+ frames.*verified/);
    const bag = await openBag(join(output, "failure_4"));
    expect(bag.metadata("simulation")?.get("outcome")).toBe("failure");
    expect(bag.info.damage).toEqual([]);
    await bag.close();
  });

  it("records one episode as the .mcap file that was named", async () => {
    const output = join(folder, "run.mcap");
    await run("--outcome", "idle", "--color", "raw", ...small, "-o", output);
    const bag = await openBag(output);
    expect(bag.info.topics.map(({ name }) => name)).toContain("/camera/color/image_raw");
    await bag.close();
  });

  it("refuses several episodes in one file", async () => {
    const refused = run("--outcome", "all", ...small, "-o", join(folder, "all.mcap"));
    await expect(refused).rejects.toThrow(UserError);
    expect(existsSync(join(folder, "all.mcap"))).toBe(false);
  });

  it.each([
    ["--outcome", "triumph", "distract"],
    ["--episodes", "0", "at least 1"],
    ["--seed", "-3", "at least 0"],
    ["--size", "640", "640x480"],
    ["--cameras", "3", "1 or 2"],
    ["--rate", "fast", "Hz"],
    ["--depth-noise", "much", "millimetres"],
    ["--scene", "moon", "tabletop"],
  ])("refuses %s %s and says what it takes", async (option, value, hint) => {
    await expect(run(option, value, "-o", folder)).rejects.toThrow(hint);
  });

  it("leaves nothing under the final name when it is interrupted", async () => {
    const output = join(folder, "interrupted");
    const running = startCli(["sim", "record", "-o", output, "--workers", "0"]);
    let isRunning = true;
    running.done.finally(() => {
      isRunning = false;
    });
    while (isRunning && !(await unfinished(join(output, "success_0")))) await sleep(20);
    running.interrupt();
    expect((await running.done).code).toBe(130);
    expect(await readdir(output)).toEqual([]);
  });
});

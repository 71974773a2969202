import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.js";
import { damagedRecording } from "../support/damagedRecording.js";

const MAIN = resolve("dist/cli/main.js");
const FAILING_DISK = resolve("bench/faults/failingDisk.cjs");
const TASK = resolve("examples/tasks/pick_and_place.yaml");

/** The end of a run, when its outputs get their names one by one. */
describe("a run that is killed as it ends", () => {
  let folder: string;
  const at = (...parts: string[]): string => join(folder, ...parts);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "killed-"));
    await runCli("sim", "record", "--size", "64x48", "--rate", "1", "-o", at("whole.mcap"));
    await damagedRecording(at("whole.mcap"), at("in", "a.mcap"), { lengthS: 3 });
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** In a process of its own, with faults of its disk. */
  function runWith(env: Readonly<Record<string, string>>, args: readonly string[]) {
    const child = spawn(process.execPath, ["--require", FAILING_DISK, MAIN, ...args], {
      stdio: "ignore",
      env: { ...process.env, ...env },
    });
    return new Promise<NodeJS.Signals | null>((done) =>
      child.on("exit", (_, signal) => done(signal)),
    );
  }

  async function namesIn(parent: string): Promise<string[]> {
    const names = await readdir(parent, { recursive: true });
    return names.filter((name) => !name.includes(".spatial-reward")).sort();
  }

  it.each([
    ["annotate", ["--rate", "0.5", "--format", "mcap", "jsonl", "csv"], [14, 11, 8, 5, 3, 1, 0]],
    ["export", ["--to", "parquet", "--fps", "1", "--action", "next-state"], [9, 6, 3, 2, 1, 0]],
  ])(
    "is resumed to the same, and leaves nothing: %s",
    async (command, words, places) => {
      const args = (parent: string) => [
        ...[command, at("in", "a.mcap"), "-t", TASK, "--vlm", "rgbd", ...words],
        ...["-o", at(parent, "out")],
      ];
      await runWith({ FAULT_COUNT: at("count") }, args(`${command}-whole`));
      const operations = Number(await readFile(at("count"), "utf8"));
      const expected = await namesIn(at(`${command}-whole`));
      for (const place of places) {
        const parent = `${command}-${place}`;
        const env = { FAULT_AT: String(operations - place), FAULT_CODE: "KILL" };
        expect(await runWith(env, args(parent))).toBe("SIGKILL");
        const resumed = await runCli(...args(parent), "--resume");
        expect({ place, ...resumed, stdout: "", stderr: "" }).toMatchObject({ place, code: 0 });
        expect({ place, names: await namesIn(at(parent)) }).toEqual({ place, names: expected });
      }
    },
    300_000,
  );
});

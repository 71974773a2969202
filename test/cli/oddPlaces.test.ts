import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AnswerCache } from "../../src/models/endpoint/AnswerCache.js";
import { strings, writeDb3 } from "../sources/rosbag/recordings.js";
import { runCli } from "../support/cli.js";

const MAIN = resolve(import.meta.dirname, "../../dist/cli/main.js");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "odd-places-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a line of a shell in which "$@" is the built command line. */
async function shell(line: string, ...words: readonly string[]) {
  const child = spawn(
    "bash",
    ["-o", "pipefail", "-c", line, "bash", process.execPath, MAIN, ...words],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (bytes: Buffer) => {
      said += bytes.toString();
    });
  const code = await new Promise((done) => child.on("close", done));
  return { code, said };
}

describe("the command line", () => {
  it.each([
    ["an argument", ["bag", "info", ""], "<path>"],
    ["an option", ["annotate", "run.mcap", "--task", "", "-o", "r.jsonl"], "--task"],
    ["an output", ["annotate", "run.mcap", "--task", "t.yaml", "-o", ""], "--output"],
    ["a model", ["ask", "run.mcap", "How far?", "--vlm", ""], "--vlm"],
  ])("names %s that is empty, as an unset variable leaves it", async (_, words, name) => {
    const { code, stderr } = await runCli(...words);
    expect(stderr).toBe(`error: ${name} is empty: is a variable of the shell not set?\n`);
    expect(code).toBe(2);
  });

  it("finishes its outputs when nobody reads what it prints", async () => {
    const tasks = Array.from({ length: 5 }, () => "examples/tasks/pick.yaml");
    const { code } = await shell('"$@" | true', "task", "check", ...tasks, "missing.yaml");
    // What is wrong with the last file is still found out.
    expect(code).toBe(1);
  });

  it("says that its output has no room", async () => {
    const { code, said } = await shell('"$@" > /dev/full', "--help");
    expect(said).toBe("error: cannot write to the standard output: the disk is full\n");
    expect(code).toBe(1);
  });

  it("names a TMPDIR that is not there", async () => {
    const path = join(folder, "a.db3");
    writeDb3(path, strings(3));
    const { code, said } = await shell('TMPDIR=/nonexistent "$@"', "bag", "info", path);
    expect(said).toBe(
      "error: cannot write /nonexistent, the folder for temporary files (TMPDIR): the folder does not exist\n",
    );
    expect(code).toBe(1);
  });
});

describe("the answer cache", () => {
  it("does without a folder where none can be made", async () => {
    const cache = new AnswerCache("/proc/no/such/folder");
    expect(await cache.set("key", "text")).toBe(false);
    expect(existsSync("/proc/no")).toBe(false);
  });
});

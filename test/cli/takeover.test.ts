import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { THIS_HOST } from "../../src/base/thisProcess.js";
import { startCli } from "../support/cli.js";

it("says in one line whose lock a command takes over, without Node's advice to programmers", async () => {
  const folder = await mkdtemp(join(tmpdir(), "takeover-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const input = join(folder, "p.jsonl");
  const row = {
    question: "How far is the mug from the tray?",
    ground_truth: 0.3,
    prediction: "1 m",
  };
  await writeFile(input, `${JSON.stringify(row)}\n`);
  const output = join(folder, "out");
  await mkdir(output);
  const dead = { pid: 2 ** 30, host: THIS_HOST.name, tag: THIS_HOST.tag, beginning: "before" };
  const lock = { ...dead, since: "2026-01-01T00:00:00.000Z", token: "t" };
  await writeFile(join(output, "predictions.jsonl.lock"), JSON.stringify(lock));
  const { code, stderr } = await startCli(["evaluate", "answers", input, "-o", output]).done;
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr:
      `warning: ${join(output, "predictions.jsonl")}: the lock of process ${2 ** 30} on ${THIS_HOST.name}, ` +
      "which has ended, is taken over\n",
  });
  expect(JSON.parse(await readFile(join(output, "metrics.json"), "utf8"))).toHaveProperty(
    "figures",
  );
});

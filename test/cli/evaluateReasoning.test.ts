import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeServer, hangs, json, says } from "../models/endpoint/FakeServer.js";
import { callsTools, conclude, scriptedLlm } from "../reason/llmServer.js";
import { runCli, startCli } from "../support/cli.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "reasoning-"));
});
afterAll(() => rm(folder, { recursive: true }));

const evaluate = (...args: string[]) =>
  runCli("evaluate", "reasoning", "--scenes", "2", "--seed", "3", ...args);

describe("evaluate reasoning", () => {
  it("scores the planner without any server, and says that it is no language model", async () => {
    const output = join(folder, "planner");
    const { code, stdout } = await evaluate("-o", output, "--min", "accuracy=0.8");
    expect(stdout).toMatch(
      /^\d+ questions about 2 scenes; language model planner \(rules, no language model\), eye rgbd\n/,
    );
    expect(stdout).toMatch(/\n {2}all +(\d+)\/\1 /);
    expect(code).toBe(0);
    const metrics = JSON.parse(await readFile(join(output, "metrics.json"), "utf8"));
    expect(metrics).toMatchObject({ scenes: 2, llm: "planner", vlm: "rgbd", unanswered: {} });
    expect(metrics.figures["nearest.accuracy"]).toMatchObject({ value: 1, low: null });
    const lines = (await readFile(join(output, "transcripts.jsonl"), "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).right)).toHaveLength(metrics.questions);
  });

  it("fails thresholds with 1, unknown ones with 2", async () => {
    const server = (await scriptedLlm()).always(callsTools(conclude("unknown")));
    const llm = ["--llm", `${server.url}#llm`];
    const missed = await evaluate(...llm, "--min", "answered=0.5");
    expect(missed).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/answered is 0\.00000 \(n = 0\/\d+\), the min is 0\.5/),
      stdout: expect.stringMatching(/Without an answer: unknown \d+\n/),
    });
    const unknown = await evaluate(...llm, "--min", "acuracy=0.5");
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringMatching(/Is it accuracy\?/) });
    await server.stop();
  });

  it("waits for an eye that wants a pause, and says so", async () => {
    const eye = await FakeServer.start();
    eye.next(json({ error: "busy" }, 429, { "retry-after": "3" }));
    eye.always(says("yes"));
    const one = ["--scenes", "1", "--per-scene", "1", "--concurrency", "1"];
    const { stderr } = await evaluate(...one, "--vlm", `${eye.url}#eye?cache=off&concurrency=1`);
    await eye.stop();
    expect(stderr).toMatch(
      /warning: .*busy \(fewer requests at a time: .*\); not asked for 3 s, as the server wants/,
    );
    expect(eye.seen.length).toBeGreaterThan(1);
  });

  it("leaves nothing under a final name on Ctrl-C", async () => {
    const server = (await scriptedLlm()).always(hangs);
    const output = join(folder, "interrupted");
    const args = ["--scenes", "1", "--llm", `${server.url}#llm`, "-o", output];
    const running = startCli(["evaluate", "reasoning", ...args]);
    await server.arrived(1);
    running.interrupt();
    expect((await running.done).code).toBe(130);
    expect(await readdir(output)).toEqual([]);
    await server.stop();
  });
});

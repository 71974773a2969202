import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hangs } from "../models/endpoint/FakeServer.js";
import { ask, calculate, callsTools, conclude, scriptedLlm } from "../reason/llmServer.js";
import { runCli, startCli } from "../support/cli.js";

let folder: string;
let run1: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "reason-"));
  run1 = join(folder, "run1.mcap");
  const size = ["--size", "320x240", "--rate", "1", "--workers", "0"];
  await runCli("sim", "record", "--seed", "7", ...size, "-o", run1);
});
afterAll(() => rm(folder, { recursive: true }));

const QUESTION = "Is the red mug nearer to the blue tray than to the robot gripper?";

describe("spatial-reward reason", () => {
  it("prints every step of a recording's image, and writes the transcript", async () => {
    const server = await scriptedLlm(
      callsTools(
        ask("How far is the red mug from the blue tray?"),
        ask("How far is the red mug from the robot gripper?"),
      ),
      callsTools(calculate("a1 < a2")),
      callsTools(conclude("yes", "the tray is nearer")),
    );
    const output = join(folder, "transcript.json");
    const result = await runCli(
      "reason",
      run1,
      QUESTION,
      "--llm",
      `${server.url}#llm`,
      "--vlm",
      "rgbd",
      "-o",
      output,
    );
    await server.stop();
    expect(result.stdout).toMatch(
      /^Is the red mug nearer[^\n]*\n\n1\. {2}asks {6}How far[^\n]*\n {14}a1 = \d\d\.\d+ ± [\d.]+ cm\n[\s\S]*computes {2}a1 < a2\n {14}c1 = true \(100 % sure\)\n3\. {2}concludes yes\n\nyes \(100 % sure\): the tray is nearer\n$/,
    );
    expect(result.code).toBe(0);
    expect(JSON.parse(await readFile(output, "utf8"))).toMatchObject({
      question: QUESTION,
      camera: "/camera/color/image_raw/compressed",
      vlm: "rgbd",
      turns: [
        { steps: [{ kind: "ask", name: "a1", value: { shape: "quantity" } }, { name: "a2" }] },
        { steps: [{ kind: "calculate", result: { holds: true } }] },
        { steps: [{ kind: "conclude", answer: "yes" }] },
      ],
      ending: "concluded",
      answer: "yes",
      questions: 2,
      tokens: 330,
    });
  });

  it("needs no server with the planner, and a task gives it the things by name", async () => {
    const about = ["-t", "examples/tasks/pick_and_place.yaml", "--at", "2", "--json"];
    const question = "Are 2 m enough for the gripper to visit the mug first and the tray after it?";
    const { code, stdout } = await runCli("reason", run1, question, "--llm", "planner", ...about);
    expect(JSON.parse(stdout)).toMatchObject({ answer: "yes", llm: "planner" });
    expect(code).toBe(0);
  });

  it("exits with 1 where there is no answer", async () => {
    const { code, stdout } = await runCli(
      "reason",
      run1,
      "Why is there a mug?",
      "--llm",
      "planner",
    );
    expect(stdout).toMatch(/\nno answer \(unknown\): the planner knows no such question\n$/);
    expect(code).toBe(1);
  });

  it("names what is wrong with its models and inputs", async () => {
    const run = (...args: string[]) => runCli("reason", ...args);
    expect((await run(run1, QUESTION)).stderr).toMatch(/required option '--llm <spec>'/);
    const spec = await run(run1, QUESTION, "--llm", "gpt");
    expect(spec).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no reasoner "gpt": write http/),
    });
    const setting = await run(run1, QUESTION, "--llm", "http://127.0.0.1:9/v1#m?tool=on");
    expect(setting).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no setting tool\. Is it tools\?/),
    });
    const late = await run(run1, QUESTION, "--llm", "planner", "--at", "99");
    expect(late).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is only .* s long; --at is after its end/),
    });
  });

  it("ends in good order on Ctrl-C while the language model thinks", async () => {
    const server = (await scriptedLlm()).always(hangs);
    const running = startCli(["reason", run1, QUESTION, "--llm", `${server.url}#llm`]);
    await server.arrived(1);
    running.interrupt();
    expect(await running.done).toMatchObject({ code: 130, stderr: "interrupted\n" });
    await server.stop();
  });
});

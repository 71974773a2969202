import { afterEach, describe, expect, it } from "vitest";
import { type FakeServer, hangs } from "../../models/endpoint/FakeServer.js";
import { ask, calculate, callsTools, conclude, scriptedLlm } from "../../reason/llmServer.js";
import { scriptedVlm } from "../../support/models.js";
import { type Bench, type BenchOptions, COLOR, startBench } from "./bench.js";

const ACTION = "/spatial_reward/reason";
const QUESTION = "Is the gripper within reach of the mug?";
const servers: FakeServer[] = [];

function start(llm: string, options: BenchOptions = {}): Promise<Bench> {
  return startBench({ ...options, parameters: { llm, ...options.parameters } });
}

async function llmServer(...script: Parameters<typeof scriptedLlm>): Promise<string> {
  const server = await scriptedLlm(...script);
  servers.push(server);
  return `${server.url}#llm?retries=0`;
}

function send(bench: Bench, goal: object = {}, signal?: AbortSignal) {
  const feedback: unknown[] = [];
  const request = { question: QUESTION, camera: "", max_turns: 0, timeout: 0, ...goal };
  return bench.ros
    .sendGoal(ACTION, request, (each) => feedback.push(each), signal)
    .then((outcome) => ({ ...outcome, feedback }));
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

describe("the action reason", () => {
  it("gives feedback a turn, and the conclusion about the newest image", async () => {
    const llm = await llmServer(
      callsTools(ask("How far is the robot gripper from the red mug?"), ask("What is love?")),
      callsTools(calculate("a1 < 50 cm")),
      callsTools(conclude("yes", "it is near")),
    );
    const bench = await start(llm);
    await bench.image(1200);
    const { status, result, feedback } = await send(bench);
    expect(status).toBe("succeeded");
    expect(result).toMatchObject({
      success: true,
      message: "",
      header: { stamp: { sec: 1, nanosec: 200_000_000 }, frame_id: "camera_color_optical_frame" },
      ...{ camera: COLOR, answer: "yes", because: "it is near", confidence: 1, doubts: [] },
      ...{ ending: "concluded", model: "scripted" },
    });
    expect(JSON.parse((result as { transcript: string }).transcript)).toMatchObject({
      question: QUESTION,
      turns: [{}, {}, {}],
    });
    expect(feedback).toMatchObject([
      {
        turn: 1,
        steps: [
          { kind: "ask", name: "a1", valid: true, value: 0.3, sigma: 0.005, unit: "m" },
          { kind: "ask", said: "What is love?" },
        ],
        text: expect.stringMatching(/^1\. {2}asks {6}How far/),
      },
      {
        turn: 2,
        steps: [{ kind: "calculate", said: "a1 < 50 cm", value: 1, sigma: 0, unit: "1" }],
      },
      { turn: 3, steps: [{ kind: "conclude", said: "yes", valid: false }] },
    ]);
  });

  it("is served while there is a language model", async () => {
    const bench = await start("");
    expect(bench.ros.actions).toEqual([]);
    expect(await bench.set("llm", "gpt")).toMatchObject({
      successful: false,
      reason: expect.stringMatching(/^llm: reasoner spec: no reasoner "gpt"/),
    });
    expect(await bench.set("llm", "planner")).toMatchObject({ successful: true });
    expect(bench.ros.actions).toEqual([ACTION]);
    expect(await bench.set("llm", "")).toMatchObject({ successful: true });
    expect(bench.ros.actions).toEqual([]);
  });

  it("is not served where the language model cannot be, and the node lives on", async () => {
    const bench = await start("gpt");
    expect(bench.ros.actions).toEqual([]);
    expect(bench.ros.logsAt("error")).toEqual([expect.stringMatching(/^llm: .*is not available$/)]);
    await bench.image(1000);
    expect(bench.annotations).toHaveLength(1);
  });

  it("aborts with the reason where the node cannot answer", async () => {
    const bench = await start("planner", { parameters: { autostart: false } });
    const messageOf = async (goal: object = {}) => {
      const { status, result } = await send(bench, goal);
      expect(status).toBe("aborted");
      return (result as { message: string }).message;
    };
    expect(await messageOf()).toMatch(/unconfigured: ros2 lifecycle set/);
    await bench.node.transition("configure");
    expect(await messageOf()).toMatch(/inactive/);
    await bench.node.transition("activate");
    await bench.settle();
    expect(await messageOf()).toBe(`no image of the camera ${COLOR} has been received yet`);
    await bench.image(1000);
    expect(await messageOf({ question: " " })).toBe("the question is empty: give question");
    expect(await messageOf({ camera: "left" })).toMatch(/no camera "left"/);
    expect(await messageOf({ question: "Why?" })).toBe(
      "unknown: the planner knows no such question",
    );
  });

  it("keeps the limits of the goal", async () => {
    const bench = await start(
      await llmServer(callsTools(calculate("1")), callsTools(calculate("2"))),
    );
    await bench.image(1000);
    const { result } = await send(bench, { max_turns: 1 });
    expect(result).toMatchObject({
      ending: "turn_limit",
      message: "turn limit: no conclusion in 1 turns",
    });
    const slow = await start(await llmServer(hangs));
    await slow.image(1000);
    expect((await send(slow, { timeout: 0.1 })).result).toMatchObject({ ending: "time_limit" });
  });

  it("ends at once when it is cancelled, and when the node is deactivated", async () => {
    const bench = await start(await llmServer(hangs, hangs));
    await bench.image(1000);
    const cancel = new AbortController();
    const cancelled = send(bench, {}, cancel.signal);
    await servers[0]!.arrived(1);
    cancel.abort(new Error("the goal was canceled"));
    expect(await cancelled).toMatchObject({
      status: "canceled",
      result: { success: false, message: "the goal was canceled" },
    });
    const interrupted = send(bench);
    await servers[0]!.arrived(2);
    await bench.node.transition("deactivate");
    expect(await interrupted).toMatchObject({
      status: "aborted",
      result: { message: "the node was deactivated meanwhile" },
    });
  });

  it("says when too many ask, and when the model fails", async () => {
    const bench = await start(await llmServer(hangs, hangs, hangs, hangs));
    await bench.image(1000);
    const cancel = new AbortController();
    const running = [1, 2, 3, 4].map(() => send(bench, {}, cancel.signal));
    await servers[0]!.arrived(4);
    expect((await send(bench)).result).toMatchObject({
      message: "4 questions are already in progress: ask later",
    });
    cancel.abort(new Error("enough"));
    await Promise.all(running);
    const broken = await start("planner", {
      vlm: scriptedVlm(() => Promise.reject(new Error("out of memory"))),
    });
    await broken.image(1000);
    expect((await send(broken, { question: "How wide is the red mug?" })).result).toMatchObject({
      message: "the model scripted failed: out of memory",
    });
  });
});

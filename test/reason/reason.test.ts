import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { FrameError } from "../../src/camera/index.js";
import { rgbd } from "../../src/models/index.js";
import {
  createReasoner,
  planner,
  type ReasonOptions,
  reason,
  type Transcript,
  type Turn,
} from "../../src/reason/index.js";
import {
  dropsConnection,
  type FakeServer,
  hangs,
  raw,
  says,
} from "../models/endpoint/FakeServer.js";
import { frameOf } from "../support/frames.js";
import { scriptedVlm } from "../support/models.js";
import { ask, calculate, call, callsTools, conclude, scriptedLlm } from "./llmServer.js";
import { type TestScene, testScene } from "./scene.js";

const QUESTION = "Is the red mug nearer to the blue tray than to the robot gripper?";
const TO_TRAY = "How far is the red mug from the blue tray?";
const TO_GRIPPER = "How far is the red mug from the robot gripper?";
const never = new AbortController().signal;

let scene: TestScene;
beforeAll(async () => {
  scene = await testScene();
});

const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

type Script = Parameters<typeof scriptedLlm>;
type Options = Partial<ReasonOptions> & { readonly tools?: string; readonly signal?: AbortSignal };

/** Reasons about the simulated scene with a scripted language model and `rgbd` as the eye. */
async function reasonWith(
  script: Script,
  options: Options = {},
): Promise<Transcript & { server: FakeServer }> {
  const server = await scriptedLlm(...script);
  servers.push(server);
  const { tools = "auto", signal = never, ...rest } = options;
  const spec = `${server.url}#llm?backoff_s=0&retries=1&tools=${tools}`;
  const reasoner = await createReasoner(spec, signal);
  const { frame, objects, support } = scene;
  const vlm = rgbd();
  const transcript = await reason(
    QUESTION,
    { frame, vlm, reasoner, objects, support, ...rest },
    signal,
  );
  return { ...transcript, server };
}

function told({ turns }: Transcript): string {
  return turns.flatMap(({ steps }) => steps.map((step) => step.told)).join("\n");
}

describe("reason, with a language model that calls tools", () => {
  it("asks the eye, calculates with sigma, and concludes", async () => {
    const heard: Turn[] = [];
    const { turns, server, ...transcript } = await reasonWith(
      [
        callsTools(ask(TO_TRAY), ask(TO_GRIPPER)),
        callsTools(calculate("a1 < a2"), calculate("a1 - a2")),
        callsTools(conclude("no", "the gripper is nearer")),
      ],
      { onTurn: (turn) => heard.push(turn) },
    );
    const trueM = scene.distanceM("the red mug", "the blue tray");
    const [first] = turns[0]!.steps;
    if (first?.kind !== "ask" || first.answer.value?.shape !== "quantity") throw new Error();
    expect(first.name).toBe("a1");
    expect(Math.abs(first.answer.value.valueM - trueM)).toBeLessThan(0.02);
    expect(turns[1]!.steps.map((step) => step.told)).toEqual([
      "c1 = false (100 % sure)",
      expect.stringMatching(/^c2 = \d+(\.\d)? ± \d+(\.\d)? cm$/),
    ]);
    expect(transcript).toMatchObject({
      ending: "concluded",
      conclusion: { answer: "no", because: "the gripper is nearer", confidence: 1, doubts: [] },
      reasoner: `llm@${server.host}`,
      vlm: "rgbd",
    });
    expect(heard).toEqual(turns);
    expect(turns.map(({ tokens }) => tokens)).toEqual([110, 110, 110]);
  });

  it("never shows it the image, and tells it the things by name", async () => {
    const { server } = await reasonWith([callsTools(conclude("unknown"))]);
    const sent = JSON.stringify(server.seen[0]!.body);
    expect(sent).not.toMatch(/image_url|base64/);
    expect(scene.objects.length).toBeGreaterThan(3);
    for (const { phrase } of scene.objects) expect(sent).toContain(`- ${phrase}\\n`);
    expect(server.seen[0]!.body.tools).toHaveLength(3);
  });

  it("sends every call back with its result", async () => {
    const { server } = await reasonWith([
      callsTools(ask(TO_TRAY), call("look", "{}")),
      callsTools(conclude("unknown")),
    ]);
    const [, , said, answer, problem] = server.seen[1]!.body.messages;
    expect(said.tool_calls.map((each: { id: string }) => each.id)).toEqual([
      answer.tool_call_id,
      problem.tool_call_id,
    ]);
    expect(answer.content).toMatch(/^a1 = \d\d.* cm$/);
    expect(problem.content).toBe(
      "not done: there is no tool look; there are ask, calculate, conclude",
    );
  });

  it("takes `unknown` for an honest end", async () => {
    const { ending, detail, conclusion } = await reasonWith([
      callsTools(conclude("Unknown", "the eye refused")),
    ]);
    expect({ ending, detail, conclusion }).toEqual({
      ending: "unknown",
      detail: "the eye refused",
    });
  });
});

describe("reason, with a language model that fails", () => {
  it("ends one that goes in circles", async () => {
    const again = callsTools(ask(TO_TRAY), calculate("a1 < 1 m"));
    const transcript = await reasonWith([again, again, again, again, again]);
    expect(transcript).toMatchObject({ ending: "loop", turns: { length: 4 } });
    expect(transcript.turns[2]!.remark).toMatch(/circles/);
    expect(told(transcript)).toMatch(/asked before: a1/);
  });

  it("tells one that asks nonsense what is wrong, and lets it do better", async () => {
    const transcript = await reasonWith([
      callsTools(ask("How far is the red mug from the unicorn?"), ask("What is love?"), ask(" ")),
      callsTools(
        calculate("a1 + "),
        calculate("import(1)"),
        calculate("1 / 0"),
        calculate("a1 < 3 cm"),
      ),
      callsTools(ask(TO_TRAY)),
      callsTools(conclude("no")),
    ]);
    const [first, second] = transcript.turns.map(({ steps }) => steps.map((step) => step.told));
    expect(first![0]).toMatch(/"the unicorn" is not one of the known objects: the robot gripper, /);
    expect(first![1]).toMatch(/unsupported_question.*words of the listed kinds/);
    expect(first![2]).toMatch(/^not done: ask: question: /);
    expect(second![0]).toMatch(/not an expression/);
    expect(second![1]).toMatch(/unknown function "import"/);
    expect(second![2]).toMatch(/no number: a division by 0/);
    expect(second![3]).toMatch(/unknown name "a1"/);
    expect(transcript).toMatchObject({ ending: "concluded", conclusion: { doubts: [] } });
  });

  it("questions a conclusion that its own calculation contradicts, and keeps the doubt", async () => {
    const start = [
      callsTools(ask(TO_TRAY), ask(TO_GRIPPER)),
      callsTools(calculate("a1 < a2")),
      callsTools(conclude("yes", "No, it is not.")),
    ];
    const insisting = await reasonWith([...start, callsTools(conclude("yes"))]);
    expect(insisting.turns[2]!.steps[0]).toMatchObject({ kind: "rejected" });
    expect(told(insisting)).toMatch(/came out the other way.*answer and your reason disagree/);
    expect(insisting.conclusion).toMatchObject({
      answer: "yes",
      doubts: ["contradicts_calculation"],
    });
    expect(insisting.conclusion).not.toHaveProperty("confidence");
    const yielding = await reasonWith([...start, callsTools(conclude("no"))]);
    expect(yielding.conclusion).toMatchObject({ answer: "no", confidence: 1, doubts: [] });
  });

  it("rejects two conclusions at once, and one before its results were seen", async () => {
    const transcript = await reasonWith([
      callsTools(ask(TO_TRAY), conclude("yes")),
      callsTools(conclude("yes"), conclude("no")),
      callsTools(conclude("no")),
    ]);
    expect(told(transcript)).toMatch(/not yet seen the results/);
    expect(told(transcript)).toMatch(/two conclusions at once/);
    expect(transcript.conclusion?.answer).toBe("no");
  });

  it("questions a conclusion about what it never asked", async () => {
    const transcript = await reasonWith([callsTools(conclude("yes")), callsTools(conclude("yes"))]);
    expect(told(transcript)).toMatch(/nothing is known: ask first/);
    expect(transcript.conclusion?.doubts).toEqual(["ungrounded"]);
  });

  it("ends one that never concludes at the turn limit, having warned it", async () => {
    const replies = [1, 2, 3, 4].map((n) => callsTools(calculate(`${n} + 1`)));
    const { ending, detail, turns } = await reasonWith(replies, { limits: { turns: 3 } });
    expect({ ending, detail }).toEqual({
      ending: "turn_limit",
      detail: "no conclusion in 3 turns",
    });
    expect(turns.map(({ remark }) => remark)).toEqual([
      undefined,
      "This is your last turn: conclude now, with `unknown` if it must be.",
      undefined,
    ]);
  });

  it("ends at the token limit, and gives no question more than the limit of them", async () => {
    const spendthrift = [1, 2, 3].map((n) => callsTools(calculate(`${n}`)));
    const spent = await reasonWith(spendthrift, { limits: { tokens: 200 } });
    expect(spent).toMatchObject({ ending: "token_limit", turns: { length: 2 } });
    const curious = await reasonWith(
      [callsTools(ask(TO_TRAY), ask(TO_GRIPPER)), callsTools(conclude("unknown"))],
      { limits: { questions: 1 } },
    );
    expect(told(curious)).toMatch(/all 1 questions are used up/);
  });

  it("carries out a bounded number of calls a turn, and says so", async () => {
    const flood = Array.from({ length: 100 }, (_, n) => calculate(`${n}`));
    const { turns } = await reasonWith([callsTools(...flood), callsTools(conclude("unknown"))]);
    expect(turns[0]!.steps).toHaveLength(64);
    expect(turns[0]!.remark).toMatch(/^Only the first 64 calls were carried out/);
  });

  it("ends at the time limit while a server is silent", async () => {
    const { ending, detail } = await reasonWith([hangs], { limits: { timeS: 0.3 } });
    expect({ ending, detail }).toEqual({
      ending: "time_limit",
      detail: "no conclusion within 0.3 s",
    });
  });

  it("stops at once when aborted", async () => {
    const abort = new AbortController();
    const reasoning = reasonWith(
      [
        (response, request) => {
          abort.abort(new Error("enough"));
          return hangs(response, request);
        },
      ],
      { signal: abort.signal },
    );
    await expect(reasoning).rejects.toThrow("enough");
  });

  it("reads half a JSON as no call, and says so", async () => {
    const transcript = await reasonWith([
      callsTools(call("ask", '{"question": "How far is')),
      callsTools(call("ask", '{"quest": "?"}')),
      callsTools(conclude("unknown")),
    ]);
    expect(told(transcript)).toMatch(/arguments of ask are no JSON, or only the beginning of it/);
    expect(told(transcript)).toMatch(/ask: question: /);
    expect(transcript.ending).toBe("unknown");
  });

  it("survives a dropped connection, and ends when there are only such", async () => {
    const once = await reasonWith([dropsConnection, callsTools(conclude("unknown"))]);
    expect(once.ending).toBe("unknown");
    const gone = await reasonWith([callsTools(ask(TO_TRAY)), dropsConnection, dropsConnection]);
    expect(gone).toMatchObject({ ending: "reasoner_failed", turns: { length: 1 } });
    expect(gone.detail).toMatch(/dropped the connection \(2 tries\)/);
  });

  it("says what a server said that has no answer", async () => {
    const broken = await reasonWith([raw('{"choices": []}')]);
    expect(broken).toMatchObject({ ending: "reasoner_failed" });
    expect(broken.detail).toMatch(/not a chat completion/);
  });

  it("cannot reason about an image that cannot be read", async () => {
    const frame = frameOf({ stampNs: 1n, fault: "half a JPEG" });
    const options = {
      frame,
      vlm: scriptedVlm(() => 1),
      reasoner: planner(),
      objects: scene.objects,
    };
    await expect(reason(TO_TRAY, options, never)).rejects.toThrow(FrameError);
  });
});

describe("reason, with a language model that speaks plain text", () => {
  const WITHOUT_TOOLS = raw(
    '{"error": {"message": "\\"auto\\" tool choice requires --enable-auto-tool-choice"}}',
    400,
  );

  it("turns to the text protocol where the server refuses tools", async () => {
    const { server, ...transcript } = await reasonWith([
      WITHOUT_TOOLS,
      says(`ASK: ${TO_TRAY}\nASK: ${TO_GRIPPER}`),
      says("<think>ASK: no</think>**CALCULATE:** `a1 < a2`"),
      says("CONCLUDE: no | the gripper is nearer"),
    ]);
    expect(transcript).toMatchObject({
      ending: "concluded",
      conclusion: { answer: "no", because: "the gripper is nearer", confidence: 1 },
    });
    expect(server.seen.map(({ body }) => "tools" in body)).toEqual([true, false, false, false]);
    const [, , said, results] = server.seen[2]!.body.messages;
    expect(said).toEqual({ role: "assistant", content: `ASK: ${TO_TRAY}\nASK: ${TO_GRIPPER}` });
    expect(results.content).toMatch(/^RESULT of ASK: How far.*: a1 = .*\nRESULT of ASK: /);
  });

  it("turns to it where the server takes tools and its model just talks", async () => {
    const { server, ...transcript } = await reasonWith([
      says("I think the mug is nearer to the gripper."),
      says(`ASK: ${TO_TRAY}`),
      says("CONCLUDE: no"),
    ]);
    expect(transcript.ending).toBe("concluded");
    expect(server.seen[1]!.body).not.toHaveProperty("tools");
    expect(server.seen[1]!.body.messages.at(-1).content).toMatch(
      /^Nothing was called[\s\S]*CONCLUDE: <bare answer>/,
    );
  });

  it("ignores results that the model makes up, and what it concludes from them", async () => {
    const { turns, ending } = await reasonWith(
      [
        says(`ASK: ${TO_TRAY}\nRESULT of it: a1 = 5 cm\nCONCLUDE: yes`),
        says("CONCLUDE: no | a1 is large"),
      ],
      { tools: "off" },
    );
    expect(turns[0]!.steps.map(({ kind }) => kind)).toEqual(["ask"]);
    expect(turns[0]!.text).toBe(`ASK: ${TO_TRAY}`);
    expect(ending).toBe("concluded");
  });

  it("says what to do where a server without tools was told to use them", async () => {
    const { detail } = await reasonWith([WITHOUT_TOOLS, WITHOUT_TOOLS], { tools: "on" });
    expect(detail).toMatch(/enable-auto-tool-choice.*tools=off/);
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chatModel } from "../../../src/models/endpoint/chatModel.js";
import { type ChatTool, RequestError } from "../../../src/models/index.js";
import { never } from "./builders.js";
import { dropsConnection, FakeServer, hangs, json, raw } from "./FakeServer.js";

const ask: ChatTool = {
  name: "ask",
  description: "asks",
  parameters: { type: "object", properties: { question: { type: "string" } } },
};

let server: FakeServer;
beforeEach(async () => {
  server = await FakeServer.start();
});
afterEach(() => server.stop());

function model(options: Partial<Parameters<typeof chatModel>[0]> = {}) {
  return chatModel({ url: server.url, model: "m", backoffS: 0, ...options });
}

function calls(...toolCalls: object[]) {
  return json({
    choices: [{ message: { content: null, tool_calls: toolCalls }, finish_reason: "tool_calls" }],
    usage: { prompt_tokens: 100, completion_tokens: 7 },
  });
}

describe("chatModel", () => {
  it("offers tools and gives the calls of them, with what they cost", async () => {
    server.next(
      calls({
        id: "c1",
        type: "function",
        function: { name: "ask", arguments: '{"question":"?"}' },
      }),
    );
    const talker = model({ maxTokens: 50 });
    const reply = await talker.reply([{ role: "user", content: "Hello" }], [ask], never);
    expect(reply).toEqual({
      text: "",
      finish: "tool_calls",
      toolCalls: [{ id: "c1", name: "ask", arguments: '{"question":"?"}' }],
      promptTokens: 100,
      completionTokens: 7,
    });
    expect(server.seen[0]!.body).toMatchObject({
      model: "m",
      max_tokens: 50,
      temperature: 0,
      tool_choice: "auto",
      tools: [{ type: "function", function: ask }],
    });
    expect(talker.usage).toMatchObject({ requests: 1, promptTokens: 100, completionTokens: 7 });
  });

  it("reads calls without an id, and with arguments that are an object", async () => {
    server.next(calls({ function: { name: "ask", arguments: { question: "?" } } }));
    const { toolCalls } = await model().reply([], [ask], never);
    expect(toolCalls).toEqual([{ id: "call_1", name: "ask", arguments: '{"question":"?"}' }]);
  });

  it("sends what was called and what came of it back", async () => {
    const toolCalls = [{ id: "c1", name: "ask", arguments: "{}" }];
    await model().reply(
      [
        { role: "assistant", content: "", toolCalls },
        { role: "tool", toolCallId: "c1", content: "0.3 m" },
      ],
      [],
      never,
    );
    const { body } = server.seen[0]!;
    expect(body.messages).toEqual([
      {
        role: "assistant",
        content: "",
        tool_calls: [{ id: "c1", type: "function", function: { name: "ask", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "c1", content: "0.3 m" },
    ]);
    expect(body).not.toHaveProperty("tools");
  });

  it("tries again after a dropped connection", async () => {
    server.next(dropsConnection);
    expect((await model().reply([], [], never)).text).toBe("0.42 m");
  });

  it("says what is wrong with a reply that is only half there", async () => {
    server.always(raw('{"choices": [{"message": {"conte'));
    await expect(model().reply([], [], never)).rejects.toThrow(
      /the response is not JSON, or is incomplete JSON/,
    );
  });

  it("advises nothing about images, of which there are none", async () => {
    const body = '{"error": {"message": "this exceeds the context length"}}';
    server.always(raw(body, 400));
    await expect(model().reply([], [], never)).rejects.toThrow(/context length$/);
  });

  it("gives up on a silent server, and ends at once when aborted", async () => {
    server.always(hangs);
    await expect(model({ timeoutS: 0.05 }).reply([], [], never)).rejects.toThrow(RequestError);
    const abort = new AbortController();
    // On a busy machine the first may have been given up before it arrived.
    const before = server.seen.length;
    const reply = model().reply([], [], abort.signal);
    await server.arrived(before + 1);
    abort.abort(new Error("enough"));
    await expect(reply).rejects.toThrow("enough");
  });

  it("names options that do not fit, and a key that is not set", () => {
    expect(() => model({ maxTokens: 0 })).toThrow(/maxTokens/);
    expect(() => model({ keyEnv: "NO_SUCH_VARIABLE" })).toThrow(/NO_SUCH_VARIABLE.*not set/);
  });
});

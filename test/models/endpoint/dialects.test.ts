import { createGzip } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endpoint } from "../../../src/models/endpoint/endpoint.js";
import type { EndpointOptions } from "../../../src/models/index.js";
import { greyFrame, howFar, leftOf, never } from "./builders.js";
import { completion, FakeServer, json, type Reply, raw, says } from "./FakeServer.js";

let server: FakeServer;
beforeEach(async () => {
  server = await FakeServer.start();
});
afterEach(() => server.stop());

function model(options: Partial<EndpointOptions> = {}) {
  return endpoint({ url: server.url, model: "m", cache: "off", backoffS: 0, ...options });
}

async function askOne(vlm = model(), question = howFar()) {
  const [answer] = await vlm.ask(await greyFrame(), [question], never);
  return answer!;
}

const chunk = (delta: object, finish: string | null = null, index = 0) =>
  `data: ${JSON.stringify({ choices: [{ index, delta, finish_reason: finish }] })}\n\n`;

describe("endpoint: bodies as servers send them", () => {
  const body = JSON.stringify(completion("0.42 m"));

  it("come in chunks that cut characters in two", async () => {
    const bytes = Buffer.from(JSON.stringify(completion("0.42 m, ± a bit – or so")));
    server.next(async (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      for (const byte of bytes) {
        await new Promise((resolve) => response.write(Buffer.of(byte), resolve));
      }
      response.end();
    });
    expect((await askOne()).text).toBe("0.42 m, ± a bit – or so");
  });

  it("come compressed", async () => {
    server.next((response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      const gzip = createGzip();
      gzip.pipe(response);
      gzip.end(body);
    });
    expect((await askOne()).value).toMatchObject({ valueM: 0.42 });
  });

  it("come slowly, but within the time-out", async () => {
    server.next(async (response) => {
      response.writeHead(200).write(body.slice(0, 20));
      await new Promise((resolve) => setTimeout(resolve, 30));
      response.end(body.slice(20));
    });
    expect((await askOne()).value).toMatchObject({ valueM: 0.42 });
  });

  it("break off compressed, and are asked for again", async () => {
    server.next((response) => {
      response.writeHead(200, { "content-encoding": "gzip", "content-length": "500" });
      response.write(Buffer.from([0x1f, 0x8b, 8, 0]), () => response.destroy());
    });
    const vlm = model();
    expect((await askOne(vlm)).value).toBeDefined();
    expect(vlm.usage.retries).toBe(1);
  });
});

describe("endpoint: servers that only stream", () => {
  const stream = [
    ": a comment to keep the line open\n\n",
    chunk({ role: "assistant", content: "" }),
    chunk({ content: "0.4" }),
    chunk({ content: "2 m" }),
    chunk({}, "stop"),
  ];
  const usage = 'data: {"choices":[],"usage":{"prompt_tokens":50,"completion_tokens":4}}\n\n';
  const streams = (...parts: string[]): Reply =>
    raw(parts.join(""), 200, { "content-type": "text/event-stream" });

  it("are read although no stream was asked for", async () => {
    server.next(streams(...stream, usage, "data: [DONE]\n\n"));
    const vlm = model();
    expect(await askOne(vlm)).toMatchObject({ text: "0.42 m", value: { valueM: 0.42 } });
    expect(vlm.usage).toMatchObject({ promptTokens: 50, completionTokens: 4 });
  });

  it("are asked for a stream where they reject anything else, from then on", async () => {
    server.always((response, request) => {
      const reply = request.body.stream
        ? streams(...stream)
        : json({ error: { message: "only stream=true is supported" } }, 400);
      return reply(response, request);
    });
    const vlm = model();
    expect((await askOne(vlm)).value).toMatchObject({ valueM: 0.42 });
    await askOne(vlm);
    expect(server.seen.map(({ body }) => body.stream)).toEqual([false, true, true]);
    expect(vlm.usage.notes).toEqual(["the server supports only streaming"]);
  });

  it("keep several choices apart", async () => {
    const mixed = [
      chunk({ content: "40" }),
      chunk({ content: "60 cm" }, "stop", 1),
      chunk({ content: " cm" }, "stop"),
    ];
    server.next(streams(...mixed));
    expect((await askOne(model({ n: 2 }))).text).toBe("40 cm | 60 cm");
  });

  it.each([
    ["ends before its answer does", [stream[1]!, stream[2]!]],
    ["is broken", [stream[1]!, "data: {half\n\n"]],
  ])("are asked again where a stream %s", async (_, parts) => {
    server.next(streams(...parts));
    const vlm = model();
    expect((await askOne(vlm)).value).toMatchObject({ valueM: 0.42 });
    expect(vlm.usage.retries).toBe(1);
  });

  it("pass on an error in the stream, as the server says it", async () => {
    server.always(streams('data: {"error":{"message":"out of memory"}}\n\n'));
    expect((await askOne()).refusal?.detail).toMatch(/: answered: out of memory$/);
  });
});

describe("endpoint: structured output", () => {
  const asJson = says('{"visible": true, "value": 42, "unit": "cm"}');

  it("that says two values is no answer", async () => {
    server.next(says('{"visible": true, "value": 42, "unit": "cm", "value": 7}'));
    expect((await askOne(model({ template: "json" }))).refusal?.reason).toBe("unclear");
  });

  it("is asked for with the form of the answer, and read", async () => {
    server.next(asJson);
    const answer = await askOne(model({ template: "json" }));
    expect(answer.value).toMatchObject({ shape: "quantity", valueM: 0.42 });
    const { type, json_schema } = server.seen[0]!.body.response_format;
    expect(type).toBe("json_schema");
    expect(json_schema.schema.required).toEqual(["visible", "value", "unit"]);
    expect(server.seen[0]!.body.messages[1].content[1].text).toContain(
      'Reply with JSON of this form: {"visible": true or false, "value": a number, "unit": "m" or',
    );
  });

  it("falls back step by step where the server takes none, and says so", async () => {
    const message = "response_format is not supported";
    server.next(json({ error: { message } }, 400), json({ error: { message } }, 422));
    server.always(asJson);
    const vlm = model({ template: "json" });
    expect((await askOne(vlm)).value).toMatchObject({ valueM: 0.42 });
    await askOne(vlm);
    expect(server.seen.map(({ body }) => body.response_format?.type)).toEqual([
      "json_schema",
      "json_object",
      undefined,
      undefined,
    ]);
    expect(vlm.usage.notes).toEqual([
      "the server does not support json_schema as response_format: json_object is requested",
      "the server does not support json_object as response_format: JSON is requested only in the prompt",
    ]);
  });

  it.each([
    ['{"visible": false, "value": 0, "unit": "m"}', { refusal: { reason: "no_object" } }],
    ['```json\n{"visible": true, "value": "0.42", "unit": "m"}\n```', { value: { valueM: 0.42 } }],
    ['{"visible": true, "value": 0.42}', { refusal: { reason: "no_unit" } }],
    ['{"distance_m": 0.42}', { value: { valueM: 0.42 } }],
    ["It is 42 cm.", { value: { valueM: 0.42 } }],
    ['{"visible": true, "value": 0.', { refusal: {} }],
  ])("reads %s", async (text, reading) => {
    server.next(says(text));
    expect(await askOne(model({ template: "json" }))).toMatchObject(reading);
  });
});

describe("endpoint: logprobs", () => {
  /** A reply with the tokens of its text, some with alternatives. */
  const tokens = (...parts: [string, Record<string, number>?][]): Reply => {
    const content = parts.map(([token, others = {}]) => ({
      token,
      logprob: -0.1,
      top_logprobs: Object.entries({ [token]: 0.5, ...others }).map(([token, probability]) => ({
        token,
        logprob: Math.log(probability),
      })),
    }));
    const message = { content: parts.map(([token]) => token).join("") };
    return json({ choices: [{ message, finish_reason: "stop", logprobs: { content } }] });
  };
  const sigmaOf = async (reply: Reply, logprobs: "on" | "off" = "on") => {
    server.next(reply);
    const { value } = await askOne(model({ logprobs }));
    return value?.shape === "quantity" ? value.sigmaM : Number.NaN;
  };

  it("widen sigma by what the model might have said instead", async () => {
    const sure = await sigmaOf(tokens(["0"], ["."], ["4"], ["2"], [" m"]));
    const unsure = await sigmaOf(
      tokens(["0"], ["."], ["4", { "5": 0.4, "3": 0.1 }], ["2"], [" m"]),
    );
    expect(unsure).toBeCloseTo(Math.sqrt(sure ** 2 + 0.4 * 0.1 ** 2 + 0.1 * 0.1 ** 2), 9);
    expect(server.seen[0]!.body).toMatchObject({ logprobs: true, top_logprobs: 5 });
  });

  it("are not asked for, nor used, unless wanted", async () => {
    const doubtful = tokens(["0.4", { "0.9": 0.4 }], [" m"]);
    const plain = await sigmaOf(says("0.4 m"), "off");
    expect(await sigmaOf(doubtful, "off")).toBe(plain);
    expect(server.seen[0]!.body).not.toHaveProperty("logprobs");
  });

  it("lower the confidence of a verdict that might have turned", async () => {
    const left = leftOf();
    server.next(tokens(["Yes", { No: 0.35, Yeah: 0.1 }], ["."]));
    const { value } = await askOne(model({ logprobs: "on" }), left);
    expect(value).toMatchObject({ yes: true, confidence: expect.closeTo(0.65, 9) });
  });

  it("are done without where the server gives none, and where its tokens are not its words", async () => {
    const message = "logprobs are not supported by this model";
    server.next(json({ error: { message } }, 400), says("0.42 m"));
    const vlm = model({ logprobs: "on" });
    expect((await askOne(vlm)).value).toMatchObject({ valueM: 0.42 });
    expect(vlm.usage.notes).toEqual(["the server does not support logprobs"]);
    const logprobs = { content: [{ token: "Ġ9", top_logprobs: [{ token: "1", logprob: -0.1 }] }] };
    server.next(json({ choices: [{ message: { content: "0.4 m" }, logprobs }] }));
    expect((await askOne(model({ logprobs: "on" }))).value).toMatchObject({ valueM: 0.4 });
  });
});

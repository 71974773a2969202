import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FrameError } from "../../../src/camera/index.js";
import { endpoint } from "../../../src/models/endpoint/endpoint.js";
import {
  DEFAULT_SYSTEM_PROMPT,
  type EndpointOptions,
  type EndpointVlm,
} from "../../../src/models/index.js";
import { frameOf, greyFrame, howFar, never } from "./builders.js";
import { FakeServer, json, says } from "./FakeServer.js";

let server: FakeServer;
beforeEach(async () => {
  server = await FakeServer.start();
});
afterEach(() => server.stop());

function model(options: Partial<EndpointOptions> = {}): EndpointVlm {
  return endpoint({ url: server.url, model: "my-model", cache: "off", backoffS: 0, ...options });
}

async function askOne(vlm: EndpointVlm, question = howFar()) {
  const [answer] = await vlm.ask(await greyFrame(), [question], never);
  return answer!;
}

describe("endpoint: what it sends", () => {
  it("posts image and question to the chat completions of the base URL", async () => {
    await askOne(model());
    const { path, body } = server.seen[0]!;
    expect(path).toBe("/v1/chat/completions");
    expect(body).toMatchObject({
      model: "my-model",
      temperature: 0,
      max_tokens: 256,
      stream: false,
    });
    expect(body.messages[0]).toEqual({ role: "system", content: DEFAULT_SYSTEM_PROMPT });
    const [image, text] = body.messages[1].content;
    expect(image.image_url.url).toMatch(/^data:image\/jpeg;base64,\/9j\//);
    expect(text).toEqual({ type: "text", text: "How far is the gripper from the red mug?" });
  });

  it("sends a JPEG that is small enough byte for byte", async () => {
    const frame = await greyFrame(90);
    await model().ask(frame, [howFar()], never);
    const url: string = server.seen[0]!.body.messages[1].content[0].image_url.url;
    const sent = Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
    expect(sent.equals(Buffer.from(frame.image.data))).toBe(true);
  });

  it("scales an image down to max_side", async () => {
    await model({ maxSide: 40 }).ask(await greyFrame(90, 80, 60), [howFar()], never);
    const url: string = server.seen[0]!.body.messages[1].content[0].image_url.url;
    const { default: sharp } = await import("sharp");
    const sent = Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
    expect(await sharp(sent).metadata()).toMatchObject({ width: 40, height: 30 });
  });

  it("puts the question into the prompt template, whatever characters it has", async () => {
    const question = howFar("Is $& or $1 nearer to {question}?");
    await askOne(model({ prompt: "Q: {question}\nA:", system: "none" }), question);
    const { messages } = server.seen[0]!.body;
    expect(messages).toHaveLength(1);
    expect(messages[0].content[1].text).toBe("Q: Is $& or $1 nearer to {question}?\nA:");
  });

  it("sends seed, temperature and extra fields where they are set", async () => {
    const extra = { chat_template_kwargs: { enable_thinking: false } };
    await askOne(model({ seed: 7, temperature: 0.2, maxTokens: 50, extra }));
    expect(server.seen[0]!.body).toMatchObject({
      seed: 7,
      temperature: 0.2,
      max_tokens: 50,
      ...extra,
    });
  });

  it("sends no seed, no n and no key where none is set", async () => {
    await askOne(model());
    expect(server.seen[0]!.body).not.toHaveProperty("seed");
    expect(server.seen[0]!.body).not.toHaveProperty("n");
    expect(server.seen[0]!.authorization).toBeUndefined();
  });

  it("says max_completion_tokens to servers that know no max_tokens, from then on", async () => {
    const message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
    server.next(json({ error: { message } }, 400));
    const vlm = model();
    expect((await askOne(vlm)).value).toBeDefined();
    await askOne(vlm);
    const fields = server.seen.map(({ body }) => "max_completion_tokens" in body);
    expect(fields).toEqual([false, true, true]);
  });
});

describe("endpoint: what it makes of answers", () => {
  it("reads metres from the words of the model", async () => {
    server.next(says("The gripper is about 42 cm from the mug."));
    const answer = await askOne(model());
    expect(answer).toMatchObject({
      text: "The gripper is about 42 cm from the mug.",
      model: `my-model@${server.host}`,
      value: { shape: "quantity", valueM: 0.42 },
    });
  });

  it.each([
    ["0.42 m", { value: { shape: "quantity", valueM: 0.42 } }],
    ["It is not visible.", { refusal: { reason: "no_object" } }],
    ["The red mug is not visible in the image.", { refusal: { reason: "no_object" } }],
  ])("reads what the system prompt asks for: %s", async (text, reading) => {
    server.next(says(text));
    expect(await askOne(model())).toMatchObject(reading);
  });

  it("keeps the order of the questions, whichever is answered first", async () => {
    let late: (() => void) | undefined;
    server.always((response, request) => {
      const question: string = request.body.messages[1].content[1].text;
      const reply = () => says(`${question} m`)(response, request);
      if (question === "1") late = reply;
      else reply();
      if (server.seen.length === 3) late?.();
    });
    const questions = ["1", "2", "3"].map(howFar);
    const answers = await model().ask(await greyFrame(), questions, never);
    expect(answers.map(({ question }) => question)).toEqual(questions);
    expect(answers.map(({ text }) => text)).toEqual(["1 m", "2 m", "3 m"]);
  });

  it("reads content that comes in parts and ignores reasoning beside it", async () => {
    const content = [
      { type: "text", text: "It is " },
      { type: "text", text: "30 cm." },
    ];
    const message = { role: "assistant", content, reasoning_content: "9 m? 8 m?" };
    server.next(json({ choices: [{ message, finish_reason: "stop" }] }));
    expect((await askOne(model())).value).toMatchObject({ valueM: 0.3 });
  });

  it("leaves out what the model thought aloud", async () => {
    server.next(says("<think>It could be 90 cm, or 2 m.</think>\n\n30 cm"));
    const answer = await askOne(model());
    expect(answer).toMatchObject({ text: "30 cm", value: { valueM: 0.3 } });
  });

  it("refuses an answer that was cut off, and says what to raise", async () => {
    server.next(json({ choices: [{ message: { content: "It is 4" }, finish_reason: "length" }] }));
    const { refusal } = await askOne(model({ maxTokens: 3 }));
    expect(refusal).toMatchObject({ reason: "unclear" });
    expect(refusal?.detail).toContain("after 3 tokens: raise max_tokens");
  });

  it("passes on that the model declined", async () => {
    const message = { content: null, refusal: "I cannot help with that." };
    server.next(json({ choices: [{ message, finish_reason: "stop" }] }));
    const { refusal } = await askOne(model());
    expect(refusal).toEqual({ reason: "refused", detail: "I cannot help with that." });
  });

  it("rejects with a FrameError where the image cannot be read, and asks nothing", async () => {
    const broken = frameOf(new Uint8Array([0xff, 0xd8, 0xff, 1, 2, 3]));
    await expect(model().ask(broken, [howFar()], never)).rejects.toBeInstanceOf(FrameError);
    expect(server.seen).toHaveLength(0);
  });

  it("counts requests and tokens", async () => {
    const vlm = model();
    await vlm.ask(await greyFrame(), [howFar("A?"), howFar("B?")], never);
    expect(vlm.usage).toMatchObject({
      requests: 2,
      retries: 0,
      failures: 0,
      promptTokens: 200,
      completionTokens: 14,
    });
  });
});

describe("endpoint: several samples", () => {
  it("averages the choices of one request", async () => {
    server.next(says("40 cm", "50 cm", "60 cm"));
    const answer = await askOne(model({ n: 3 }));
    expect(answer.value).toMatchObject({ valueM: expect.closeTo(0.5, 9) });
    expect(answer.text).toBe("40 cm | 50 cm | 60 cm");
    expect(server.seen.map(({ body }) => body.n)).toEqual([3]);
  });

  it("samples at temperature 0.7 unless told otherwise", async () => {
    server.always(says("1 m", "1 m"));
    await askOne(model({ n: 2 }));
    await askOne(model({ n: 2, temperature: 0.3 }));
    expect(server.seen.map(({ body }) => body.temperature)).toEqual([0.7, 0.3]);
  });

  it("asks again where fewer choices come back, each time with another seed", async () => {
    server.next(says("40 cm"), says("50 cm"), says("60 cm"));
    const answer = await askOne(model({ n: 3, seed: 10 }));
    expect(answer.value).toMatchObject({ valueM: expect.closeTo(0.5, 9) });
    expect(server.seen.map(({ body }) => body.n)).toEqual([3, undefined, undefined]);
    const seeds = server.seen.map(({ body }) => body.seed);
    expect(new Set(seeds).size).toBe(3);
  });

  it("asks for single answers from the start once the server has given only one", async () => {
    const vlm = model({ n: 2 });
    await askOne(vlm);
    await askOne(vlm);
    expect(server.seen.map(({ body }) => body.n)).toEqual([2, undefined, undefined, undefined]);
  });

  it("asks one by one where the server rejects n", async () => {
    const message = "Only one completion choice is allowed";
    server.next(json({ error: { message } }, 400), says("40 cm"), says("60 cm"));
    const answer = await askOne(model({ n: 2 }));
    expect(answer.value).toMatchObject({ valueM: expect.closeTo(0.5, 9) });
  });

  it("takes no more choices than it asked for", async () => {
    server.next(says("40 cm", "9 m"));
    expect((await askOne(model())).value).toMatchObject({ valueM: 0.4 });
  });

  it("leaves out samples without a value while most have one", async () => {
    server.next(says("40 cm", "no idea", "60 cm"));
    expect((await askOne(model({ n: 3 }))).value).toMatchObject({ valueM: expect.closeTo(0.5, 9) });
  });

  it("refuses where half of the samples have no value", async () => {
    server.next(says("40 cm", "120 pixels"));
    const { refusal } = await askOne(model({ n: 2 }));
    expect(refusal).toMatchObject({ reason: "pixels" });
    expect(refusal?.detail).toContain("1 of 2 samples");
  });

  it("averages what came when some of the requests failed", async () => {
    server.next(says("40 cm"), json({ error: "no" }, 404), says("60 cm"));
    const answer = await askOne(model({ n: 3, concurrency: 1 }));
    expect(answer.value).toMatchObject({ valueM: expect.closeTo(0.5, 9) });
  });
});

describe("endpoint: its identity", () => {
  it("has a fingerprint of all that can change an answer and of nothing else", () => {
    const base = model().fingerprint;
    const changing: Partial<EndpointOptions>[] = [
      { model: "other" },
      { n: 2 },
      { temperature: 1 },
      { seed: 1 },
      { maxTokens: 9 },
      { maxSide: 99 },
      { quality: 9 },
      { system: "none" },
      { prompt: "Q: {question}" },
      { extra: { top_p: 0.5 } },
    ];
    const changed = changing.map((options) => model(options).fingerprint);
    expect(new Set([base, ...changed]).size).toBe(changing.length + 1);
    const same = model({ concurrency: 9, timeoutS: 1, retries: 0, breakerAfter: 2 });
    expect(same.fingerprint).toBe(base);
  });

  it("needs no part of a frame beside the image", () => {
    expect(model()).toMatchObject({ needs: [], concurrency: 4, id: `my-model@${server.host}` });
  });

  it("cannot be asked after it was closed", async () => {
    const vlm = model();
    await vlm.close();
    await expect(askOne(vlm)).rejects.toThrow("closed");
  });
});

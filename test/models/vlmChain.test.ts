import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { mulberry32 } from "../../src/base/index.js";
import { FrameError } from "../../src/camera/index.js";
import type { SpatialQuestion } from "../../src/language/index.js";
import { endpoint } from "../../src/models/endpoint/endpoint.js";
import { createVlm, type EndpointOptions, rgbd, vlmChain } from "../../src/models/index.js";
import { frameOf, greyFrame, howFar, never } from "./endpoint/builders.js";
import { FakeServer, hangs, json, says } from "./endpoint/FakeServer.js";
import { A, B, question, twoThings } from "./rgbd/scenes.js";

let server: FakeServer;
beforeEach(async () => {
  server = await FakeServer.start();
});
afterEach(() => server.stop());

function model(name: string, options: Partial<EndpointOptions> = {}) {
  const settings = { cache: "off", backoffS: 0, retries: 0, ...options };
  return endpoint({ url: server.url, model: name, ...settings });
}

const asked = () => server.seen.map(({ body }) => body.model);

describe("a chain of models", () => {
  it("asks the first, and no other while that answers", async () => {
    const [answer] = await vlmChain([model("fast"), model("careful")]).ask(
      await greyFrame(),
      [howFar()],
      never,
    );
    expect(answer).toMatchObject({ model: `fast@${server.host}`, value: { valueM: 0.42 } });
    expect(asked()).toEqual(["fast"]);
  });

  it("asks the next only what the one before refused, and says who answered what", async () => {
    server.always((response, { body }) => {
      const text: string = body.messages[1].content[1].text;
      const fails = body.model === "fast" && text.startsWith("Second");
      return says(fails ? "I cannot tell." : "0.3 m")(response, {
        path: "",
        authorization: undefined,
        body,
      });
    });
    const questions = [howFar("First?"), howFar("Second?"), howFar("Third?")];
    const chain = vlmChain([model("fast"), model("careful")]);
    const answers = await chain.ask(await greyFrame(), questions, never);
    expect(answers.map(({ model }) => model.split("@")[0])).toEqual(["fast", "careful", "fast"]);
    expect(answers.map(({ question }) => question)).toEqual(questions);
    expect(asked().filter((name) => name === "careful")).toHaveLength(1);
  });

  it("takes no words for surer than a measurement that errs less than such words do", async () => {
    const value = { shape: "quantity", valueM: 0.4, sigmaM: 0.06 } as const;
    const said = { text: "", model: "ruler", latencyMs: 0, value };
    const ruler = {
      ...rgbd(),
      ask: async (_: unknown, questions: readonly SpatialQuestion[]) =>
        questions.map((question) => ({ question, ...said })),
    };
    server.always(says("0.35 m"));
    const chain = vlmChain([ruler, model("wordy")], { maxSigma: 0.05 });
    const [answer] = await chain.ask(await greyFrame(), [howFar()], never);
    expect(server.seen).toHaveLength(1);
    expect(answer).toMatchObject({ model: "ruler", value });
  });

  it("measures with rgbd where the server is down", async () => {
    const { frame } = twoThings(mulberry32(21));
    server.always(json({ error: "down" }, 500));
    const chain = vlmChain([model("fast"), rgbd()]);
    const asked = question("distance", A, B);
    const [answer] = await chain.ask(frame, [asked], never);
    const [alone] = await rgbd().ask(frame, [asked], never);
    expect(answer).toMatchObject({ model: "rgbd", value: alone!.value });
  });

  it.each([
    [{ maxSigma: 0.05 }, "about 3 m", "careful"],
    [{ maxSigma: 0.05 }, "0.42 m", "fast"],
    [{ maxSigmaRatio: 0.05 }, "about 42 cm", "careful"],
    [{ maxSigmaRatio: 0.05, maxSigma: 0.2 }, "about 42 cm", "fast"],
    [{}, "about 3 m", "fast"],
  ])("asks on where a length is doubtful: %j, %s", async (settings, text, who) => {
    server.next(says(text));
    const chain = vlmChain([model("fast"), model("careful")], settings);
    const [answer] = await chain.ask(await greyFrame(), [howFar()], never);
    expect(answer!.model).toBe(`${who}@${server.host}`);
  });

  it("asks on where a verdict is doubtful", async () => {
    server.next(says("Maybe yes."), says("No."));
    const chain = vlmChain([model("fast"), model("careful")], { minConfidence: 0.7 });
    const [answer] = await chain.ask(await greyFrame(), [question("left_predicate", A, B)], never);
    expect(answer!.value).toMatchObject({ yes: false });
  });

  it("takes the least doubtful answer where none is sure", async () => {
    server.next(says("about 40 cm"), says("between 30 and 50 cm"));
    const chain = vlmChain([model("fast"), model("careful")], { maxSigma: 0.001 });
    const [answer] = await chain.ask(await greyFrame(), [howFar()], never);
    expect(answer).toMatchObject({ model: `fast@${server.host}`, value: { valueM: 0.4 } });
  });

  it("tells what each said where all refuse; one that may pass decides the reason", async () => {
    server.next(says("120 pixels"), json({ error: "down" }, 500));
    const chain = vlmChain([model("fast"), model("careful")]);
    const [answer] = await chain.ask(await greyFrame(), [howFar()], never);
    expect(answer!.refusal!.reason).toBe("transport");
    expect(answer!.refusal!.detail).toMatch(
      /^fast@.*: pixels: .*; careful@.*: transport: .*HTTP 500/,
    );
  });

  it("asks on where a model fails altogether", async () => {
    const broken = {
      ...model("broken"),
      id: "broken",
      ask: () => Promise.reject(new Error("died")),
    };
    const chain = vlmChain([
      { ...broken, fingerprint: "", concurrency: 1, needs: [] },
      model("fast"),
    ]);
    const [answer] = await chain.ask(await greyFrame(), [howFar()], never);
    expect(answer!.model).toBe(`fast@${server.host}`);
  });

  it("fails on the frame where all its models do", async () => {
    const frame = frameOf(new Uint8Array([0xff, 0xd8, 0xff, 1]));
    const asking = vlmChain([model("fast"), model("careful")]).ask(frame, [howFar()], never);
    await expect(asking).rejects.toBeInstanceOf(FrameError);
  });

  it("ends with the signal, and asks no other model then", async () => {
    server.always(hangs);
    const abort = new AbortController();
    const asking = vlmChain([model("fast"), model("careful")]).ask(
      await greyFrame(),
      [howFar()],
      abort.signal,
    );
    await server.arrived(1);
    abort.abort(new Error("enough"));
    await expect(asking).rejects.toThrow("enough");
    await vi.waitFor(() => expect(server.inFlight).toBe(0), { timeout: 60_000 });
    expect(asked()).toEqual(["fast"]);
  });

  it("needs what all its models need, and is told from other chains", () => {
    const chain = vlmChain([model("fast"), rgbd()]);
    expect(chain).toMatchObject({ needs: [], id: `fast@${server.host}|rgbd` });
    expect(vlmChain([rgbd(), rgbd()]).needs).toEqual(["depth", "info"]);
    const prints = [
      chain,
      vlmChain([rgbd(), model("fast")]),
      vlmChain([model("fast"), rgbd()], { maxSigma: 1 }),
    ];
    expect(new Set(prints.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });

  it("costs what its models cost together", async () => {
    server.next(says("120 pixels"));
    const chain = vlmChain([model("fast", { priceIn: 10 }), model("careful"), rgbd()]);
    await chain.ask(await greyFrame(), [howFar()], never);
    expect(chain.usage).toMatchObject({ requests: 2, promptTokens: 200, cost: 0.001 });
    expect(vlmChain([rgbd()]).usage).toBeUndefined();
  });

  it("is made from a spec", async () => {
    server.always(json({ error: "down" }, 500));
    const { frame } = twoThings(mulberry32(21));
    const spec = `${server.url}#fast?cache=off&retries=0|rgbd`;
    const chain = await createVlm(spec);
    const [answer] = await chain.ask(frame, [question("distance", A, B)], never);
    expect(answer!.model).toBe("rgbd");
  });
});

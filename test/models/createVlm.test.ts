import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { UserError } from "../../src/base/index.js";
import {
  createVlm,
  registerVlm,
  type VlmContext,
  type VlmSpec,
  VlmSpecError,
  wrapVlm,
} from "../../src/models/index.js";
import { describeVlms } from "../../src/models/specs.js";
import { greyFrame, howFar, never } from "./endpoint/builders.js";
import { FakeServer, hangs, json, raw } from "./endpoint/FakeServer.js";

const made: Array<{ settings: object; spec: VlmSpec; context: VlmContext }> = [];
const stub = wrapVlm({
  id: "stub",
  fingerprint: "stub",
  concurrency: 1,
  needs: [],
  ask: async () => [],
  close: async () => undefined,
});
registerVlm("stub", {
  usage: "stub",
  summary: "a model of this test",
  settings: z.object({
    pointCount: z.coerce.number().int().min(1).max(9).default(3).describe("how many points"),
    mode: z.enum(["fast", "good"]).default("good").describe("how well"),
  }),
  create(settings, spec, context) {
    made.push({ settings, spec, context });
    return stub;
  },
});

async function errorOf(spec: string): Promise<UserError> {
  const error = await createVlm(spec).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe("createVlm", () => {
  it("takes no word for the cache that would become a folder by mistake", async () => {
    const { message } = await errorOf("http://127.0.0.1:9/v1?cache=false#m");
    expect(message).toContain("must be on, off, or the path of a folder");
  });

  it("makes a backend's model with its settings, their defaults and the context", async () => {
    const { signal } = new AbortController();
    expect(await createVlm(" stub?point_count=5 ", { signal })).toBe(stub);
    expect(made.at(-1)).toMatchObject({
      settings: { pointCount: 5, mode: "good" },
      spec: { name: "stub", target: "stub" },
      context: { signal },
    });
  });

  it("names the nearest backend and lists all where one is unknown", async () => {
    const error = await errorOf("stubb");
    expect(error).toBeInstanceOf(VlmSpecError);
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain("Is it stub?");
    expect(error.message).toContain("  stub: a model of this test");
    expect(error.message).toContain("http://HOST:PORT/v1[#MODEL]");
  });

  it("takes what cannot be a path for no folder", async () => {
    for (const text of ["m\0", "m/".repeat(3000), "m".repeat(300)]) {
      expect(await errorOf(text)).toBeInstanceOf(VlmSpecError);
    }
  });

  it("says how to write a server whose scheme is missing", async () => {
    expect((await errorOf("127.0.0.1:8000/v1")).message).toContain(
      "For a server write http://127.0.0.1:8000/v1.",
    );
  });

  it("names the nearest setting and lists all where one is unknown", async () => {
    const { message } = await errorOf("stub?pointcount=5");
    expect(message).toBe(
      "model spec: stub has no setting pointcount. Is it point_count? Its settings: point_count, mode",
    );
  });

  it("names every setting whose value does not fit", async () => {
    const { message } = await errorOf("stub?point_count=77&mode=best");
    expect(message).toMatch(/point_count: .*9/);
    expect(message).toMatch(/mode: .*fast/);
  });

  it.each(["stub?mode=", "stub?mode"])("refuses a setting without a value: %s", async (spec) => {
    expect((await errorOf(spec)).message).toContain("the setting mode has no value");
  });

  it("refuses a setting that is given twice", async () => {
    expect((await errorOf("stub?mode=fast&mode=good")).message).toContain("mode is given twice");
  });

  it("repeats no key that someone puts into a spec", async () => {
    const error = await errorOf("http://127.0.0.1:8000/v1#m?api_key=sk-12345678");
    expect(error.message).toContain("read from an environment variable");
    expect(inspect(error)).not.toContain("sk-12345678");
  });

  it("refuses a backend's name that is taken", () => {
    const factory = { usage: "", summary: "", settings: z.object({}), create: () => stub };
    expect(() => registerVlm("stub", factory)).toThrow("already registered");
  });
});

describe("describeVlms", () => {
  it("tells name, default, values and meaning of each setting", () => {
    expect(describeVlms().find(({ names }) => names.includes("stub"))).toEqual({
      names: ["stub"],
      usage: "stub",
      summary: "a model of this test",
      settings: [
        {
          name: "point_count",
          description: "how many points",
          default: "3",
          values: "integer 1..9",
        },
        { name: "mode", description: "how well", default: "good", values: "fast | good" },
      ],
    });
  });

  it("has a description of every setting of every backend", () => {
    const settings = describeVlms().flatMap((vlm) => vlm.settings);
    expect(settings.length).toBeGreaterThan(10);
    for (const setting of settings) expect(setting.description).not.toBe("");
  });
});

describe("createVlm with a server's URL", () => {
  let server: FakeServer;
  beforeEach(async () => {
    server = await FakeServer.start();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await server.stop();
  });

  const models = (...ids: string[]) => json({ object: "list", data: ids.map((id) => ({ id })) });

  it("makes the endpoint's model, and asks it nothing yet", async () => {
    const vlm = await createVlm(`${server.url}#Qwen/Qwen2.5-VL-7B-Instruct?n=4&max_side=768`);
    expect(vlm.id).toBe(`Qwen/Qwen2.5-VL-7B-Instruct@${server.host}`);
    expect(vlm.fingerprint).toContain('"n":4');
    expect(vlm.fingerprint).toContain('"maxSide":768');
    expect(server.seen).toHaveLength(0);
  });

  it("takes settings before the model, too, and models with a colon", async () => {
    const vlm = await createVlm(`${server.url}?seed=3&cache=off#qwen2.5vl:7b`);
    expect(vlm.id).toBe(`qwen2.5vl:7b@${server.host}`);
    await vlm.ask(await greyFrame(), [howFar()], never);
    expect(server.seen[0]!.body).toMatchObject({ model: "qwen2.5vl:7b", seed: 3 });
    expect(vlm.usage?.requests).toBe(1);
  });

  it("takes JSON for extra fields and URL-encoded prompts", async () => {
    const extra = encodeURIComponent('{"chat_template_kwargs":{"enable_thinking":false}}');
    const prompt = encodeURIComponent("Look & say: {question}");
    const vlm = await createVlm(`${server.url}#m?cache=off&extra=${extra}&prompt=${prompt}`);
    await vlm.ask(await greyFrame(), [howFar("A?")], never);
    const { body } = server.seen[0]!;
    expect(body.chat_template_kwargs).toEqual({ enable_thinking: false });
    expect(body.messages[1].content[1].text).toBe("Look & say: A?");
  });

  it("takes the server's only model where none is named", async () => {
    vi.stubEnv("SPATIAL_REWARD_API_KEY", "sk-local-12345");
    server.next(models("the-one"));
    expect((await createVlm(server.url)).id).toBe(`the-one@${server.host}`);
    expect(server.seen[0]).toMatchObject({
      path: "/v1/models",
      authorization: "Bearer sk-local-12345",
    });
  });

  it("lists the models as specs where the server has several", async () => {
    server.next(models("a", "b"));
    const { message } = await errorOf(server.url);
    expect(message).toContain("the server has several models");
    expect(message).toContain(`  ${server.url}#a\n  ${server.url}#b`);
  });

  it.each([
    ["has none", models(), "no model loaded"],
    ["answers with a web page", raw("<html></html>"), "web page"],
    ["answers with another JSON", json({}), "without a list of models"],
    ["wants a key", json({ error: "who are you?" }, 401), "SPATIAL_REWARD_API_KEY"],
  ])("says so where the server %s", async (_, reply, words) => {
    server.next(reply);
    expect((await errorOf(server.url)).message).toContain(words);
  });

  it("stops asking for models when aborted", async () => {
    server.always(hangs);
    const abort = new AbortController();
    const made = createVlm(server.url, { signal: abort.signal });
    await server.arrived(1);
    abort.abort(new Error("enough"));
    await expect(made).rejects.toThrow("enough");
  });

  it("must find the key where the spec names its variable", async () => {
    vi.stubEnv("MY_KEY", undefined);
    expect((await errorOf(`${server.url}#m?key_env=MY_KEY`)).message).toContain("MY_KEY");
  });

  it.each([
    ["http://me:hunter22@host/v1#m", "user names and passwords"],
    ["http://#m", "not an http or https URL"],
  ])("refuses %s", async (spec, words) => {
    const error = await errorOf(spec);
    expect(error.message).toContain(words);
    expect(inspect(error)).not.toContain("hunter22");
  });
});

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CameraFrame } from "../../../src/camera/index.js";
import { endpoint } from "../../../src/models/endpoint/endpoint.js";
import type { EndpointOptions, EndpointVlm } from "../../../src/models/index.js";
import { greyFrame, howFar, never } from "./builders.js";
import { FakeServer, hangs, json, says } from "./FakeServer.js";

let server: FakeServer;
let folder: string;
beforeEach(async () => {
  server = await FakeServer.start();
  folder = await mkdtemp(join(tmpdir(), "srb-cache-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

function model(options: Partial<EndpointOptions> = {}): EndpointVlm {
  const { url } = server;
  return endpoint({ url, model: "my-model", cache: folder, backoffS: 0, retries: 0, ...options });
}

async function ask(vlm: EndpointVlm, frame?: CameraFrame, text?: string, signal = never) {
  const [answer] = await vlm.ask(frame ?? (await greyFrame()), [howFar(text)], signal);
  return answer!;
}

describe("endpoint: answers on disk", () => {
  it("asks the server once for the same image and question, also in a later run", async () => {
    const first = await ask(model());
    const later = model();
    const second = await ask(later);
    expect(server.seen).toHaveLength(1);
    expect({ ...second, latencyMs: 0 }).toEqual({ ...first, latencyMs: 0 });
    expect(later.usage).toMatchObject({ requests: 0, cacheHits: 1 });
  });

  it("asks anew for another image, question, model or setting", async () => {
    await ask(model());
    await ask(model(), await greyFrame(60));
    await ask(model(), undefined, "And from the left?");
    await ask(model({ model: "other" }));
    await ask(model({ seed: 3 }));
    await ask(model({ prompt: "{question} Think." }));
    expect(server.seen).toHaveLength(6);
  });

  it("keeps all samples of an answer", async () => {
    server.next(says("40 cm", "60 cm"));
    await ask(model({ n: 2 }));
    const again = await ask(model({ n: 2 }));
    expect(again.value).toMatchObject({ valueM: expect.closeTo(0.5, 9) });
    expect(server.seen).toHaveLength(1);
  });

  it("keeps an answer that says nothing: the model would say it again", async () => {
    server.next(says("It is 120 pixels."));
    await ask(model());
    expect((await ask(model())).refusal?.reason).toBe("pixels");
    expect(server.seen).toHaveLength(1);
  });

  it("keeps no failure", async () => {
    server.next(json({ error: "down" }, 500));
    expect((await ask(model())).refusal?.reason).toBe("transport");
    expect((await ask(model())).value).toBeDefined();
  });

  it("keeps nothing where a part of the samples failed", async () => {
    server.next(says("40 cm"), json({ error: "no" }, 404));
    await ask(model({ n: 2 }));
    server.always(says("40 cm", "60 cm"));
    expect((await ask(model({ n: 2 }))).text).toBe("40 cm | 60 cm");
  });

  it.each([
    ["content-v2", "destroyed content"],
    ["index-v5", "a destroyed index"],
  ])("replaces damaged entries (%s)", async (part) => {
    await ask(model());
    await overwriteFiles(join(folder, part));
    expect((await ask(model())).value).toBeDefined();
    expect(server.seen).toHaveLength(2);
    await ask(model());
    expect(server.seen).toHaveLength(2);
  });

  it("replaces an entry that is whole but holds something else", async () => {
    const { AnswerCache } = await import("../../../src/models/endpoint/AnswerCache.js");
    await ask(model());
    const [key] = await keysIn(folder);
    const cache = new AnswerCache(folder);
    for (const text of ["{}", "[]", "no JSON", '[{"text":1}]']) {
      await cache.set(key!, text);
      expect((await ask(model())).value).toBeDefined();
    }
    expect(server.seen).toHaveLength(5);
  });

  it("answers all the same where the folder cannot be written, and counts that", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    const vlm = model({ cache: join(file, "cache") });
    expect((await ask(vlm)).value).toBeDefined();
    expect(vlm.usage.cacheFailures).toBe(1);
  });

  it("is not used when it is off", async () => {
    await ask(model({ cache: "off" }));
    await ask(model({ cache: "off" }));
    expect(server.seen).toHaveLength(2);
  });

  it("lies in the user's cache folder by default", async () => {
    vi.stubEnv("XDG_CACHE_HOME", folder);
    await ask(model({ cache: "on" }));
    expect(await readdir(join(folder, "spatial-reward", "answers"))).toContain("index-v5");
  });

  it("holds no API key", async () => {
    const key = "sk-test-4f9a1c77be";
    vi.stubEnv("SPATIAL_REWARD_API_KEY", key);
    server.next(says(`${key}: 40 cm`));
    await ask(model());
    expect(server.seen[0]!.authorization).toBe(`Bearer ${key}`);
    const files = await filesUnder(folder);
    const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
    expect(texts.join("")).toContain("40 cm");
    expect(texts.join("")).not.toContain(key);
  });
});

describe("endpoint: equal questions at the same time", () => {
  it("are one request, and all get its answer", async () => {
    const vlm = model();
    const frame = await greyFrame();
    const answers = await Promise.all([ask(vlm, frame), ask(vlm, frame), ask(vlm, frame)]);
    expect(answers.map(({ text }) => text)).toEqual(["0.42 m", "0.42 m", "0.42 m"]);
    expect(server.seen).toHaveLength(1);
    expect(vlm.usage).toMatchObject({ requests: 1, cacheHits: 2 });
  });

  it("go on for one when the other is aborted", async () => {
    let answer: (() => void) | undefined;
    server.next((response, request) => {
      answer = () => says("1 m")(response, request);
    });
    const vlm = model();
    const frame = await greyFrame();
    const abort = new AbortController();
    const leaving = ask(vlm, frame, undefined, abort.signal);
    const staying = ask(vlm, frame);
    await server.arrived(1);
    abort.abort(new Error("left"));
    await expect(leaving).rejects.toThrow("left");
    answer!();
    expect((await staying).text).toBe("1 m");
  });

  it("are asked anew after all who asked have left", async () => {
    server.next(hangs);
    const vlm = model();
    const frame = await greyFrame();
    const abort = new AbortController();
    const leaving = ask(vlm, frame, undefined, abort.signal);
    await server.arrived(1);
    abort.abort(new Error("left"));
    await expect(leaving).rejects.toThrow("left");
    await vi.waitFor(() => expect(server.inFlight).toBe(0), { timeout: 60_000 });
    expect((await ask(vlm, frame)).value).toBeDefined();
  });
});

async function filesUnder(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

async function overwriteFiles(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  const files = await filesUnder(path);
  expect(files).toHaveLength(1);
  for (const file of files) await writeFile(file, "no such thing\n");
}

async function keysIn(path: string): Promise<string[]> {
  const { default: cacache } = await import("cacache");
  return Object.keys(await cacache.ls(path));
}

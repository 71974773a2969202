import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CameraFrame } from "../../../src/camera/index.js";
import { endpoint } from "../../../src/models/endpoint/endpoint.js";
import type { EndpointOptions, EndpointVlm } from "../../../src/models/index.js";
import { greyFrame, howFar, never } from "./builders.js";
import { completion, dropsConnection, FakeServer, hangs, json, raw, says } from "./FakeServer.js";

const KEY_VARIABLE = "SPATIAL_REWARD_TEST_KEY";
const KEY = "sk-test-4f9a1c77be";

let server: FakeServer;
beforeEach(async () => {
  server = await FakeServer.start();
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await server.stop();
});

function model(
  options: Partial<EndpointOptions> = {},
  stream: Parameters<typeof endpoint>[1] = {},
): EndpointVlm {
  const own = { url: server.url, model: "my-model", cache: "off", backoffS: 0 };
  return endpoint({ ...own, ...options }, stream);
}

async function ask(vlm: EndpointVlm, questions = 1, signal = never) {
  const all = Array.from({ length: questions }, (_, i) => howFar(`Question ${i}?`));
  return await vlm.ask(await greyFrame(), all, signal);
}

async function refusalOf(vlm: EndpointVlm) {
  const [answer] = await ask(vlm);
  return answer!.refusal!;
}

describe("endpoint: failures that pass", () => {
  it.each([408, 429, 500, 502, 503, 529])("tries again after HTTP %i", async (status) => {
    server.next(json({ error: { message: "busy" } }, status));
    const vlm = model();
    const [answer] = await ask(vlm);
    expect(answer!.value).toMatchObject({ valueM: 0.42 });
    expect(vlm.usage).toMatchObject({ requests: 2, retries: 1, failures: 0 });
  });

  it.each(["abort", "error", "cancelled"])("tries again what ended by %s", async (finish) => {
    server.next(json({ choices: [{ message: { content: "1 m" }, finish_reason: finish }] }));
    const vlm = model();
    expect((await ask(vlm))[0]!.value).toMatchObject({ valueM: 0.42 });
    expect(vlm.usage.retries).toBe(1);
  });

  it.each([
    ["MAX_TOKENS", "raise max_tokens"],
    ["SAFETY", "content filter"],
  ])("reads no number of an answer that ended by %s", async (finish, detail) => {
    server.always(json({ choices: [{ message: { content: "1 m" }, finish_reason: finish }] }));
    expect((await refusalOf(model())).detail).toContain(detail);
  });

  it("tries again after a dropped connection", async () => {
    server.next(dropsConnection);
    const vlm = model();
    expect((await ask(vlm))[0]!.value).toBeDefined();
    expect(vlm.usage.retries).toBe(1);
  });

  it("tries again after a connection that drops in the middle of the answer", async () => {
    server.next((response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write('{"choices":[', () => response.destroy());
    });
    expect((await ask(model()))[0]!.value).toBeDefined();
  });

  it("gives up after its retries and says what the server said", async () => {
    server.always(json({ error: { message: "out of memory" } }, 500));
    const vlm = model({ retries: 2 });
    const refusal = await refusalOf(vlm);
    expect(refusal).toEqual({
      reason: "transport",
      detail: `${server.url}/chat/completions: HTTP 500: out of memory (3 tries)`,
    });
    expect(vlm.usage).toMatchObject({ requests: 3, retries: 2, failures: 1 });
  });

  it("says that nothing listens where nothing does", async () => {
    const gone = await FakeServer.start();
    const { url } = gone;
    await gone.stop();
    const refusal = await refusalOf(model({ url, retries: 1 }));
    expect(refusal.reason).toBe("transport");
    expect(refusal.detail).toContain("nothing is listening there: is the server running");
    expect(refusal.detail).toContain("(2 tries)");
  });
});

describe("endpoint: failures that last", () => {
  it.each([
    ["http://127.0.0.1:6000/v1", "must not use this port"],
    ["http://no-such-host.invalid/v1", "host name"],
  ])("says why %s cannot be asked", async (url, words) => {
    const refusal = await refusalOf(model({ url, retries: 0 }));
    expect(refusal.reason).toBe("transport");
    expect(refusal.detail).toContain(words);
  });

  it("says that a server does not speak TLS", async () => {
    const url = server.url.replace("http:", "https:");
    expect((await refusalOf(model({ url }))).detail).toContain("does the URL begin with http://?");
  });

  it.each([
    [401, { error: { message: "invalid key" } }, `environment variable ${KEY_VARIABLE}`],
    [404, { error: { message: "The model `my-model` does not exist." } }, "URL end in /v1"],
    [400, { error: { message: "maximum context length is 4096" } }, "smaller max_side"],
    [400, { message: "my-model is not a multimodal model" }, "does this model accept images"],
    [501, { error: "image input is not supported" }, "does this model accept images"],
    [307, {}, "it redirects to"],
  ])("does not repeat what HTTP %i refused, and says what to do", async (status, body, advice) => {
    vi.stubEnv(KEY_VARIABLE, "");
    server.always(json(body, status, { location: "https://elsewhere.example/v1?token=x" }));
    const vlm = endpoint({ url: server.url, model: "my-model", cache: "off", backoffS: 0 });
    const refusal = await refusalOf(vlm);
    expect(refusal.reason).toBe("transport");
    expect(refusal.detail).toContain(`${server.url}/chat/completions: HTTP ${status}`);
    expect(refusal.detail).toContain(advice.replace(KEY_VARIABLE, "SPATIAL_REWARD_API_KEY"));
    expect(refusal.detail).not.toContain("token=x");
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ["a web page", "<!DOCTYPE html><html><body>It works!</body></html>", "web page"],
    ["half a JSON", JSON.stringify(completion("0.4 m")).slice(0, 60), "incomplete JSON"],
    ["an empty body", "", "the response is empty"],
    ["plain words", "Ollama is running", "not JSON"],
    ["another JSON", '{"hello":"world"}', "not a chat completion"],
    ["no choices", '{"choices":[]}', "not a chat completion"],
    ["a list", "[1,2]", "not a chat completion"],
    ["null", "null", "not a chat completion"],
    ["an error with status 200", '{"error":{"message":"quota used up"}}', "quota used up"],
  ])("refuses %s as an answer", async (_, body, words) => {
    server.always(raw(body));
    const refusal = await refusalOf(model());
    expect(refusal.reason).toBe("transport");
    expect(refusal.detail).toContain(words);
    expect(refusal.detail.length).toBeLessThan(400);
    expect(server.seen).toHaveLength(1);
  });

  it("stops reading a body that has no end", async () => {
    server.always((response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(1 << 20, "x");
      const write = () => {
        while (!response.destroyed && response.write(chunk));
        response.once("drain", write);
      };
      write();
    });
    expect((await refusalOf(model())).detail).toContain("longer than");
  });

  it("answers the other questions when one fails", async () => {
    server.always((response, request) => {
      const failing = request.body.messages[1].content[1].text === "Question 1?";
      return (failing ? json({ error: "no" }, 422) : says("1 m"))(response, request);
    });
    const answers = await ask(model(), 3);
    expect(answers.map(({ value }) => value !== undefined)).toEqual([true, false, true]);
  });
});

describe("endpoint: time-outs and aborts", () => {
  it("gives a request up after its time-out, without another try", async () => {
    server.always(hangs);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const asked = refusalOf(model({ timeoutS: 3 }));
    await server.arrived(1);
    await vi.advanceTimersByTimeAsync(3000);
    expect(await asked).toEqual({
      reason: "timeout",
      detail: `${server.url}/chat/completions: no answer within 3 s (timeout_s)`,
    });
    expect(server.seen).toHaveLength(1);
  });

  it("gives a request up whose answer stops half way", async () => {
    server.always((response) => {
      response.writeHead(200).write('{"choices":');
    });
    expect((await refusalOf(model({ timeoutS: 0.05 }))).reason).toBe("timeout");
  });

  describe("in a live stream", () => {
    const live = { live: true };
    /** Time that only the test moves; sockets have their own. */
    const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    });

    it("gives up in time what has not been sent either", async () => {
      server.always(hangs);
      const asked = ask(model({ timeoutS: 3, concurrency: 1 }, live), 3);
      await server.arrived(1);
      await pass(3);
      const detail = `${server.url}/chat/completions: no answer within 3 s (timeout_s)`;
      expect((await asked).map(({ refusal }) => refusal)).toEqual(
        Array(3).fill({ reason: "timeout", detail }),
      );
      expect(server.seen).toHaveLength(1);
    });

    it("waits 10 s where nothing else is set", async () => {
      server.always(hangs);
      const asked = refusalOf(model({}, live));
      await server.arrived(1);
      await pass(9.999);
      expect(server.inFlight).toBe(1);
      await pass(0.001);
      expect((await asked).detail).toContain("no answer within 10 s");
    });

    it("keeps the answers that came in time", async () => {
      server.next(says("0.3 m")).always(hangs);
      const asked = ask(model({ concurrency: 1 }, live), 2);
      await server.arrived(2);
      await pass(10);
      const [first, second] = await asked;
      expect(first!.value).toMatchObject({ valueM: 0.3 });
      expect(second!.refusal!.reason).toBe("timeout");
    });

    it.each(["off", "on"])("keeps the samples that came in time (cache %s)", async (cache) => {
      const folder = await mkdtemp(join(tmpdir(), "srb-cache-"));
      server
        .next(json({ error: { message: "n must be 1" } }, 400), says("0.3 m"), says("0.3 m"))
        .always(hangs);
      const own = cache === "on" ? `${folder}/` : "off";
      const asked = ask(model({ n: 3, concurrency: 1, cache: own }, live));
      await server.arrived(4);
      await pass(10);
      const [answer] = await asked;
      expect(answer!.text).toBe("0.3 m | 0.3 m");
      expect(answer!.value).toMatchObject({ valueM: 0.3 });
      expect(await readdir(folder)).toEqual([]);
      await rm(folder, { recursive: true });
    });

    it("leaves no request behind when it is closed", async () => {
      server.always(hangs);
      const vlm = model({ breakerAfter: 1, breakerS: 0, timeoutS: 300 }, live);
      const asked = ask(vlm);
      await server.arrived(1);
      await pass(300);
      await asked;
      await ask(vlm);
      await server.arrived(2);
      await vlm.close();
      await vi.waitFor(() => expect(server.inFlight).toBe(0), { timeout: 60_000 });
    });

    it("does not try again later than 2 s after the first try", async () => {
      server.always(dropsConnection);
      const asked = refusalOf(model({ retries: 20, backoffS: 60 }, live));
      expect((await asked).reason).toBe("transport");
      expect(server.seen).toHaveLength(1);
    });

    it("asks a server no more that has been silent too often", async () => {
      server.always(hangs);
      const vlm = model({ breakerAfter: 2 }, live);
      const asked = ask(vlm, 2);
      await server.arrived(2);
      await pass(10);
      await asked;
      expect((await refusalOf(vlm)).detail).toContain("2 requests in a row failed");
      expect(server.seen).toHaveLength(2);
      expect(vlm.usage.failures).toBe(3);
    });

    it("goes on at once while it tries such a server again", async () => {
      let answer = () => {};
      const answered = new Promise<void>((resolve) => {
        answer = resolve;
      });
      server.next(hangs, async (response, request) => {
        await answered;
        await says("0.3 m")(response, request);
      });
      const vlm = model({ breakerAfter: 1, breakerS: 0 }, live);
      const asked = ask(vlm);
      await server.arrived(1);
      await pass(10);
      await asked;
      for (let image = 0; image < 3; image++)
        expect((await refusalOf(vlm)).detail).toContain("1 requests in a row failed");
      await server.arrived(2);
      expect(server.seen).toHaveLength(2);
      answer();
      const value = async () => (await ask(vlm))[0]!.value;
      await vi.waitFor(async () => expect(await value()).toBeDefined(), { timeout: 60_000 });
    });

    it("does not count what it never sent against the server", async () => {
      server.next(hangs);
      const vlm = model({ concurrency: 1, breakerAfter: 2 }, live);
      const asked = ask(vlm, 4);
      await server.arrived(1);
      await pass(10);
      await asked;
      expect((await ask(vlm))[0]!.value).toBeDefined();
    });

    it("tries a server that failed by one request, also after another was silent", async () => {
      const other = await FakeServer.start();
      const options = { endpoints: [other.url], breakerS: 0 };
      const own: CameraFrame[] = [];
      const its: CameraFrame[] = [];
      for (let shade = 0; shade < 20; shade++) {
        const frame = await greyFrame(shade);
        const before = server.seen.length;
        await model(options).ask(frame, [howFar()], never);
        (server.seen.length > before ? own : its).push(frame);
      }
      for (const it of [server, other]) it.always(hangs);
      const vlm = model(options, live);
      const counts = () => [server.seen.length, other.seen.length];
      const after = async (...frames: CameraFrame[]) => {
        const [first = 0, second = 0] = counts();
        const asked = frames.map((frame) => vlm.ask(frame, [howFar()], never));
        const goal = first + second + frames.length;
        while (server.seen.length + other.seen.length < goal) await new Promise(setImmediate);
        await pass(10);
        await Promise.all(asked);
        const [third = 0, fourth = 0] = counts();
        return [third - first, fourth - second];
      };
      expect(await after(its[0]!)).toEqual([0, 1]);
      expect(await after(own[0]!)).toEqual([1, 0]);
      expect(await after(its[1]!, its[2]!)).toEqual([1, 1]);
      await other.stop();
    });

    it("turns to another server after one was silent", async () => {
      const other = await FakeServer.start();
      server.always(hangs);
      const vlm = model({ endpoints: [other.url] }, live);
      // Of so many images, each server gets some.
      for (let shade = 0; shade < 20; shade++) {
        const asked = vlm.ask(await greyFrame(shade), [howFar()], never);
        await Promise.race([asked, server.arrived(1)]);
        await pass(server.inFlight > 0 ? 10 : 0);
        await asked;
      }
      expect(server.seen).toHaveLength(1);
      expect(other.seen).toHaveLength(19);
      await other.stop();
    });
  });

  it("ends all requests in flight and in the queue when aborted", async () => {
    server.always(hangs);
    const abort = new AbortController();
    const asked = ask(model({ concurrency: 2 }), 5, abort.signal);
    await server.arrived(2);
    const reason = new Error("the user left");
    abort.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await vi.waitFor(() => expect(server.inFlight).toBe(0), { timeout: 60_000 });
    expect(server.seen).toHaveLength(2);
  });

  it("ends the wait before a retry when aborted", async () => {
    server.always(json({}, 429, { "retry-after": "2" }));
    const abort = new AbortController();
    const asked = ask(model(), 1, abort.signal);
    await server.arrived(1);
    abort.abort(new Error("the user left"));
    await expect(asked).rejects.toThrow("the user left");
  });

  it("ends what is in flight when closed", async () => {
    server.always(hangs);
    const vlm = model();
    const asked = ask(vlm);
    await server.arrived(1);
    const rejected = expect(asked).rejects.toThrow("was closed");
    await vlm.close();
    await rejected;
  });

  it("rejects at once when the signal has aborted already", async () => {
    await expect(ask(model(), 1, AbortSignal.abort(new Error("over")))).rejects.toThrow("over");
    expect(server.seen).toHaveLength(0);
  });
});

describe("endpoint: concurrency", () => {
  it("never has more requests in flight than allowed, over all frames", async () => {
    let waiting: (() => void)[] = [];
    server.always(async (response, request) => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length < 3) return;
        const three = waiting;
        waiting = [];
        // Time for a fourth one to come.
        setTimeout(() => {
          for (const reply of three) reply();
        }, 5);
      });
      await says("1 m")(response, request);
    });
    const vlm = model({ concurrency: 3 });
    await Promise.all([ask(vlm, 4), ask(vlm, 4), ask(vlm, 4)]);
    expect(server.seen).toHaveLength(12);
    expect(server.mostInFlight).toBe(3);
  });
});

describe("endpoint: many requests for one frame", () => {
  it("warn of no leak", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on("warning", onWarning);
    await ask(model({ concurrency: 30 }), 30);
    await ask(model({ concurrency: 30, n: 30 }), 1);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
    expect(server.seen).toHaveLength(60);
  });
});

describe("endpoint: circuit breaker", () => {
  const down = json({ error: { message: "down" } }, 500);

  it("opens after so many failed requests in a row and then refuses at once", async () => {
    server.always(down);
    const vlm = model({ retries: 0, breakerAfter: 3, concurrency: 1 });
    const answers = await ask(vlm, 6);
    expect(server.seen).toHaveLength(3);
    const last = answers[5]!.refusal!;
    expect(last.reason).toBe("transport");
    expect(last.detail).toContain("not asked, because 3 requests in a row failed");
    expect(last.detail).toContain("HTTP 500: down");
  });

  it("lets one request through after its pause, and closes when that is answered", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    server.always(down);
    const vlm = model({ retries: 0, breakerAfter: 2, breakerS: 30, concurrency: 1 });
    await ask(vlm, 3);
    vi.setSystemTime(Date.now() + 31_000);
    server.always(says("1 m"));
    const answers = await ask(vlm, 3);
    expect(answers.every(({ value }) => value !== undefined)).toBe(true);
  });

  it("stays open when the request after its pause fails, which is not repeated", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    server.always(down);
    const vlm = model({ retries: 3, breakerAfter: 1, breakerS: 30, concurrency: 1 });
    await ask(vlm);
    expect(server.seen).toHaveLength(4);
    vi.setSystemTime(Date.now() + 31_000);
    await ask(vlm, 3);
    expect(server.seen).toHaveLength(5);
  });

  it("is not opened by requests that are themselves at fault", async () => {
    server.always(json({ error: "too long" }, 400));
    await ask(model({ breakerAfter: 2, concurrency: 1 }), 5);
    expect(server.seen).toHaveLength(5);
  });

  it("is not opened by aborted requests", async () => {
    server.next(hangs, hangs);
    const vlm = model({ breakerAfter: 1 });
    const abort = new AbortController();
    const asked = ask(vlm, 2, abort.signal);
    await server.arrived(2);
    abort.abort();
    await expect(asked).rejects.toThrow();
    expect((await ask(vlm))[0]!.value).toBeDefined();
  });
});

describe("endpoint: the API key", () => {
  it("goes to the server from the variable that the option names", async () => {
    vi.stubEnv(KEY_VARIABLE, `${KEY}\n`);
    await ask(model({ keyEnv: KEY_VARIABLE }));
    expect(server.seen[0]!.authorization).toBe(`Bearer ${KEY}`);
  });

  it("is in no refusal, answer, fingerprint or printout, even where the server repeats it", async () => {
    vi.stubEnv(KEY_VARIABLE, KEY);
    const vlm = model({ keyEnv: KEY_VARIABLE, retries: 0 });
    server.next(
      json({ error: { message: `Incorrect API key: ${KEY}` } }, 401),
      raw(`<html>${KEY}</html>`),
      json({ [KEY]: KEY }),
      says(`${KEY} 40 cm`),
    );
    const answers = [await ask(vlm), await ask(vlm), await ask(vlm), await ask(vlm)];
    const everything = [answers, vlm, vlm.fingerprint, vlm.id, vlm.usage];
    expect(inspect(everything, { depth: 20, showHidden: true })).not.toContain(KEY);
    expect(answers[0]![0]!.refusal!.detail).toContain("Incorrect API key: ***");
    expect(answers[0]![0]!.refusal!.detail).toContain(`does ${KEY_VARIABLE} contain the right key`);
  });

  it("must be there where a variable is named", () => {
    vi.stubEnv(KEY_VARIABLE, undefined);
    expect(() => model({ keyEnv: KEY_VARIABLE })).toThrow(
      `${KEY_VARIABLE}, which should contain the API key`,
    );
  });

  it("cannot be given instead of the variable's name, and is not repeated then", () => {
    for (const pasted of [KEY, "hf_abcDEF123"]) {
      const error = thrownBy(() => model({ keyEnv: pasted }));
      expect(String(error)).toContain("never a key itself");
      expect(inspect(error)).not.toContain(pasted);
    }
  });

  it("is refused without being repeated where it cannot be a header", () => {
    vi.stubEnv(KEY_VARIABLE, `${KEY}\nsecond line`);
    const error = thrownBy(() => model({ keyEnv: KEY_VARIABLE }));
    expect(String(error)).toContain(`${KEY_VARIABLE} does not hold an API key`);
    expect(inspect(error)).not.toContain(KEY);
  });
});

describe("endpoint: wrong options", () => {
  it.each([
    ["no URL", { url: "127.0.0.1:8000" }, "not an http or https URL"],
    ["another scheme", { url: "ftp://host/v1" }, "not an http or https URL"],
    ["a query", { url: "http://host/v1?n=4" }, "must not contain ? or #"],
    ["no model", { model: "" }, "the model's name is empty"],
    ["n = 0", { n: 0 }, "n: "],
    ["a prompt without the question", { prompt: "How far?" }, "must contain {question}"],
    ["an extra field of its own", { extra: { model: "x" } }, "cannot set model"],
  ])("refuses %s", (_, options, words) => {
    expect(String(thrownBy(() => model(options)))).toContain(words);
  });

  it("refuses a URL with a password and does not repeat it", () => {
    const error = thrownBy(() => model({ url: "http://me:hunter22@host/v1" }));
    expect(String(error)).toContain("http://host/v1: user names and passwords");
    expect(inspect(error)).not.toContain("hunter22");
  });

  it("takes the URL of the chat completions for its base", async () => {
    await ask(model({ url: `${server.url}/chat/completions/` }));
    expect(server.seen[0]!.path).toBe("/v1/chat/completions");
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

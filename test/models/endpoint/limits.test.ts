import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chatModel } from "../../../src/models/endpoint/chatModel.js";
import { endpoint } from "../../../src/models/endpoint/endpoint.js";
import { RequestPace } from "../../../src/models/endpoint/RequestPolicy.js";
import { createVlm, type EndpointOptions, patient } from "../../../src/models/index.js";
import { greyFrame, howFar, never } from "./builders.js";
import { FakeServer, json, says } from "./FakeServer.js";

const waits: number[] = [];
vi.spyOn(timers, "setTimeout").mockImplementation(async (ms) => {
  waits.push(ms ?? 0);
});
syncBuiltinESMExports();

let server: FakeServer;
beforeEach(async () => {
  waits.length = 0;
  server = await FakeServer.start();
});
afterEach(() => server.stop());

function model(options: Partial<EndpointOptions>) {
  return endpoint({ url: server.url, model: "m", cache: "off", backoffS: 0, ...options });
}

async function ask(vlm: ReturnType<typeof model>, questions: number) {
  const all = Array.from({ length: questions }, (_, i) => howFar(`Question ${i}?`));
  return await vlm.ask(await greyFrame(), all, never);
}

describe("endpoint: budget", () => {
  it("of calls stops asking and says so, once and in every answer", async () => {
    const vlm = model({ budgetCalls: 3 });
    const answers = await ask(vlm, 5);
    expect(server.seen).toHaveLength(3);
    const refusals = answers.flatMap(({ refusal }) => refusal ?? []);
    expect(refusals).toEqual(
      Array.from({ length: 2 }, () => ({
        reason: "budget",
        detail: "not asked: the budget of 3 calls is used up (budget_calls)",
      })),
    );
    expect(vlm.usage.notes).toEqual(["the budget of 3 calls is used up (budget_calls)"]);
  });

  it("of calls counts retries", async () => {
    server.always(json({ error: "busy" }, 503));
    const [answer] = await ask(model({ budgetCalls: 2, retries: 9, breakerAfter: 99 }), 1);
    expect(server.seen).toHaveLength(2);
    expect(answer!.refusal!.reason).toBe("budget");
  });

  it("of tokens stops when the server has counted so many", async () => {
    const vlm = model({ budgetTokens: 150, concurrency: 1 });
    const answers = await ask(vlm, 4);
    expect(answers.map(({ refusal }) => refusal?.reason)).toEqual([
      undefined,
      undefined,
      "budget",
      "budget",
    ]);
  });

  it("of money stops when that is spent", async () => {
    const vlm = model({ budgetCost: 0.001, priceIn: 5, priceOut: 10, concurrency: 1 });
    const answers = await ask(vlm, 4);
    // A reply of the server costs (100 · 5 + 7 · 10) / 1,000,000.
    expect(answers.filter(({ value }) => value)).toHaveLength(2);
    expect(vlm.usage.cost).toBeCloseTo(2 * 0.00057, 12);
  });

  it("does not open the breaker, and answers from the cache go on", async () => {
    const vlm = model({ budgetCalls: 1, breakerAfter: 1, concurrency: 1 });
    const [, second, third] = await ask(vlm, 3);
    expect(second!.refusal!.reason).toBe("budget");
    expect(third!.refusal!.reason).toBe("budget");
  });
});

describe("RequestPace", () => {
  it("spaces requests evenly under a rate limit", () => {
    const pace = new RequestPace(120);
    expect([0, 0, 0, 0].map(() => pace.waitMs(1000))).toEqual([0, 500, 1000, 1500]);
    expect(pace.waitMs(10_000)).toBe(0);
  });

  it("lets everyone wait for a pause that the server asked for", () => {
    const pace = new RequestPace(undefined);
    pace.pauseUntil(5000);
    pace.pauseUntil(4000);
    expect([pace.waitMs(1000), pace.waitMs(4500), pace.waitMs(6000)]).toEqual([4000, 500, 0]);
  });
});

describe("endpoint: rate limits", () => {
  it("space the requests of a frame", async () => {
    await ask(model({ ratePerMinute: 60 }), 3);
    expect(waits).toHaveLength(2);
    expect(waits[0]).toBeGreaterThan(900);
    expect(waits[1]).toBeGreaterThan(1900);
  });

  it("hold other requests up for as long as a short Retry-After asks", async () => {
    server.next(json({}, 429, { "retry-after": "2" }));
    server.always(says("1 m"));
    const vlm = model({ concurrency: 1 });
    await ask(vlm, 1);
    await ask(vlm, 1);
    // The first waits before its retry; the second finds most of the pause still ahead.
    expect(waits).toHaveLength(2);
    expect(waits[1]).toBeGreaterThan(1000);
  });
});

describe("endpoint: a longer Retry-After", () => {
  let passedMs = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => passedMs);
  beforeEach(() => {
    passedMs = 1000;
  });
  afterAll(() => clock.mockRestore());

  it("refuses at once and says why, so that a live stream does", async () => {
    server.always(json({ error: "busy" }, 429, { "retry-after": "30" }));
    const vlm = model({ concurrency: 1 });
    const answers = [...(await ask(vlm, 2)), ...(await ask(vlm, 2))];
    expect(server.seen).toHaveLength(1);
    expect(waits).toEqual([]);
    for (const { refusal } of answers) {
      expect(refusal?.reason).toBe("transport");
      expect(refusal?.detail).toContain("HTTP 429: busy");
      expect(refusal?.detail).toContain("not asked for 30 s, as the server wants (Retry-After)");
    }
  });

  it.each(["3600", new Date(Date.now() + 3_600_500).toUTCString()])(
    "of an hour (%s) is told as what it is, with what to do, and is waited for by nobody",
    async (header) => {
      server.always(json({ error: "busy" }, 429, { "retry-after": header }));
      const told: unknown[] = [];
      const context = { waits: true, onNotice: (notice: unknown) => void told.push(notice) };
      await using vlm = await createVlm(`${server.url}#m?cache=off&backoff_s=0`, context);
      const [answer] = await vlm.ask(await greyFrame(), [howFar()], never);
      expect(answer?.refusal?.detail).toMatch(
        /HTTP 429: busy \(fewer requests at a time: concurrency, rate_per_minute\); the server wants no request for 60 min \(Retry-After\), and is tried again in 60 s: .*name another model/,
      );
      expect([waits, server.seen.length]).toEqual([[], 1]);
      passedMs += 60_000;
      server.always(says("1 m"));
      expect((await vlm.ask(await greyFrame(), [howFar()], never))[0]?.value).toBeDefined();
    },
  );

  it("is over after that time", async () => {
    server.next(json({}, 429, { "retry-after": "30" }));
    const vlm = model({});
    await ask(vlm, 1);
    passedMs += 27_000;
    expect((await ask(vlm, 1))[0]?.refusal).toBeDefined();
    passedMs += 3000;
    expect((await ask(vlm, 1))[0]?.value).toBeDefined();
    expect(server.seen).toHaveLength(2);
  });

  it("keeps what several requests in flight were told, and opens no breaker", async () => {
    server.always(json({}, 429, { "retry-after": "30" }));
    const vlm = model({ concurrency: 2, breakerAfter: 4 });
    await ask(vlm, 20);
    expect(server.seen).toHaveLength(2);
    server.always(says("1 m"));
    passedMs += 30_000;
    expect((await ask(vlm, 1))[0]?.value).toBeDefined();
  });

  it("is waited for by who is patient, who is told of it", async () => {
    server.next(json({ error: "busy" }, 429, { "retry-after": "30" }));
    const told: string[] = [];
    const vlm = patient(model({}), {
      waitMs: 600_000,
      onWait: (detail) => told.push(detail),
      sleep: async (ms) => {
        passedMs += ms;
      },
    });
    const [answer] = await vlm.ask(await greyFrame(), [howFar()], never);
    expect(answer?.value).toBeDefined();
    expect(server.seen).toHaveLength(2);
    expect(told).toEqual([expect.stringContaining("HTTP 429: busy")]);
  });

  it("leaves the work to other servers of the model, and refuses where all want a pause", async () => {
    const other = await FakeServer.start();
    try {
      server.always(json({}, 429, { "retry-after": "30" }));
      const vlm = model({ endpoints: [other.url], concurrency: 4 });
      for (const { value } of await ask(vlm, 6)) expect(value).toBeDefined();
      other.always(json({}, 429, { "retry-after": "30" }));
      for (const { refusal } of await ask(vlm, 2)) expect(refusal?.reason).toBe("transport");
      expect(waits).toEqual([]);
    } finally {
      await other.stop();
    }
  });

  it("is waited for by a model that is made to wait, and told once", async () => {
    server.next(json({ error: "busy" }, 429, { "retry-after": "30" }));
    const told: unknown[] = [];
    const spec = `${server.url}#m?cache=off&backoff_s=0`;
    const context = { waits: true, onNotice: (notice: unknown) => void told.push(notice) };
    await using vlm = await createVlm(spec, context);
    const [answer] = await vlm.ask(await greyFrame(), [howFar()], never);
    expect(answer?.value).toBeDefined();
    expect(waits).toEqual([30_000]);
    expect(told).toEqual([
      {
        kind: "warning",
        text: expect.stringMatching(
          /HTTP 429: busy \(.*\); not asked for 30 s, as the server wants/,
        ),
      },
    ]);
  });

  it("is waited for in a talk, which nothing else goes on without", async () => {
    server.next(json({}, 429, { "retry-after": "30" }));
    const talker = chatModel({ url: server.url, model: "m", backoffS: 0 });
    expect((await talker.reply([], [], never)).text).toBe("0.42 m");
    expect(waits).toEqual([30_000]);
  });
});

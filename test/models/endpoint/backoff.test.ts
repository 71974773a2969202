import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { endpoint } from "../../../src/models/endpoint/endpoint.js";
import type { EndpointOptions } from "../../../src/models/index.js";
import { greyFrame, howFar, never } from "./builders.js";
import { FakeServer, json } from "./FakeServer.js";

const waits: number[] = [];
const sleeps = vi.spyOn(timers, "setTimeout").mockImplementation(async (ms) => {
  waits.push(ms ?? 0);
});
syncBuiltinESMExports();

let server: FakeServer;
beforeEach(async () => {
  waits.length = 0;
  server = await FakeServer.start();
});
afterEach(() => server.stop());

async function ask(options: Partial<EndpointOptions>, live = false) {
  const vlm = endpoint({ url: server.url, model: "m", cache: "off", ...options }, { live });
  const [answer] = await vlm.ask(await greyFrame(), [howFar()], never);
  return answer!;
}

describe("endpoint: waits between tries", () => {
  it("last at least as long as Retry-After asks", async () => {
    server.next(json({}, 429, { "retry-after": "1" }), json({}, 503, { "retry-after": "2" }));
    expect((await ask({ backoffS: 0.001 })).value).toBeDefined();
    expect(waits.map(Math.round)).toEqual([1000, 2000]);
  });

  it("grow from try to try, differ from request to request and have a limit", async () => {
    server.always(json({}, 500));
    await ask({ backoffS: 0.5, retries: 12 });
    const first = [...waits];
    waits.length = 0;
    await ask({ backoffS: 0.5, retries: 12 });
    expect(waits).toHaveLength(12);
    expect(waits).not.toEqual(first);
    const early = waits[0]! + waits[1]!;
    const later = waits.slice(2, 8).reduce((sum, wait) => sum + wait, 0);
    expect(later).toBeGreaterThan(10 * early);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
  });

  it.each([1, 2])("of a live stream come to no more than 2 s (%i servers)", async (servers) => {
    let passedMs = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => passedMs);
    sleeps.mockImplementation(async (ms) => {
      waits.push(ms ?? 0);
      passedMs += ms ?? 0;
    });
    server.always(json({ error: "busy" }, 503));
    const others = servers > 1 && { endpoints: [server.url.replace("127.0.0.1", "localhost")] };
    const options = { backoffS: 0.2, retries: 20, breakerS: 0, ...others };
    expect((await ask(options, true)).refusal?.detail).toContain("HTTP 503: busy");
    expect(waits.length).toBeGreaterThan(0);
    expect(passedMs).toBeLessThanOrEqual(2000);
    clock.mockRestore();
  });
});

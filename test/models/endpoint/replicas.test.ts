import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endpoint } from "../../../src/models/endpoint/endpoint.js";
import { byRendezvous } from "../../../src/models/endpoint/Replicas.js";
import type { EndpointOptions, EndpointVlm } from "../../../src/models/index.js";
import { greyFrame, howFar, leftOf, never } from "./builders.js";
import { FakeServer, json, type Reply } from "./FakeServer.js";

const fails = (status: number): Reply => json({ error: { message: "no" } }, status);

describe("byRendezvous", () => {
  const names = fc.uniqueArray(fc.webUrl(), { minLength: 2, maxLength: 8 });

  it("gives the same order whatever the order of the names", () => {
    fc.assert(
      fc.property(names, fc.string(), (all, key) => {
        expect(byRendezvous(all.toReversed(), key)).toEqual(byRendezvous(all, key));
      }),
    );
  });

  it("moves only the keys of a name that goes", () => {
    fc.assert(
      fc.property(names, fc.array(fc.string(), { maxLength: 50 }), ([gone = "", ...rest], keys) => {
        for (const key of keys) {
          const [first] = byRendezvous([gone, ...rest], key);
          if (first !== gone) expect(byRendezvous(rest, key)[0]).toBe(first);
        }
      }),
    );
  });

  it("spreads keys evenly", () => {
    const all = ["http://a/v1", "http://b/v1", "http://c/v1", "http://d/v1"];
    const counts = new Map(all.map((name) => [name, 0]));
    for (let i = 0; i < 4000; i++) {
      const [first = ""] = byRendezvous(all, `image ${i}`);
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    // 1000 each, with a standard deviation of 27.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(140);
  });
});

let servers: readonly FakeServer[];
beforeEach(async () => {
  servers = await Promise.all([FakeServer.start(), FakeServer.start(), FakeServer.start()]);
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
});

function model(options: Partial<EndpointOptions> = {}): EndpointVlm {
  const [url = "", ...endpoints] = servers.map((server) => server.url);
  const quick = { cache: "off", backoffS: 0, retries: 0, breakerS: 3600 } as const;
  return endpoint({ url, endpoints, model: "m", ...quick, ...options });
}

/** With so many images, no server is left without one: (2/3)^40 is 10^-7. */
const MANY = 40;

/** Images that differ. */
const frames = (count: number) =>
  Promise.all(Array.from({ length: count }, (_, i) => greyFrame(6 * i)));
const counts = () => servers.map(({ seen }) => seen.length);
const values = async (vlm: EndpointVlm, count: number) => {
  const said = [];
  for (const frame of await frames(count)) said.push(...(await vlm.ask(frame, [howFar()], never)));
  return said.map(({ value }) => value);
};

describe("endpoint with several servers", () => {
  it("asks all questions about an image at the same server, whichever process asks", async () => {
    for (const frame of await frames(MANY)) {
      const before = counts();
      await model().ask(frame, [howFar(), leftOf(), howFar("Distance of gripper and mug?")], never);
      await model().ask(frame, [howFar("How far apart are they?")], never);
      const asked = counts().map((count, i) => count - (before[i] ?? 0));
      expect(asked.toSorted()).toEqual([0, 0, 4]);
    }
    for (const count of counts()) expect(count).toBeGreaterThan(0);
  });

  it("sends the image before the question, byte for byte the same up to there", async () => {
    const [frame] = await frames(1);
    if (frame) await model({ n: 2, seed: 7 }).ask(frame, [howFar(), leftOf()], never);
    const bodies = servers.flatMap(({ seen }) =>
      seen.map(({ body }) => JSON.stringify(body.messages)),
    );
    const prefixes = bodies.map((body) => body.slice(0, body.lastIndexOf('{"type":"text"')));
    expect(prefixes.length).toBeGreaterThan(1);
    expect(new Set(prefixes).size).toBe(1);
    expect(prefixes[0]).toContain("data:image/jpeg;base64,");
  });

  it("gives a failing server's images to the next, and leaves it alone for a while", async () => {
    const [broken] = servers;
    broken?.always(fails(500));
    const vlm = model();
    expect(await values(vlm, MANY)).not.toContain(undefined);
    // Once; the breaker's pause is an hour.
    expect(broken?.seen.length).toBe(1);
    expect(vlm.usage.notes).toEqual([`${broken?.url} failed and was left out for a while`]);
    await vlm.close();
  });

  it("does so where a server is not there at all", async () => {
    const vlm = model();
    await servers[0]?.stop();
    expect(await values(vlm, MANY)).not.toContain(undefined);
  });

  it("takes a server back after its pause, by one request", async () => {
    const [healed] = servers;
    healed?.next(fails(500));
    const vlm = model({ breakerS: 0 });
    await values(vlm, MANY);
    const share = healed?.seen.length ?? 0;
    await values(model(), MANY);
    // The one that failed, and then its whole share of the images.
    expect((healed?.seen.length ?? 0) - share).toBe(share);
  });

  it("passes on what a server rejects in a request: others would too", async () => {
    for (const server of servers) server.always(fails(400));
    const [frame] = await frames(1);
    const [answer] = frame ? await model().ask(frame, [howFar()], never) : [];
    expect(answer?.refusal?.detail).toContain("HTTP 400");
    expect(counts().reduce((a, b) => a + b)).toBe(1);
  });

  it("refuses with the reason of the image's own server where none answers", async () => {
    for (const server of servers) server.always(fails(503));
    const [frame] = await frames(1);
    const [answer] = frame ? await model().ask(frame, [howFar()], never) : [];
    expect(answer?.refusal?.detail).toContain("HTTP 503");
    expect(counts()).toEqual([1, 1, 1]);
  });

  it("holds one budget over all", async () => {
    const vlm = model({ budgetCalls: 5 });
    const said = await values(vlm, 12);
    expect(said.filter((value) => value !== undefined)).toHaveLength(5);
    expect(vlm.usage.requests).toBe(5);
  });

  it("is the same model with more or fewer of them: answers stay good", () => {
    const one = endpoint({ url: servers[0]?.url ?? "", model: "m", cache: "off" });
    expect(model().fingerprint).toBe(one.fingerprint);
    expect(model({ concurrency: 2 }).concurrency).toBe(6);
  });
});

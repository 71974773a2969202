import { describe, expect, it } from "vitest";
import { checkSettings, endpointSettings } from "../../../src/models/endpoint/EndpointSettings.js";
import { RequestPolicy, zeroUsage } from "../../../src/models/endpoint/RequestPolicy.js";
import { never } from "./builders.js";

function policy() {
  const usage = zeroUsage();
  return {
    usage,
    policy: new RequestPolicy(
      "http://host",
      checkSettings(endpointSettings, { concurrency: 1 }),
      usage,
    ),
  };
}

/** Work that lasts until it is told to end. */
function pending<T>() {
  let resolve: (value: T) => void = () => undefined;
  const done = new Promise<T>((r) => {
    resolve = r;
  });
  return { done, resolve };
}

describe("RequestPolicy", () => {
  it("goes on with the queue where a request in it was aborted", async () => {
    const { policy: requests, usage } = policy();
    const running = pending<string>();
    const abort = new AbortController();
    const started: number[] = [];
    const attempt = (id: number, result: Promise<string>) => () => {
      started.push(id);
      return result;
    };
    const first = requests.run(attempt(1, running.done), never);
    const second = requests.run(attempt(2, Promise.resolve("b")), abort.signal);
    const third = requests.run(attempt(3, Promise.resolve("c")), never);
    abort.abort(new Error("left"));
    await expect(second).rejects.toThrow("left");
    running.resolve("a");
    expect(await Promise.all([first, third])).toEqual(["a", "c"]);
    expect(started).toEqual([1, 3]);
    expect(usage).toMatchObject({ requests: 2, failures: 0 });
  });

  it("rejects at once when aborted, even where the work goes on", async () => {
    const { policy: requests } = policy();
    const abort = new AbortController();
    const work = requests.run(() => pending<string>().done, abort.signal);
    const reason = new Error("left");
    abort.abort(reason);
    await expect(work).rejects.toBe(reason);
  });

  it("passes on errors that speak of no request, without another try", async () => {
    const { policy: requests, usage } = policy();
    const bug = new TypeError("a bug");
    const fails = async () => {
      throw bug;
    };
    await expect(requests.run(fails, never)).rejects.toBe(bug);
    expect(usage.requests).toBe(1);
  });
});

import { describe, expect, it } from "vitest";
import { LogLimit } from "../../src/ros/index.js";

describe("LogLimit", () => {
  it("tells a fault at once, then every 5 s with how often it came", () => {
    const lines: string[] = [];
    let nowMs = 0;
    const limit = new LogLimit({ log: (_, message) => lines.push(message) }, () => nowMs);
    for (; nowMs < 12_000; nowMs += 1000) limit.log("warn", "/a", `bad at ${nowMs}`);
    expect(lines).toEqual([
      "bad at 0",
      "bad at 5000 (and 4 times since the last line)",
      "bad at 10000 (and 4 times since the last line)",
    ]);
  });

  it("keeps different faults apart", () => {
    const lines: string[] = [];
    const limit = new LogLimit({ log: (_, message) => lines.push(message) });
    for (const key of ["/a", "/b", "/a"]) limit.log("error", key, key);
    expect(lines).toEqual(["/a", "/b"]);
  });
});

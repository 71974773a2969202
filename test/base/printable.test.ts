import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryLimitError, memoryLimit, noteName, printable } from "../../src/base/index.js";

describe("printable", () => {
  it("lets no control character pass, and JSON is what it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
        expect(printable(text)).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
        expect(JSON.parse(printable(JSON.stringify(text)))).toBe(text);
      }),
    );
    expect(printable("/a\x1b[31m\tb\n")).toBe("/a\\u001b[31m\tb\n");
  });
});

describe("noteName", () => {
  it("keeps line feeds and tabs of names out of the lines of a text", () => {
    noteName("/odd\n  error: name\t");
    noteName("/plain");
    expect(printable("/odd\n  error: name\t: read\n/plain: read")).toBe(
      "/odd\\u000a  error: name\\u0009: read\n/plain: read",
    );
  });
});

describe("noteName, of a path", () => {
  it("knows the file's name without its folder and extension too", () => {
    noteName("/runs/day\n1/odd\nrun.mcap.zstd");
    expect(printable("odd\nrun: 4 frames\nday\n1: 2 runs\n")).toBe(
      "odd\\u000arun: 4 frames\nday\\u000a1: 2 runs\n",
    );
  });
});

describe("memoryLimit", () => {
  it.each([
    [undefined, 2 ** 30],
    ["512M", 2 ** 29],
    ["4GiB", 2 ** 32],
    ["2097152", 2 ** 21],
  ])("of %s", (text, bytes) => {
    expect(memoryLimit(text === undefined ? {} : { SPATIAL_REWARD_MAX_MEMORY: text })).toBe(bytes);
  });

  it.each(["much", "-1G", "0", "1T"])("is not %s", (text) => {
    expect(() => memoryLimit({ SPATIAL_REWARD_MAX_MEMORY: text })).toThrow(MemoryLimitError);
  });
});

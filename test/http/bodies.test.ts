import { encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { countValues } from "../../src/http/countValues.js";
import { atMost, bytes, parseBody, readBody, writeBody } from "../../src/http/index.js";
import { cpuMs } from "../support/cpuMs.js";

const JSON_TYPE = "application/json";
const MSGPACK = "application/msgpack";

/** Memory that work takes, MiB, kept or not. */
function mebibytesOf(work: () => void): number {
  const before = process.memoryUsage.rss();
  work();
  return (process.memoryUsage.rss() - before) / 2 ** 20;
}

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "none";
};

describe("a body", () => {
  it("is counted as its values are, in both types", () => {
    const leaf = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: "small" }, leaf, tie("list"), tie("map")),
      list: fc.array(tie("value"), { maxLength: 9 }),
      map: fc.dictionary(fc.string(), tie("value"), { maxKeys: 9, noNullPrototype: true }),
    }));
    const within = (each: unknown): number => {
      if (Array.isArray(each)) return each.reduce((sum, one) => sum + within(one), 1);
      if (typeof each !== "object" || each === null) return 1;
      return Object.values(each).reduce<number>((sum, one) => sum + within(one), 1);
    };
    fc.assert(
      fc.property(value, (each) => {
        const counted = countValues(Buffer.from(JSON.stringify(each)), JSON_TYPE);
        // An empty list is a bracket without a member.
        expect(counted).toBeGreaterThanOrEqual(within(each));
        expect(counted).toBeLessThanOrEqual(2 * within(each));
        const packed = countValues(encode(each), MSGPACK);
        expect(packed).toBeGreaterThanOrEqual(within(each));
        expect(packed).toBeLessThanOrEqual(2 * within(each));
      }),
      { numRuns: 20 },
    );
  });

  it("counts no values in its bytes", () => {
    const image = new Uint8Array(6_000_000).fill(0x90);
    expect(countValues(encode({ image }), MSGPACK)).toBe(3);
    expect(countValues(Buffer.from(JSON.stringify({ image: "[".repeat(6e6) })), JSON_TYPE)).toBe(2);
    expect(countValues(Buffer.from(JSON.stringify(['a"[,\\', "\\"])), JSON_TYPE)).toBe(3);
  });

  const announced = Buffer.concat(
    Array.from({ length: 20 }, () => Buffer.from("dd01000000", "hex")),
  );
  it.each([
    ["lists that announce members without end", MSGPACK, announced, "request.body"],
    [
      "a map that announces 2^31 members",
      MSGPACK,
      Buffer.from("df80000000", "hex"),
      "request.body",
    ],
    ["empty lists without number", MSGPACK, listOf(0x90), "request.size"],
    ["empty maps without number", MSGPACK, listOf(0x80), "request.size"],
    [
      "empty lists without number",
      JSON_TYPE,
      Buffer.from(`[${"[],".repeat(5e6)}1]`),
      "request.size",
    ],
    ["numbers without number", JSON_TYPE, Buffer.from(`[${"1,".repeat(5e6)}1]`), "request.size"],
  ] as const)("of %s (%s) is refused before they are made", (_, type, body, code) => {
    let found = "";
    const mebibytes = mebibytesOf(() => {
      found = codeOf(() => parseBody(body, type));
    });
    expect(found).toBe(code);
    expect(mebibytes).toBeLessThan(64);
  });

  it("cut off in the middle of a length is refused", () => {
    for (const hex of ["dd0100", "c6ff", "d9", "c8", "da00", "9f", "c1", "81"]) {
      expect(
        codeOf(() => parseBody(Buffer.from(hex, "hex"), MSGPACK)),
        hex,
      ).toBe("request.body");
    }
  });

  it("gives back its bytes, and takes them for no fields", async () => {
    const schema = z.strictObject({
      data: bytes,
      names: z.record(z.string(), z.number()).optional(),
    });
    const data = new Uint8Array([1, 2, 3]);
    const read = (body: unknown) => readBody(schema, parseBody(writeBody(body, MSGPACK), MSGPACK));
    expect([...read({ data }).data]).toEqual([1, 2, 3]);
    const large = new Uint8Array(2_000_000);
    for (const body of [large, { data, names: large }, { data: large, more: large }]) {
      const spentMs = await cpuMs(() => expect(codeOf(() => read(body))).toBe("request.field"));
      expect(spentMs).toBeLessThan(1000);
    }
  });

  it("with more members than a list may have is not looked at further", () => {
    const schema = z.strictObject({ names: atMost(3, "names", z.array(z.string())) });
    expect(readBody(schema, { names: ["a", "b", "c"] })).toEqual({ names: ["a", "b", "c"] });
    expect(() => readBody(schema, { names: Array(4).fill(1) })).toThrow(
      "names: must be at most 3 names",
    );
  });

  it("is not repeated in what is said of it", () => {
    const unknown = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`field${i}`, 1]));
    expect(() => readBody(z.strictObject({}), unknown)).toThrow(/^.{1,400}$/s);
  });
});

/** A list of six million members of one byte each. */
function listOf(member: number): Buffer {
  const body = Buffer.alloc(5 + 6e6, member);
  body[0] = 0xdd;
  body.writeUInt32BE(6e6, 1);
  return body;
}

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it, vi } from "vitest";
import { type Line, LineTooLongError, readLines } from "../../src/base/index.js";

const folder = await mkdtemp(join(tmpdir(), "lines-"));
afterAll(() => rm(folder, { recursive: true }));
const path = join(folder, "rows.jsonl");

async function linesOf(content: string | Uint8Array): Promise<Line[]> {
  await writeFile(path, content);
  const lines: Line[] = [];
  for await (const line of readLines(path)) lines.push(line);
  return lines;
}

describe("readLines", () => {
  it("gives the lines that were written, whatever separators of Unicode are in them", async () => {
    const text = fc.string({ unit: "grapheme" }).map((each) => each.replaceAll("\n", ""));
    const separated = fc
      .tuple(text, fc.constantFrom("\u2028", "\u2029", "\u0085", "\v"))
      .map(([a, b]) => a + b);
    await fc.assert(
      fc.asyncProperty(fc.array(separated, { minLength: 1 }), async (texts) => {
        const lines = await linesOf(`${texts.join("\n")}\n`);
        expect(lines.map((line) => line.text)).toEqual(
          texts.map((each, i) => (i === 0 ? each.replace(/^\uFEFF/, "") : each)),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("says where they stand, and whether the last is whole", async () => {
    expect(await linesOf("\uFEFFä\r\n\nend")).toEqual([
      { number: 1, text: "ä", offset: 0, length: 6, isWhole: true },
      { number: 2, text: "", offset: 7, length: 0, isWhole: true },
      { number: 3, text: "end", offset: 8, length: 3, isWhole: false },
    ]);
  });

  it("ends a line that takes more memory than is allowed, by file and line", async () => {
    vi.stubEnv("SPATIAL_REWARD_MAX_MEMORY", "1M");
    try {
      const reading = linesOf(`{}\n${"x".repeat(300_000)}`);
      await expect(reading).rejects.toThrow(LineTooLongError);
      await expect(reading).rejects.toThrow(`${path}:2: the line`);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

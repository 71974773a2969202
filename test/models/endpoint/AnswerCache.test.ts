import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AnswerCache } from "../../../src/models/endpoint/AnswerCache.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "srb-answer-cache-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("AnswerCache", () => {
  it("gives back what was stored, and nothing for other keys", async () => {
    const cache = new AnswerCache(folder);
    expect(await cache.set("a", "0.4 m – überall")).toBe(true);
    expect(await cache.get("a")).toBe("0.4 m – überall");
    expect(await cache.get("b")).toBeUndefined();
  });

  it("keeps the last text stored under a key", async () => {
    const cache = new AnswerCache(folder);
    await cache.set("a", "1 m");
    await cache.set("a", "2 m");
    expect(await cache.get("a")).toBe("2 m");
  });

  it("is shared by processes that write at the same time", async () => {
    const script = `
      import { AnswerCache } from ${JSON.stringify(join(process.cwd(), "src/models/endpoint/AnswerCache.ts"))};
      const [folder, who] = process.argv.slice(-2);
      const cache = new AnswerCache(folder);
      await Promise.all(Array.from({ length: 50 }, async (_, i) => {
        await cache.set("shared" + i, "answer " + i);
        await cache.set(who + i, who + i);
      }));`;
    const run = (who: string) =>
      promisify(execFile)(process.execPath, [
        "--import=tsx",
        "--input-type=module",
        "--eval",
        script,
        folder,
        who,
      ]);
    await Promise.all([run("x"), run("y")]);
    const cache = new AnswerCache(folder);
    for (let i = 0; i < 50; i++) {
      expect(await cache.get(`shared${i}`)).toBe(`answer ${i}`);
      expect(await cache.get(`x${i}`)).toBe(`x${i}`);
      expect(await cache.get(`y${i}`)).toBe(`y${i}`);
    }
  });
});

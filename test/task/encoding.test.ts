import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createVlm } from "../../src/models/index.js";
import { loadTask, loadTaskSync } from "../../src/task/index.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "encoding-"));
});
afterAll(() => rm(folder, { recursive: true }));

const TASK = `name: pour
objects:
  gripper: { phrase: the gripper }
  mug: { phrase: der grüne Becher }
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
reward: { terms: { near: 1 - reach } }
`;

async function written(bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, "task.yaml");
  await writeFile(path, bytes);
  return path;
}

const utf16 = Buffer.from(`\ufeff${TASK}`, "utf16le");

describe("a YAML file", () => {
  it.each([
    ["with a byte order mark", `\ufeff${TASK}`],
    ["with CRLF, as Windows ends lines", TASK.replaceAll("\n", "\r\n")],
  ])("%s is read", async (_, text) => {
    const { objects } = await loadTask(await written(text));
    expect(objects.get("mug")?.phrase).toBe("der grüne Becher");
  });

  it.each([
    ["in UTF-16", utf16, "1:1"],
    ["in UTF-16 of the other order", Buffer.from(utf16).swap16(), "1:1"],
    ["in UTF-16 without a mark", utf16.subarray(2), "1:2"],
    ["in Latin-1", Buffer.from(TASK, "latin1"), "4:24"],
    ["with a NUL in it", `${TASK}\0`, "8:1"],
  ])("%s is refused, and where", async (_, bytes, place) => {
    const path = await written(bytes);
    await expect(loadTask(path)).rejects.toThrow(`${path}:${place}: not UTF-8 text`);
    expect(() => loadTaskSync(path)).toThrow("save the file as UTF-8");
    await expect(createVlm(path)).rejects.toThrow(`${path}:${place}: not UTF-8 text`);
  });
});

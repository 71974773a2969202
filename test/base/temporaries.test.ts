import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeTemporaryFolder } from "../../src/base/index.js";
import { THIS_HOST } from "../../src/base/thisProcess.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "leftovers-"));
  vi.stubEnv("TMPDIR", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A process that has been and is no more. */
const DEAD = spawnSync(process.execPath, ["-e", ""]).pid;
const nameOf = (pid: number, host = THIS_HOST.tag) => `ours-${pid}-${host}-Xa3f9K`;

describe("makeTemporaryFolder", () => {
  it("removes what a killed process left, with all that is in it", async () => {
    await mkdir(join(folder, nameOf(DEAD), "deep"), { recursive: true });
    await writeFile(join(folder, nameOf(DEAD), "run.mcap"), "half");
    const made = makeTemporaryFolder("ours");
    expect((await readdir(folder)).map((name) => join(folder, name))).toEqual([made]);
  });

  it.each([
    ["that of a process that lives", nameOf(process.ppid)],
    ["that of another machine", nameOf(DEAD, "00000000")],
    ["that of another program", nameOf(DEAD).replace("ours", "theirs")],
    ["what only begins like ours", `${nameOf(DEAD)}.keep`],
    ["an older one without an owner", "ours-Xa3f9K"],
  ])("leaves %s", async (_, name) => {
    await mkdir(join(folder, name));
    makeTemporaryFolder("ours");
    expect(await readdir(folder)).toContain(name);
  });

  it("follows no link, and leaves files", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "elsewhere-"));
    await writeFile(join(elsewhere, "kept"), "");
    await symlink(elsewhere, join(folder, nameOf(DEAD)));
    makeTemporaryFolder("ours");
    expect(await readdir(elsewhere)).toEqual(["kept"]);
  });
});

import { spawnSync } from "node:child_process";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepInputs, OutputBusyError, OutputFile, writeWhole } from "../../src/base/index.js";
import { temporaryName } from "../../src/base/temporaries.js";
import { THIS_HOST } from "../../src/base/thisProcess.js";
import { fillDisk, unfinished } from "../support/diskFaults.js";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "output-"));
  path = join(folder, "r.jsonl");
});
afterEach(() => rm(folder, { recursive: true }));

/** A process that has been and is no more. */
const DEAD = spawnSync(process.execPath, ["-e", ""]).pid;
const TEXT = Buffer.from("whole\n");

function lockOf(owner: object): string {
  const defaults = { pid: DEAD, host: THIS_HOST.name, tag: THIS_HOST.tag, beginning: "" };
  return JSON.stringify({ ...defaults, since: "2026-01-01T00:00:00Z", token: "t", ...owner });
}

/** The warnings of Node that come while something is done. */
async function warningsOf(work: () => Promise<unknown>): Promise<string[]> {
  const said: string[] = [];
  const listen = ({ message }: Error): void => void said.push(message);
  process.on("warning", listen);
  try {
    await work();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("warning", listen);
  }
  return said;
}

describe("OutputFile", () => {
  it("has its name when it is finished, and then leaves nothing else", async () => {
    const file = await OutputFile.create(path);
    await file.write(TEXT);
    expect(await readdir(folder)).not.toContain("r.jsonl");
    await file.finish();
    expect(await readdir(folder)).toEqual(["r.jsonl"]);
    expect(await readFile(path, "utf8")).toBe("whole\n");
  });

  it("keeps what is there where it is discarded, or the disk is full", async () => {
    await writeFile(path, "old");
    const file = await OutputFile.create(path);
    const full = await fillDisk();
    await expect(file.write(TEXT)).rejects.toThrow(`cannot write ${path}: the disk is full`);
    await expect(writeWhole(path, "new")).rejects.toThrow(`cannot write ${path}: the disk is full`);
    full.mockRestore();
    await file.discard();
    expect(await readdir(folder)).toEqual(["r.jsonl"]);
    expect(await readFile(path, "utf8")).toBe("old");
  });

  it("is refused to a second writer, who is told of the first, until the first is done", async () => {
    const first = await OutputFile.create(path);
    await first.write(TEXT);
    const second = OutputFile.create(path);
    await expect(second).rejects.toThrow(OutputBusyError);
    await expect(second).rejects.toThrow(`process ${process.pid} on ${THIS_HOST.name}`);
    await first.finish();
    await (await OutputFile.create(path)).discard();
    expect(await readFile(path, "utf8")).toBe("whole\n");
  });

  it("takes over from a process that was killed, says so, and removes what that left", async () => {
    await writeFile(`${path}.lock`, lockOf({}));
    const left = temporaryName(path).replace(`.${process.pid}-`, `.${DEAD}-`);
    await writeFile(left, "half");
    const probe = temporaryName(`${path}.lock`).replace(`.${process.pid}-`, `.${DEAD}-`);
    await writeFile(probe, "\n");
    const warnings = await warningsOf(async () => {
      const file = await OutputFile.create(path);
      await file.write(TEXT);
      await file.finish();
    });
    expect(warnings.join()).toContain(`the lock of process ${DEAD} on ${THIS_HOST.name}`);
    expect(await readdir(folder)).toEqual(["r.jsonl"]);
  });

  it("takes over from a process whose number another one has now", async () => {
    await writeFile(`${path}.lock`, lockOf({ pid: process.pid, beginning: "1" }));
    await (await OutputFile.create(path)).discard();
    expect(await readdir(folder)).toEqual([]);
  });

  it("takes over from another machine when that has been silent for minutes, not before", async () => {
    await writeFile(`${path}.lock`, lockOf({ host: "other", tag: "00000000" }));
    await expect(OutputFile.create(path)).rejects.toThrow(`process ${DEAD} on other`);
    const past = new Date(Date.now() - 600_000);
    await utimes(`${path}.lock`, past, past);
    await (await OutputFile.create(path)).discard();
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(["not a lock", "{}", "[1]", '{"pid":"1"}'])(
    "leaves a lock file that says %s alone",
    async (text) => {
      await writeFile(`${path}.lock`, text);
      await expect(OutputFile.create(path)).rejects.toThrow("is not a lock of this program");
      expect(await readFile(`${path}.lock`, "utf8")).toBe(text);
    },
  );

  it("leaves a link that leads nowhere and has the lock's name alone", async () => {
    await symlink("nowhere", `${path}.lock`);
    await expect(OutputFile.create(path)).rejects.toThrow("is not a lock of this program");
    expect(await readdir(folder)).toEqual(["r.jsonl.lock"]);
  });

  it("is not given its name where its lock was taken meanwhile", async () => {
    await writeFile(path, "old");
    const file = await OutputFile.create(path);
    await writeFile(`${path}.lock`, lockOf({}));
    await expect(file.finish()).rejects.toThrow("another process took it over");
    await file.discard();
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await unfinished(path)).toBeUndefined();
  });

  it("lets one of many that take over a dead lock have it", async () => {
    await writeFile(`${path}.lock`, lockOf({}));
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => OutputFile.create(path)));
    const won = all.filter((each) => each.status === "fulfilled");
    expect(won).toHaveLength(1);
    for (const { value } of won) await value.discard();
    expect(await readdir(folder)).toEqual([]);
  });

  it("removes nothing that only looks like its own: an input, another name, another's", async () => {
    const dead = (of: string) => temporaryName(of).replace(`.${process.pid}-`, `.${DEAD}-`);
    const kept = [
      `${path}.partial`,
      dead(join(folder, "other.jsonl")),
      dead(path).replace("partial", "mcap"),
    ];
    for (const each of kept) await writeFile(each, "kept");
    const input = dead(path);
    await mkdir(input);
    await writeFile(join(input, "run.mcap"), "recording");
    await symlink(input, join(folder, "link"));
    await keepInputs([join(folder, "link", "run.mcap")], [path]);
    await (await OutputFile.create(path)).discard();
    for (const each of kept) expect(await readFile(each, "utf8")).toBe("kept");
    expect(await readFile(join(input, "run.mcap"), "utf8")).toBe("recording");
  });
});

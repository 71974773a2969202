import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OutputBusyError, OutputLock } from "../../src/base/index.js";

describe("OutputLock", () => {
  let folder: string;
  let lock: OutputLock | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lock-"));
  });

  afterEach(async () => {
    await lock?.release();
    await rm(folder, { recursive: true });
  });

  it.each(["out/.", "out/", "out//", "out/../out"])("is that of out for %s", async (name) => {
    await mkdir(join(folder, "out"), { recursive: true });
    lock = await OutputLock.take(join(folder, "out"));
    await expect(OutputLock.take(`${folder}/${name}`)).rejects.toThrow(OutputBusyError);
    await lock.release();
    lock = await OutputLock.take(`${folder}/${name}`);
    expect(await readdir(join(folder, "out"))).toEqual([]);
    expect(await readdir(folder)).toContain("out.lock");
  });
});

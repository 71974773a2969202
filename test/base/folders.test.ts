import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeFolder } from "../../src/base/index.js";

describe("makeFolder", () => {
  it("says that a file system is read-only, however many folders are missing in it", async ({
    skip,
  }) => {
    const root = await mkdtemp(join(tmpdir(), "folders-"));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    const disk = join(root, "disk");
    await mkdir(disk);
    const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "ro,size=64k", "tmpfs", disk]);
    if (mount.status !== 0) skip("no file system can be mounted here");
    try {
      for (const folder of ["a", "a/b", "a/b/c"]) {
        await expect(makeFolder(join(disk, folder))).rejects.toThrow(
          `cannot write ${join(disk, folder)}: the file system is read-only`,
        );
      }
    } finally {
      spawnSync("umount", [disk]);
    }
  });
});

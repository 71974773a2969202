import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import { runCli } from "../support/cli.js";

const MAIN = resolve(import.meta.dirname, "../../dist/cli/main.js");

describe("spatial-reward serve", () => {
  it("says in one line where it listens, and ends with its parent's pipe", async () => {
    const words = ["serve", "--task", "examples/tasks/reach.yaml", "--vlm", "rgbd", "--port", "0"];
    const child = spawn(process.execPath, [MAIN, ...words, "--until-stdin-closes"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    try {
      const [line] = (await once(createInterface(child.stdout), "line")) as [string];
      const told = JSON.parse(line) as { listening: string };
      expect(told).toMatchObject({ model: "rgbd", tasks: ["reach"], version: expect.any(String) });
      const health = await fetch(`${told.listening}/health`);
      expect(await health.json()).toMatchObject({ status: "healthy" });
    } finally {
      child.stdin.end();
    }
    expect(await ended).toEqual([0, null]);
  });

  it("ends in order at SIGTERM", async () => {
    const child = spawn(process.execPath, [MAIN, "serve", "--vlm", "rgbd", "--port", "0"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    await once(createInterface(child.stdout), "line");
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });

  it.each([["serve"], ["sim", "serve"]])(
    "says which ports there are: %s %s",
    async (...command) => {
      const words = command.filter((word) => word !== undefined);
      for (const port of ["99999", "65536", "-1", "80.5", "http"]) {
        const { code, stderr } = await runCli(...words, "--port", port);
        expect({ port, code, stderr }).toMatchObject({
          code: 2,
          stderr: expect.stringContaining("must be a whole number from 0 to 65535"),
        });
      }
    },
  );

  it.skipIf(process.platform === "win32")(
    "warns of a token that other users of the machine can read",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "token-"));
      try {
        const file = join(folder, "token");
        await writeFile(file, `${"t".repeat(32)}\n`);
        for (const [mode, warns] of [
          [0o644, true],
          [0o620, true],
          [0o604, true],
          [0o600, false],
          [0o400, false],
        ] as const) {
          await chmod(file, mode);
          // It ends before it listens: no machine has that address.
          const words = ["--vlm", "rgbd", "--host", "192.0.2.1", "--port", "0"];
          const { code, stderr } = await runCli("serve", ...words, "--token-file", file);
          expect(code).toBe(2);
          expect(stderr.includes(`chmod 600 ${file}`), mode.toString(8)).toBe(warns);
          expect(stderr).not.toContain("tttt");
        }
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );

  it("listens for others with a token alone, which is long enough", async () => {
    const open = await runCli("serve", "--vlm", "rgbd", "--host", "0.0.0.0", "--port", "0");
    expect(open).toMatchObject({ code: 2, stderr: expect.stringContaining("--token-file") });
    const folder = await mkdtemp(join(tmpdir(), "token-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const token = join(folder, "token");
    await writeFile(token, "short", { mode: 0o600 });
    const short = await runCli("serve", "--vlm", "rgbd", "--token-file", token);
    expect(short).toMatchObject({ code: 2, stderr: expect.stringContaining("at least 16") });
    const none = await runCli("serve", "--vlm", "rgbd", "--token-file", "/nowhere");
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("ENOENT") });
  });
});

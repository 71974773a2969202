import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
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

  it("listens for others with a token alone, which is long enough", async () => {
    const open = await runCli("serve", "--vlm", "rgbd", "--host", "0.0.0.0", "--port", "0");
    expect(open).toMatchObject({ code: 2, stderr: expect.stringContaining("--token-file") });
    const short = await runCli("serve", "--vlm", "rgbd", "--token-file", "/dev/null");
    expect(short).toMatchObject({ code: 2, stderr: expect.stringContaining("at least 16") });
    const none = await runCli("serve", "--vlm", "rgbd", "--token-file", "/nowhere");
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("ENOENT") });
  });
});

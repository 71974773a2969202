import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";

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
});

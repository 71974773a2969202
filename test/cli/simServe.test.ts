import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";

const MAIN = resolve(import.meta.dirname, "../../dist/cli/main.js");

describe("spatial-reward sim serve", () => {
  it("says in one line where it listens, and ends with its parent's pipe", async () => {
    const words = ["sim", "serve", "--port", "0", "--until-stdin-closes"];
    const stdio = ["pipe", "pipe", "inherit"] as const;
    const child = spawn(process.execPath, [MAIN, ...words], { stdio: [...stdio] });
    const ended = once(child, "exit");
    try {
      const [line] = (await once(createInterface(child.stdout), "line")) as [string];
      const told = JSON.parse(line) as { listening: string };
      expect(told).toMatchObject({ tasks: expect.arrayContaining(["reach"]) });
      const body = JSON.stringify({ task: "push", width: 16, height: 16 });
      const headers = { "content-type": "application/json" };
      const begun = await fetch(`${told.listening}/v1/worlds`, { method: "POST", headers, body });
      expect(await begun.json()).toMatchObject({ task: "push", action_size: 3 });
    } finally {
      child.stdin.end();
    }
    expect(await ended).toEqual([0, null]);
  });
});

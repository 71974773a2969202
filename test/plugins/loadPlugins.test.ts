import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { workerVlm } from "../../src/models/index.js";
import { loadPlugins, PluginError } from "../../src/plugins/index.js";
import { startCli } from "../support/cli.js";
import { frameOf } from "../support/frames.js";

const EXAMPLE = resolve(import.meta.dirname, "../../examples/plugin/plugin.js");
const TASK = `
name: reach
estimator: last_answer
objects: { gripper: { phrase: the robot gripper }, mug: { phrase: the red mug } }
measurements: { reach: { kind: distance, subject: gripper, object: mug } }
reward: { terms: { near: "1 - reach" } }
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plugins-"));
  await writeFile(join(folder, "task.yaml"), TASK);
});
afterAll(() => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  return startCli(args).done;
}

describe("a plugin", () => {
  it("adds a source, a model, an estimator and an output format to a command", async () => {
    const output = join(folder, "rewards.md");
    const result = await run(
      ...["annotate", "grey:lab", "-t", join(folder, "task.yaml"), "--plugin", EXAMPLE],
      ...["--vlm", "constant?metres=0.3", "-o", output],
    );
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toContain("lab  (task reach, model constant)");
    const lines = (await readFile(output, "utf8")).trim().split("\n");
    expect(lines).toHaveLength(4 + 20);
    expect(lines.at(-1)).toBe("| 1.9 | 0.700 |");
  });

  it("is loaded in the threads in which models run", async () => {
    await loadPlugins([EXAMPLE]);
    const vlm = await workerVlm("constant?metres=0.25");
    const question = { kind: "open", text: "How far?" } as const;
    const [answer] = await vlm.ask(frameOf({ stampNs: 0n }), [question], AbortSignal.timeout(5000));
    await vlm.close();
    expect(answer?.value).toEqual({ shape: "quantity", valueM: 0.25, sigmaM: 0.01 });
  });

  it("is found as a package of the folder", async () => {
    const at = join(folder, "node_modules", "my-plugin");
    await mkdir(at, { recursive: true });
    await writeFile(
      join(at, "package.json"),
      '{ "name": "my-plugin", "type": "module", "main": "./p.js" }',
    );
    await writeFile(join(at, "p.js"), "export const setup = () => { globalThis.found = true; };");
    await loadPlugins(["my-plugin"], folder);
    expect(globalThis).toMatchObject({ found: true });
  });

  it.each([
    ["no-such-package", undefined, "no package of that name in"],
    ["./broken.js", "export const setup = (", "the plugin ./broken.js cannot be loaded"],
    ["./other.js", "export const start = 1;", "has no setup function"],
    ["./throws.js", "export const setup = () => { throw Error('no device'); };", "no device"],
    [
      "./twice.js",
      "export const setup = (r) => { r.estimator('x', 1); r.estimator('x', 1); };",
      "an estimator named x is already registered",
    ],
  ])("that is not one is refused: %s", async (name, text, message) => {
    if (text !== undefined) await writeFile(join(folder, name), text);
    const loading = loadPlugins([name], folder);
    await expect(loading).rejects.toThrow(PluginError);
    await expect(loading).rejects.toThrow(message);
  });

  it("that a task needs is named where it is missing", async () => {
    const result = await run(
      ...["annotate", "sim?width=64&height=48&rate=1", "-t", join(folder, "task.yaml")],
      ...["--vlm", "rgbd", "-o", join(folder, "r.jsonl")],
    );
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("chooses the estimator last_answer, which is not registered");
  });
});

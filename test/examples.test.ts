import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "examples-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What an example prints; it rejects where the example does not end by itself with exit code 0. */
async function printed(name: string, ...args: readonly string[]): Promise<string> {
  const program = join(ROOT, "examples", `${name}.ts`);
  const options = { cwd: ROOT, timeout: 110_000 };
  const { stdout } = await run(process.execPath, ["--import", "tsx", program, ...args], options);
  return stdout;
}

describe("the examples", () => {
  it("compile against the built package, strictly", async () => {
    const tsc = join(ROOT, "node_modules/.bin/tsc");
    const result = await run(tsc, ["-p", join(ROOT, "examples")]).catch((error) => error);
    expect(result.stdout).toBe("");
  });

  it("are each run here", async () => {
    const programs = (await readdir(join(ROOT, "examples"))).filter((name) => name.endsWith(".ts"));
    const text = await readFile(import.meta.filename, "utf8");
    const untested = programs.filter((name) => !text.includes(`printed("${name.slice(0, -3)}"`));
    expect(untested).toEqual([]);
  });

  it("give a learner moments of a world, with rewards of the library", async () => {
    const program = join(ROOT, "examples/learn/world.ts");
    const words = ["--import", "tsx", program, "reach_tray", "sick_fused"];
    const running = run(process.execPath, words, { cwd: ROOT, timeout: 110_000 });
    running.child.stdin?.end('{"reset":7}\n{"action":[0,0,-1]}\n');
    const moments = (await running).stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(moments).toHaveLength(2);
    expect(moments[1]).toMatchObject({ success: false, truncated: false });
    expect(moments[1].state).toHaveLength(19);
    expect(moments[1].reward).toBeLessThan(0);
  });

  it("annotate a recording", async () => {
    const output = join(folder, "rewards.jsonl");
    const input = "sim?seed=7&width=160&height=120&rate=1";
    const said = await printed("annotateRecording", input, output);
    expect(said).toMatch(/^success_7: success\n(\d+) frames = \1 annotated \+ 0 failed\n/);
    const lines = (await readFile(output, "utf8")).trimEnd().split("\n");
    expect(said).toContain(`${lines.length} frames`);
  });

  it("give rewards of a live camera, every image accounted for", async () => {
    const said = await printed("liveCamera");
    expect(said).toMatch(/^0\.1 s {2}0\.\d{3} m {2}reward /);
    const [, all, annotated, dropped] =
      /(\d+) in = (\d+) annotated \+ (\d+) dropped \+ 0 failed\n$/.exec(said) ?? [];
    expect(Number(annotated) + Number(dropped)).toBe(Number(all));
  });

  it("ask a model of one's own", async () => {
    expect(await printed("ownModel")).toMatch(/the gripper came to 2\.\d cm; the return is 1\.\d+/);
  });

  it("evaluate a reward", async () => {
    expect(await printed("evaluateReward")).toMatch(/auroc +1\.0000 +3\/3/);
  });
});

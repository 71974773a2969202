import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.js";

const TASK = resolve("examples/tasks/pick_and_place.yaml");

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);
const annotate = (out: string, ...options: string[]) =>
  runCli(
    ...["annotate", at("runs"), "-t", TASK, "--vlm", "rgbd", "--rate", "1", "-o", out],
    ...["--format", "jsonl", "csv", ...options],
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shards-"));
  await mkdir(at("runs"));
  await runCli("sim", "record", "--size", "64x48", "--rate", "1", "-o", at("runs", "a.mcap"));
  await rm(at("runs", ".spatial-reward"), { recursive: true });
  await rm(at("runs", "metadata.yaml"), { force: true });
  for (const name of ["b", "c"]) await cp(at("runs", "a.mcap"), at("runs", `${name}.mcap`));
  await annotate(at("whole"));
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

/** Latency is measured anew in each run. */
const rowsOf = async (path: string) =>
  (await readFile(path, "utf8")).replaceAll(/"latency_ms":[\d.]+/g, "");

async function tableOf(path: string): Promise<Record<string, unknown>[]> {
  const { asyncBufferFromFile, parquetReadObjects } = await import("hyparquet");
  const { compressors } = await import("hyparquet-compressors");
  return parquetReadObjects({ file: await asyncBufferFromFile(path), compressors });
}

describe("annotate --shard, and merge", () => {
  it("come to what one run comes to, and say how far they are meanwhile", async () => {
    const out = at("out");
    expect(await annotate(out, "--shard", "1/2", "--resume")).toMatchObject({ code: 0 });
    const half = await runCli("merge", out, "-o", at("early.jsonl"));
    expect(half.code).toBe(1);
    expect(half.stdout).toContain("shards     1 of 2; not done: 2");
    expect(half.stdout).toContain("recordings 2 of 3");
    expect(half.stdout).toMatch(/not done {3}.*b\.mcap: its shard did not get to it/);
    expect(await readdir(folder)).not.toContain("early.jsonl");

    expect(await annotate(out, "--shard", "2/2", "--resume")).toMatchObject({ code: 0 });
    for (const name of ["a", "b", "c"]) {
      expect(await rowsOf(join(out, `${name}.jsonl`))).toBe(
        await rowsOf(join(at("whole"), `${name}.jsonl`)),
      );
    }
    const again = await annotate(out, "--shard", "2/2", "--resume");
    expect(again.stdout).toBe("b: finished by an earlier run\n");

    const merged = await runCli("merge", out, "-o", at("all.jsonl"), at("all.csv"));
    expect(merged).toMatchObject({ code: 0, stderr: "" });
    expect(merged.stdout).toMatch(/frames {5}(\d+) in = \1 annotated \+ 0 dropped \+ 0 failed/);
    const lines = (await readFile(at("all.jsonl"), "utf8")).trimEnd().split("\n");
    const named = lines.map((line) => (JSON.parse(line) as { recording: string }).recording);
    expect([...new Set(named)]).toEqual(["a", "b", "c"]);
    const table = (await readFile(at("all.csv"), "utf8")).trimEnd().split("\n");
    expect(table[0]).toMatch(/^recording,stamp_ns,camera/);
    expect(table).toHaveLength(lines.length + 1);
    expect(table.filter((line) => line.startsWith("recording,"))).toHaveLength(1);
  }, 120_000);

  it("joins tables, with a column for the recording and all columns that some have", async () => {
    const out = at("tables");
    await annotate(out, "parquet", "--shard", "1/1");
    const merged = await runCli("merge", out, "-o", at("all.parquet"), at("all2.jsonl"));
    expect(merged).toMatchObject({ code: 0, stderr: "" });
    const lines = (await readFile(at("all2.jsonl"), "utf8")).trimEnd().split("\n");
    const rows = await tableOf(at("all.parquet"));
    const single = await tableOf(join(out, "b.parquet"));
    expect(rows).toHaveLength(lines.length);
    expect([...new Set(rows.map((row) => row.recording))]).toEqual(["a", "b", "c"]);
    const ofB = rows.filter((row) => row.recording === "b");
    expect(ofB.map(({ recording: _, ...row }) => row)).toEqual(single);
    expect(Object.keys(rows[0] ?? {})).toEqual(["recording", ...Object.keys(single[0] ?? {})]);

    const progress = at("progress");
    await annotate(progress, "--shard", "1/1", "--format", "lerobot-progress");
    await runCli("merge", progress, "-o", at("progress.parquet"));
    const counted = (await tableOf(at("progress.parquet"))).map(({ index }) => Number(index));
    expect(counted).toEqual(counted.map((_, i) => i));
    expect(counted).toHaveLength(lines.length);
  }, 120_000);

  it("takes nothing for done that was changed or removed since", async () => {
    const out = at("changed");
    await annotate(out, "--shard", "1/1");
    await writeFile(join(out, "b.csv"), "edited");
    await rm(join(out, "c.jsonl"));
    const merged = await runCli("merge", out, "-o", at("none.jsonl"));
    expect(merged.stdout).toContain("recordings 1 of 3");
    expect(merged.stdout).toMatch(/b\.mcap: its output is gone, or not as its shard left it/);
    expect(merged.stderr).toContain("shards not done: 0, recordings not done: 2");
  }, 120_000);

  it("takes no report for one that leads out of the folder", async () => {
    const out = at("hostile");
    await annotate(out, "--shard", "1/1");
    const report = join(out, ".spatial-reward", "shard-1-of-1.json");
    const text = await readFile(report, "utf8");
    for (const path of ["../whole/a.jsonl", "/etc/passwd", "x/../../whole/a.jsonl"]) {
      await writeFile(report, text.replace('"a.jsonl"', JSON.stringify(path)));
      const { stderr } = await runCli("merge", out, "-o", at("stolen.jsonl"));
      expect(stderr).toContain("has no report of a shard");
    }
  }, 120_000);

  it("refuses shards that saw other recordings, or are of a run in other parts", async () => {
    const out = at("mixed");
    await annotate(out, "--shard", "1/3");
    await cp(at("runs", "a.mcap"), at("runs", "d.mcap"));
    await annotate(out, "--shard", "2/3");
    await rm(at("runs", "d.mcap"));
    const lists = await runCli("merge", out);
    expect(lists).toMatchObject({ code: 1 });
    expect(lists.stderr).toContain("shards 1 and 2 of");
    expect(lists.stderr).toContain("saw different recordings (3 and 4)");
    await annotate(out, "--shard", "1/2", "--resume");
    const counts = await runCli("merge", out);
    expect(counts.stderr).toMatch(/one in \d parts and one in \d/);
  }, 120_000);

  it("joins no rows of two tasks or settings", async () => {
    const out = at("settings");
    await annotate(out, "--shard", "1/2");
    await annotate(out, "--shard", "2/2", "--at-rate", "5");
    const options = await runCli("merge", out, "-o", at("two.jsonl"));
    expect(options).toMatchObject({ code: 1 });
    expect(options.stderr).toMatch(/a\.mcap and \S+b\.mcap were annotated with .*\(options\)/);
    const other = at("other.yaml");
    await writeFile(other, (await readFile(TASK, "utf8")).replace("reach < 5 cm", "reach < 7 cm"));
    await annotate(out, "--shard", "2/2", "-t", other);
    const task = await runCli("merge", out, "-o", at("two.jsonl"));
    expect(task.stderr).toContain("different settings (task)");
    expect(await readdir(folder)).not.toContain("two.jsonl");
  }, 120_000);

  it("names a report that cannot be read, and passes over one of absurdly many shards", async () => {
    const out = at("reports");
    await annotate(out, "--shard", "1/1");
    const reports = join(out, ".spatial-reward");
    const report = join(reports, "shard-1-of-1.json");
    const text = await readFile(report, "utf8");
    await writeFile(report, text.replace('"count":1', '"count":4000000000'));
    expect((await runCli("merge", out)).stderr).toContain("has no report of a shard");
    await rm(report);
    await mkdir(report);
    const folderThere = await runCli("merge", out);
    expect(folderThere).toMatchObject({ code: 1 });
    expect(folderThere.stderr).toMatch(/^error: .*it is a folder, where a file is needed/);
  }, 120_000);

  it("refuses an output that is no folder of all shards, and a folder without shards", async () => {
    const file = await annotate(at("r.jsonl"), "--shard", "1/1");
    expect(file).toMatchObject({ code: 1 });
    const none = await runCli("merge", at("runs"));
    expect(none.stderr).toContain("has no report of a shard");
  });
});

import { mkdtempSync, symlinkSync } from "node:fs";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/base/index.js";
import { OutputPlanError, planOutputs } from "../../src/cli/outputs.js";
import { runCli } from "../support/cli.js";
import { cpuMs } from "../support/cpuMs.js";
import { writeDataset } from "../support/lerobotDataset.js";

const planned = async (...args: Parameters<typeof planOutputs>) =>
  Object.fromEntries(await planOutputs(...args));

describe("planOutputs", () => {
  it("takes a path with a known extension as one file", async () => {
    expect(
      await planned(["run1.mcap"], ["r.mcap", "r.jsonl", "r.csv", "r.html"], ["mcap"]),
    ).toEqual({
      "run1.mcap": [
        { format: "mcap", path: "r.mcap" },
        { format: "jsonl", path: "r.jsonl" },
        { format: "csv", path: "r.csv" },
        { format: "html", path: "r.html" },
      ],
    });
  });

  it("gives each recording its own outputs in a folder", async () => {
    expect(
      await planned(["a/run1.mcap", "b/run2/", "run3.db3.zstd"], ["out/"], ["mcap", "jsonl"]),
    ).toEqual({
      "a/run1.mcap": [
        { format: "mcap", path: "out/run1" },
        { format: "jsonl", path: "out/run1.jsonl" },
      ],
      "b/run2/": [
        { format: "mcap", path: "out/run2" },
        { format: "jsonl", path: "out/run2.jsonl" },
      ],
      "run3.db3.zstd": [
        { format: "mcap", path: "out/run3" },
        { format: "jsonl", path: "out/run3.jsonl" },
      ],
    });
  });

  it.each([
    ["a/...mcap", "___"],
    ["a/.mcap", "_"],
    ["https://host/a/..%2F..%2Fup.mcap", ".._.._up"],
    // A key of S3 has no escapes.
    ["s3://bucket/a/%2e%2e.mcap", "%2e%2e"],
    ["s3://bucket/a/...mcap", "___"],
    ["a/red\u001b[31m.mcap", "red_[31m"],
  ])("keeps the outputs of %j in their folder", async (recording, name) => {
    const paths = [`out/${name}`, `out/${name}.csv`];
    const plan = await planned([recording], ["out/"], ["mcap", "csv"]);
    expect(plan[recording]?.map(({ path }) => path)).toEqual(paths);
  });

  it("takes linear time for many recordings of one name", async () => {
    const leastMs = async (count: number) => {
      const recordings = Array.from({ length: count }, (_, i) => `day${i}/arm/run.mcap`);
      const spentMs: number[] = [];
      for (let round = 0; round < 3; round++)
        spentMs.push(
          await cpuMs(async () => {
            const plan = await planned(recordings, ["out/"], ["jsonl"]);
            expect(plan["day7/arm/run.mcap"]?.[0]?.path).toBe("out/day7/arm/run.jsonl");
          }),
        );
      return Math.min(...spentMs);
    };
    // Quadratic time would be sixty-four times as long.
    expect(await leastMs(1600)).toBeLessThan(25 * (await leastMs(200)));
  });

  it.each([
    [
      ["day1/run.mcap", "day2/run.mcap", "day2/other.mcap"],
      ["out/day1/run", "out/day2/run", "out/other"],
    ],
    [
      ["mon/arm/run.mcap", "tue/arm/run.mcap", "tue/hand/run.mcap"],
      ["out/mon/arm/run", "out/tue/arm/run", "out/hand/run"],
    ],
    [
      ["day1/run.mcap", "day1/run.db3.zstd"],
      ["out/run_mcap", "out/run_db3_zstd"],
    ],
  ])("keeps recordings of one name apart: %j", async (recordings, paths) => {
    const plan = await planned(recordings, ["out/"], ["mcap", "csv"]);
    const written = recordings.map((each) => plan[each]?.map(({ path }) => path));
    expect(written).toEqual(paths.map((path) => [path, `${path}.csv`]));
  });

  it.each([
    [["run1.mcap", "run2.mcap"], ["r.jsonl"], "would both be written to r.jsonl"],
    [["run1.mcap"], ["run1.mcap"], "output run1.mcap would change the input run1.mcap"],
    [["run1/"], ["run1/"], "would change the input run1/"],
    [
      ["run1.mcap"],
      ["r.json"],
      "unknown format .json; use .mcap, .jsonl, .csv, .parquet, .html, .svg, .png, or a folder",
    ],
  ])("refuses %j to %j", async (recordings, outputs, message) => {
    const plan = planOutputs(recordings, outputs, ["mcap"]);
    await expect(plan).rejects.toThrow(UserError);
    await expect(plan).rejects.toThrow(message);
  });
});

describe("an output at an address", () => {
  it.each([
    ["annotate", "r.mcap", "-t", "t.yaml", "-o", "here.jsonl", "gs://bucket/run/"],
    ["annotate", "r.mcap", "-t", "t.yaml", "--output=HTTPS://key:secret@host/r.jsonl?sig=secret"],
    ["fleet", "submit", "r.mcap", "-t", "t.yaml", "-o", "gs://bucket/run/"],
    ["export", "r.mcap", "-t", "t.yaml", "--to", "lerobot", "-o", "gs://bucket/run"],
    ["dataset", "synthesize", "-o", "https://host/vqa"],
    ["sim", "record", "-o", "s3://bucket/r.mcap"],
    ["evaluate", "answers", "vqa", "-o", "s3://bucket/out"],
    [
      "calibrate",
      "r.mcap",
      "-t",
      "t.yaml",
      "--vlm",
      "rgbd",
      "-o",
      "c.yaml",
      "--report",
      "s3://b/c",
    ],
    ["merge", "out", "-o", "s3://bucket/all.jsonl"],
  ])("is refused before any work: %s %s", async (...words) => {
    const { code, stderr } = await runCli(...words);
    expect({ code, stderr }).toMatchObject({ code: 2 });
    expect(stderr).toMatch(/^error: output \w+:\/\/…: outputs are written to a disk/);
    expect(stderr).not.toContain("secret");
    for (const folder of ["s3:", "S3:", "gs:", "https:"]) {
      await expect(stat(folder)).rejects.toThrow("ENOENT");
    }
  });
});

describe("a LeRobot data set that is no input", () => {
  it.each([
    ["in place of a file of its own", "meta/episodes/chunk-000/file-000.parquet"],
    ["beside its files", "data/chunk-000/file-001.parquet"],
    ["in a new folder", "rewards/run1.parquet"],
  ])("gets no output %s", async (_where, inside) => {
    const dataset = writeDataset();
    const plan = planOutputs(["run1.mcap"], [join(dataset, inside)], ["parquet"]);
    await expect(plan).rejects.toThrow(`lies in the data set ${dataset}`);
  });

  it("gets none through a link", async () => {
    const dataset = writeDataset();
    const link = join(mkdtempSync(join(tmpdir(), "link-")), "there");
    symlinkSync(join(dataset, "meta"), link);
    for (const inside of ["new.parquet", "new/run1.parquet"]) {
      const plan = planOutputs(["run1.mcap"], [join(link, inside)], ["parquet"]);
      await expect(plan).rejects.toThrow(OutputPlanError);
    }
  });
});

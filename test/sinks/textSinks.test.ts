import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FramePose } from "../../src/camera/index.js";
import type { Basis } from "../../src/estimate/index.js";
import { csvRow, csvSink, jsonLine, jsonLinesSink } from "../../src/sinks/index.js";
import { annotationOf, REACH_TASK } from "../support/annotations.js";
import { fillDisk, unfinished } from "../support/diskFaults.js";

const REFUSAL = { reason: "no_object", detail: 'label 2, "the mug", is not in the image' } as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "export-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("jsonLinesSink", () => {
  it("writes the documented fields, stamps to the nanosecond, null where there is no value", async () => {
    const path = join(folder, "r.jsonl");
    const sink = await jsonLinesSink(path);
    await sink.write(annotationOf(1_700_000_000_123_456_789n, 0.25));
    await sink.write(annotationOf(1_700_000_000_223_456_789n, REFUSAL));
    await sink.close();
    const [first, second] = (await readFile(path, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(first).toEqual({
      stamp_ns: "1700000000123456789",
      camera: "front",
      episode: "run1",
      reward: -0.25,
      validity: "ok",
      reason: "",
      progress: 0.25,
      stage: "",
      success: false,
      ended: null,
      terms: { near: -0.25 },
      measurements: {
        reach: {
          value: 0.25,
          sigma: 0.004,
          raw: 0.25,
          unit: "m",
          question: "What is the distance between the robot gripper and the red mug?",
          answer: "0.25 m",
          model: "scripted",
          validity: "ok",
          reason: "",
        },
      },
      latency_ms: 5,
      model: "scripted",
    });
    expect(second).toMatchObject({
      reward: null,
      validity: "invalid",
      measurements: { reach: { value: null, sigma: null, raw: null, validity: "invalid" } },
    });
  });

  it("gives the truth of TF frames, but not beside a value that was computed from them", () => {
    const seen = annotationOf(1n, 0.25);
    const poses = new Map<string, FramePose>(
      (["gripper", "red_mug"] as const).map((name, i) => [
        name,
        { ok: true, pose: { position: [0.3 * i, 0, 1], rotation: [0, 0, 0, 1] } },
      ]),
    );
    const truthBy = (basis?: Basis) => {
      const measurements = seen.measurements.map((value) => ({
        ...value,
        ...(basis && { basis }),
      }));
      const line = jsonLine({ ...seen, measurements, frame: { ...seen.frame, poses } }, REACH_TASK);
      return JSON.parse(line).measurements.reach.truth;
    };
    expect(truthBy()).toBe(0.3);
    expect(truthBy("fused")).toBe(0.3);
    expect(truthBy("frames")).toBeUndefined();
  });

  it("appears under its name only when it is complete, and an early end leaves nothing", async () => {
    const path = join(folder, "deeper", "r.jsonl");
    const sink = await jsonLinesSink(path);
    await sink.write(annotationOf(1n, 0.25));
    expect(await unfinished(path)).toBeDefined();
    expect(await readdir(join(folder, "deeper"))).not.toContain("r.jsonl");
    await sink.abort();
    expect(await readdir(join(folder, "deeper"))).toEqual([]);
  });

  it("says so when the disk is full", async () => {
    const path = join(folder, "r.jsonl");
    const sink = await jsonLinesSink(path);
    await sink.write(annotationOf(1n, 0.25));
    const full = await fillDisk();
    await expect(sink.close()).rejects.toThrow(`cannot write ${path}: the disk is full`);
    full.mockRestore();
    await sink.abort();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("csvSink", () => {
  it("writes a header and a row for each annotation, quoted where needed, empty where nothing is", async () => {
    const path = join(folder, "r.csv");
    const sink = await csvSink(path, REACH_TASK);
    await sink.write(annotationOf(1_700_000_000_123_456_789n, 0.25));
    await sink.write(annotationOf(1_700_000_000_223_456_789n, REFUSAL));
    await sink.close();
    expect((await readFile(path, "utf8")).split("\n")).toEqual([
      "stamp_ns,camera,episode,reward,validity,reason,progress,stage,success,ended," +
        "reach_value,reach_sigma,reach_raw,reach_validity,latency_ms,model,predicted",
      "1700000000123456789,front,run1,-0.25,ok,,0.25,,false,,0.25,0.004,0.25,ok,5.000,scripted,false",
      "1700000000223456789,front,run1,,invalid," +
        '"reach: no_object: label 2, ""the mug"", is not in the image",0.25,,false,,,,,invalid,5.000,scripted,false',
      "",
    ]);
  });

  it("has no cell that a spreadsheet runs as a formula, or that moves a terminal's cursor", () => {
    const annotation = annotationOf(1n, 0.25);
    for (const [name, cell] of [
      ["=1+1", "'=1+1"],
      [" =1+1", "' =1+1"],
      ["\uff1d1+1", "'\uff1d1+1"],
      ["+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"],
      ["-2+3", "'-2+3"],
      ["@SUM(A1)", "'@SUM(A1)"],
      ["\x1b[2J", "\\u001b[2J"],
      ["-2.5", "-2.5"],
    ]) {
      const reward = { ...annotation.reward, episode: name ?? "" };
      expect(csvRow({ ...annotation, reward }).split(",")[2]).toBe(cell);
    }
  });
});

import { describe, expect, it } from "vitest";
import { parseShard, recordingsOf, ShardError } from "../../src/cli/shard.js";

const slurm = (id: number, min: number, max: number, count = max - min + 1) => ({
  SLURM_ARRAY_TASK_ID: String(id),
  SLURM_ARRAY_TASK_MIN: String(min),
  SLURM_ARRAY_TASK_MAX: String(max),
  SLURM_ARRAY_TASK_COUNT: String(count),
});

describe("parseShard", () => {
  it.each<[string, NodeJS.ProcessEnv, number, number]>([
    ["3/16", {}, 3, 16],
    ["1/1", {}, 1, 1],
    // What is written counts, whatever the scheduler says.
    ["3/16", { JOB_COMPLETION_INDEX: "9" }, 3, 16],
    ["array", slurm(1, 1, 16), 1, 16],
    ["array", slurm(0, 0, 15), 1, 16],
    ["array/16", slurm(15, 0, 15), 16, 16],
    ["array/16", slurm(16, 1, 16), 16, 16],
    ["array/16", { JOB_COMPLETION_INDEX: "0" }, 1, 16],
    ["array/16", { JOB_COMPLETION_INDEX: "15" }, 16, 16],
    ["array/16", { AWS_BATCH_JOB_ARRAY_INDEX: "2" }, 3, 16],
    ["array", { AWS_BATCH_JOB_ARRAY_INDEX: "2", AWS_BATCH_JOB_ARRAY_SIZE: "16" }, 3, 16],
    ["array/16", { JOB_COMPLETION_INDEX: "0", SLURM_ARRAY_TASK_ID: "" }, 1, 16],
  ])("takes %s in %j for part %i of %i", (text, environment, index, count) => {
    expect(parseShard(text, environment)).toEqual({ index, count });
  });

  it.each<[string, NodeJS.ProcessEnv, string]>([
    ["0/16", {}, "there is no part 0 of 16; parts are counted from 1"],
    ["17/16", {}, "there is no part 17 of 16"],
    ["0/0", {}, "there is no part 0 of 0"],
    ["3", {}, "write 3/16"],
    ["3/", {}, "write 3/16"],
    ["-1/4", {}, "write 3/16"],
    ["1.5/4", {}, "write 3/16"],
    ["array", {}, "no task of an array job"],
    ["array/16", { SLURM_JOB_ID: "7" }, "no task of an array job"],
    // Tasks that are repeated later, or every second one: their numbers are not the parts'.
    ["array/16", slurm(5, 3, 9, 3), "not a whole one (tasks 3 to 9, 3 of them)"],
    ["array", slurm(5, 5, 5), "not a whole one"],
    ["array", slurm(4, 0, 14, 8), "not a whole one"],
    ["array", { SLURM_ARRAY_TASK_ID: "3" }, "not a whole one"],
    ["array/16", slurm(3, 1, 8), "the array job has 8 tasks, not 16"],
    ["array", { JOB_COMPLETION_INDEX: "3" }, "does not say of how many: write --shard array/16"],
    ["array/3", { JOB_COMPLETION_INDEX: "3" }, "there is no part 4 of 3"],
    ["array", { AWS_BATCH_JOB_ARRAY_INDEX: "3" }, "does not say of how many"],
    [
      "array/16",
      { AWS_BATCH_JOB_ARRAY_INDEX: "3", AWS_BATCH_JOB_ARRAY_SIZE: "8" },
      "the array job has 8 tasks, not 16",
    ],
    ["array/16", { JOB_COMPLETION_INDEX: "x" }, "JOB_COMPLETION_INDEX=x is not a number"],
    ["array/16", { JOB_COMPLETION_INDEX: "-1" }, "JOB_COMPLETION_INDEX=-1 is not a number"],
    [
      "array/16",
      { JOB_COMPLETION_INDEX: "1", AWS_BATCH_JOB_ARRAY_INDEX: "1" },
      "both JOB_COMPLETION_INDEX and AWS_BATCH_JOB_ARRAY_INDEX are set",
    ],
  ])("refuses %s in %j", (text, environment, message) => {
    expect(() => parseShard(text, environment)).toThrow(ShardError);
    expect(() => parseShard(text, environment)).toThrow(message);
  });
});

describe("recordingsOf", () => {
  it.each([
    [10, 3],
    [3, 10],
    [16, 16],
    [0, 4],
    [7, 1],
  ])("gives each of %i items to exactly one of %i parts, evenly", (items, count) => {
    const all = Array.from({ length: items }, (_, i) => i);
    const parts = Array.from({ length: count }, (_, i) =>
      recordingsOf(all, { index: i + 1, count }),
    );
    expect(parts.flat().sort((a, b) => a - b)).toEqual(all);
    const sizes = parts.map((part) => part.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });
});

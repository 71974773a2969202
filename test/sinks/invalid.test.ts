import { mkdtempSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { annotateRecording } from "../../src/annotate/index.js";
import { sinks } from "../../src/sinks/index.js";
import { openSource } from "../../src/sources/index.js";
import { parseTask } from "../../src/task/index.js";
import { writeDataset } from "../support/lerobotDataset.js";
import { scriptedVlm } from "../support/models.js";
import { parquetRowsOf } from "../support/parquetRowsOf.js";

/** Its term `time` and its bonuses are known whatever the model says. */
const TASK = parseTask(
  `name: reach
objects: { gripper: { phrase: the robot gripper }, mug: { phrase: the red mug } }
measurements: { reach: { kind: distance, subject: gripper, object: mug, smoothing: none } }
staleness: 0 s
stages: [{ name: reach, progress: 1 - reach / 50 cm, until: reach < 1 cm }]
reward:
  terms: { near: -reach, time: "-0.01" }
  shaping: { gamma: 0.99 }
  success: 5
`,
  "reach.yaml",
);

/** Five rows, of which the third is refused. */
async function written(format: string, extension: string): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), "invalid-")), `out${extension}`);
  await using source = await openSource(writeDataset({ lengths: [5] }));
  const vlm = scriptedVlm(({ row }) =>
    row?.frame === 2 ? { reason: "unclear", detail: "it says so" } : 0.4,
  );
  await annotateRecording(source, TASK, vlm, {
    sinks: [
      async (frames) => {
        const kind = sinks.get(format);
        if (!kind) throw new Error(`no format ${format}`);
        const context = { task: TASK, source, model: "scripted", frames };
        return kind.open(path, { ...context, withImages: false, drifts: () => [] });
      },
    ],
  });
  return path;
}

/** The numbers of a reward whose terms are known in part, as each format has them. */
const NUMBERS: Readonly<Record<string, () => Promise<unknown[]>>> = {
  jsonl: async () => {
    const lines = (await readFile(await written("jsonl", ".jsonl"), "utf8")).split("\n");
    const { reward, progress, terms } = JSON.parse(lines[2] ?? "");
    return [reward, progress, ...Object.values(terms)];
  },
  csv: async () => {
    const [head = "", ...lines] = (await readFile(await written("csv", ".csv"), "utf8")).split(
      "\n",
    );
    const names = head.split(",");
    const cells = (lines[2] ?? "").split(",");
    return ["reward", "progress"].map((name) => cells[names.indexOf(name)] || null);
  },
  parquet: async () => {
    const row = (await parquetRowsOf(await written("parquet", ".parquet")))[2] ?? {};
    const names = Object.keys(row).filter((name) => /^(reward|progress|term_.*)$/.test(name));
    expect(names).toHaveLength(6);
    return names.map((name) => row[name]);
  },
  mcap: async () => {
    await using source = await openSource(await written("mcap", ".mcap"));
    const rewards: { reward: number; progress: number; term_values: ArrayLike<number> }[] = [];
    const topics = ["/spatial_reward/reward"];
    for await (const message of source.recording?.messages({ topics }) ?? []) {
      rewards.push(message.decode() as (typeof rewards)[number]);
    }
    expect(rewards).toHaveLength(5);
    expect(rewards[1]?.term_values).toHaveLength(4);
    const { reward, progress, term_values = [] } = rewards[2] ?? {};
    return [reward, progress, ...Array.from(term_values)];
  },
  "lerobot-progress": async () => {
    const rows = await parquetRowsOf(await written("lerobot-progress", ".parquet"));
    return [rows[2]?.progress_sparse];
  },
  lerobot: async () => {
    const rows = await parquetRowsOf(
      join(await written("lerobot", ""), "data/chunk-000/file-000.parquet"),
    );
    // The row before has what its action led to.
    const { "next.reward": reward, "complementary_info.terms": terms } = rows[1] ?? {};
    expect(terms).toHaveLength(4);
    return [reward, ...(terms as number[]), rows[2]?.["complementary_info.progress"]];
  },
};

describe("an invalid reward", () => {
  it.each(Object.keys(NUMBERS))(
    "is no number, nor are its terms and progress: %s",
    async (format) => {
      const numbers = (await NUMBERS[format]?.()) ?? [];
      expect(numbers.length).toBeGreaterThan(0);
      for (const number of numbers) expect(number ?? Number.NaN).toBeNaN();
    },
  );

  it("says in JSON why an answer gives no number", async () => {
    const lines = (await readFile(await written("jsonl", ".jsonl"), "utf8")).split("\n");
    const reachOf = (line = "") => JSON.parse(line).measurements.reach;
    expect(reachOf(lines[2])).toMatchObject({ raw: null, refused: "unclear: it says so" });
    expect(reachOf(lines[1])).not.toHaveProperty("refused");
  });
});

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Annotation, annotateRecording } from "../../../src/annotate/index.js";
import { sinks } from "../../../src/sinks/index.js";
import { DatasetCopyError } from "../../../src/sinks/lerobot/datasetSink.js";
import { openSource } from "../../../src/sources/index.js";
import { parseTask } from "../../../src/task/index.js";
import { writeDataset } from "../../support/lerobotDataset.js";
import { scriptedVlm } from "../../support/models.js";
import { parquetRowsOf } from "../../support/parquetRowsOf.js";

const TASK = parseTask(
  `name: reach
objects:
  gripper: { phrase: the robot gripper }
  mug: { phrase: the red mug }
measurements:
  reach: { kind: distance, subject: gripper, object: mug, smoothing: none }
  tall: { kind: width, subject: mug, smoothing: none }
staleness: 0 s
stages:
  - { name: reach, progress: 1 - reach / 50 cm, until: reach < 3 cm }
reward:
  terms: { near: -reach }
  success: 5
`,
  "reach.yaml",
);

/** Nearer with each frame, and in the second episode there; every fifth row is refused. */
const VLM = scriptedVlm(({ row }, { kind }) => {
  const { index, frame } = row ?? { index: 0, frame: 0 };
  if (index % 5 === 4) return { reason: "unclear", detail: "it says so" };
  return kind === "width" ? 0.08 : Math.max(0.02, 0.4 - 0.04 * frame);
});

interface Copied {
  readonly copy: string;
  readonly said: readonly Annotation[];
}

async function copied(folder: string, format = "lerobot"): Promise<Copied> {
  const copy = join(mkdtempSync(join(tmpdir(), "copy-")), "copy");
  const said: Annotation[] = [];
  await using source = await openSource(folder);
  await annotateRecording(source, TASK, VLM, {
    sinks: [
      async (frames) => {
        const context = { task: TASK, source, model: "scripted", frames, withImages: false };
        const kind = sinks.get(format);
        if (!kind) throw new Error(`no format ${format}`);
        return kind.open(copy, context);
      },
    ],
    onAnnotation: (annotation) => void said.push(annotation),
  });
  return { copy, said };
}

async function rowsOf(folder: string): Promise<Record<string, unknown>[]> {
  const names = readdirSync(join(folder, "data/chunk-000")).sort();
  const files = names.map((name) => parquetRowsOf(join(folder, "data/chunk-000", name)));
  return (await Promise.all(files)).flat();
}

function jsonOf(folder: string, path: string) {
  return JSON.parse(readFileSync(join(folder, path), "utf8"));
}

/** The bytes of all files, and when they were changed. */
function stateOf(folder: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const found = statSync(join(folder, name));
    hash.update(`${name} ${found.mtimeMs}`);
    if (found.isFile()) hash.update(readFileSync(join(folder, name)));
  }
  return hash.digest("hex");
}

describe("a copy of a data set", () => {
  it.each(["v3", "v2"] as const)("gives each row of %s what its action led to", async (layout) => {
    const { copy, said } = await copied(writeDataset({ layout }));
    const rows = await rowsOf(copy);
    expect(rows).toHaveLength(30);
    for (const [i, row] of rows.entries()) {
      const own = said[i];
      const isLast = [7, 19, 29].includes(i);
      const next = isLast ? undefined : said[i + 1];
      // After the end of an attempt rewards are 0; where none follows, nothing is known.
      const known = isLast && own?.reward.ended ? 0 : (next?.reward.reward ?? Number.NaN);
      expect(row["next.reward"]).toEqual(
        Number.isNaN(known) ? Number.NaN : expect.closeTo(known, 5),
      );
      expect(row["next.success"]).toBe((next ?? own)?.reward.success);
      expect(row["next.done"]).toBe(isLast || next?.reward.ended !== undefined);
      expect(row["complementary_info.validity"]).toBe(own?.reward.validity === "invalid" ? 2n : 0n);
      const reach = i % 5 === 4 ? Number.NaN : own?.measurements[0]?.value;
      expect((row["complementary_info.measurements"] as number[])[0]).toEqual(
        Number.isNaN(reach) ? Number.NaN : expect.closeTo(reach ?? 0, 5),
      );
      // What was there is there.
      expect(row["observation.state"]).toEqual([i / 100, 0, 0.5, 1]);
      expect(row.index).toBe(BigInt(i));
    }
    expect(rows.some((row) => row["next.success"])).toBe(true);
  });

  it("lists the features and their statistics, of the known values alone", async () => {
    const { copy } = await copied(writeDataset({ stats: { "observation.state": { max: [1] } } }));
    const { features } = jsonOf(copy, "meta/info.json");
    expect(features["next.reward"]).toEqual({ dtype: "float32", shape: [1], names: null });
    expect(features["complementary_info.measurements"]).toEqual({
      ...{ dtype: "float32", shape: [2], names: ["reach", "tall"] },
    });
    const stats = jsonOf(copy, "meta/stats.json");
    expect(stats["observation.state"]).toEqual({ max: [1] });
    expect(stats["next.done"]).toMatchObject({ min: [0], max: [1], count: [30] });
    // Of 30 rows, 6 pictures were refused, and 2 of 3 episodes do not end.
    const rows = await rowsOf(copy);
    const known = rows.flatMap(({ "next.reward": value }) => (Number.isNaN(value) ? [] : value));
    expect(stats["next.reward"].count).toEqual([known.length]);
    expect(stats["next.reward"].max).toEqual([Math.max(...(known as number[]))]);
    const episodes = await parquetRowsOf(join(copy, "meta/episodes/chunk-000/file-000.parquet"));
    expect(episodes[1]).toMatchObject({ "stats/next.done/count": [12n], length: 12n });
  });

  it("changes nothing of the original, and shares its videos", async () => {
    const folder = writeDataset();
    const before = stateOf(folder);
    const { copy } = await copied(folder);
    expect(stateOf(folder)).toBe(before);
    const video = "videos/observation.images.front/chunk-000/file-000.mp4";
    expect(readFileSync(join(copy, video))).toEqual(readFileSync(join(folder, video)));
  });

  it("is a data set itself: a copy of a copy has the newer rewards, each once", async () => {
    const first = await copied(writeDataset());
    const second = await copied(first.copy);
    expect(await rowsOf(second.copy)).toEqual(await rowsOf(first.copy));
    expect(jsonOf(second.copy, "meta/info.json")).toEqual(jsonOf(first.copy, "meta/info.json"));
  });

  it("has rows of questions and answers where they are wanted, one pair for each frame", async () => {
    const { copy } = await copied(
      (await copied(writeDataset(), "lerobot-vqa")).copy,
      "lerobot-vqa",
    );
    const rows = await rowsOf(copy);
    const camera = "observation.images.front";
    const shared = { style: "vqa", camera, tool_calls: null };
    const said = rows.map((row) => row.language_events as { content: string }[]);
    const [question, answer, ...more] = said[2] ?? [];
    expect(more).toEqual([]);
    expect(question).toEqual({
      role: "user",
      content: expect.stringMatching(/distance/),
      ...shared,
    });
    expect(answer).toMatchObject({ role: "assistant", ...shared });
    expect(JSON.parse(answer?.content ?? "")).toEqual({
      ...{ subject: "the robot gripper", relation: "distance", object: "the red mug" },
      ...{ value: 0.32, unit: "m", sigma: 0.005 },
    });
    const [, other] = said[1] ?? [];
    expect(JSON.parse(other?.content ?? "")).toMatchObject({ label: "the red mug", value: 0.08 });
    // A refusal is no answer.
    expect(said[4]).toEqual([]);
    expect(jsonOf(copy, "meta/info.json").features.language_events.dtype).toBe("language");
  });

  it("is not begun where there is something, nor of what is no data set", async () => {
    const taken = mkdtempSync(join(tmpdir(), "taken-"));
    mkdirSync(join(taken, "data"));
    await using source = await openSource(writeDataset());
    const frames = { in: 0, annotated: 0, dropped: 0, failed: 0 } as never;
    const context = { task: TASK, source, model: "m", frames, withImages: false };
    await expect(sinks.get("lerobot")?.open(taken, context)).rejects.toThrow(DatasetCopyError);
    const clip = join(import.meta.dirname, "../../video/fixtures/h264.mp4");
    await using video = await openSource(clip);
    await expect(
      sinks.get("lerobot")?.open(`${taken}/copy`, { ...context, source: video }),
    ).rejects.toThrow(/h264\.mp4 is none/);
    const sink = await sinks.get("lerobot")?.open(`${taken}/copy`, context);
    await sink?.abort();
    expect(existsSync(`${taken}/copy`)).toBe(false);
    expect(readdirSync(taken)).toEqual(["data"]);
  });
});

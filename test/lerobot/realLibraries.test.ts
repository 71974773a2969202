import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { annotateRecording } from "../../src/annotate/index.js";
import { type CameraFrame, decodeColor, decodeDepth } from "../../src/camera/index.js";
import {
  EMPTY_MAP,
  type ExportFormat,
  exportRecordings,
  type PictureStorage,
} from "../../src/export/index.js";
import type { SpatialVlm } from "../../src/models/index.js";
import { joinProgress, progressSink } from "../../src/sinks/progressSink.js";
import { openSource } from "../../src/sources/index.js";
import { parseTask } from "../../src/task/index.js";
import { scriptedVlm } from "../support/models.js";
import { jointAt, START_NS, shadeOf, writeTrainingBag } from "../support/trainingBag.js";

/**
 * A Python that has LeRobot 0.6: `npm run test:lerobot` makes one. Without it, the tests below are
 * skipped.
 */
const PYTHON = process.env.SRB_LEROBOT_PYTHON;
/** Each check loads PyTorch anew. */
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });
const CHECK = join(import.meta.dirname, "check.py");

const TASK = parseTask(
  `name: reach
description: Reach the red mug.
objects: { gripper: { phrase: the gripper }, mug: { phrase: the mug } }
measurements: { reach: { kind: distance, subject: gripper, object: mug, smoothing: none } }
staleness: 0 s
stages: [{ name: reach, progress: 1 - reach / 50 cm, until: reach < 1 cm }]
reward: { terms: { near: -reach } }
`,
  "reach.yaml",
);

/** Seconds of the recordings, and after how many a picture is refused. */
const RUNS = [
  { name: "a", seconds: 2, refusedAt: 0.5 },
  { name: "b", seconds: 1.2, refusedAt: undefined },
];
const FPS = 10;

function distanceAt(s: number): number {
  return 0.5 - 0.1 * s + 0.03 * Math.sin(8 * s);
}

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "real-"));
  for (const { name, seconds } of RUNS) {
    await writeTrainingBag(join(root, `${name}.mcap`), { seconds, size: [64, 48] });
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** What the rows must be, computed from what the recordings were made of. */
function expectedRows() {
  return RUNS.flatMap(({ seconds, refusedAt }) => {
    const length = Math.round(seconds * FPS);
    return Array.from({ length }, (_, k) => {
      const next = (k + 1) / FPS;
      const isKnown = k + 1 < length && next !== refusedAt;
      return {
        shade: shadeOf(3 * k),
        state: [jointAt(k / FPS), jointAt(k / FPS) + 0.1],
        action: [jointAt(k / FPS) + 0.1, jointAt(k / FPS) + 0.2],
        reward: isKnown ? -distanceAt(next) : null,
        done: k + 1 === length,
      };
    });
  });
}

/** Knows the distance of each recording's pictures, and refuses one of them. */
const knowing = () =>
  scriptedVlm(({ stampNs, episode }) => {
    const s = Math.round(Number(stampNs - START_NS) / 1e7) / 100;
    const run = RUNS.find(({ name }) => name === episode);
    return s === run?.refusedAt ? { reason: "unclear", detail: "" } : distanceAt(s);
  });

async function checked(
  check: string,
  format: ExportFormat,
  storage: PictureStorage,
  tolerance = 0,
): Promise<string> {
  const output = join(root, `${check}-${storage}${format === "robomimic" ? ".hdf5" : ""}`);
  await exportRecordings(
    { task: TASK, vlm: knowing(), map: EMPTY_MAP, fps: FPS, storage },
    {
      ...{ recordings: RUNS.map(({ name }) => join(root, `${name}.mcap`)), output, format },
      ...{ resume: false, signal: new AbortController().signal },
    },
  );
  return checkedBy(check, output, `${check}-${storage}`, tolerance);
}

/** Has the libraries look at what lies there. @returns the line that the check prints */
async function checkedBy(
  check: string,
  path: string,
  name: string,
  tolerance = 0,
): Promise<string> {
  const expected = join(root, `${name}.json`);
  const about = {
    ...{ rows: expectedRows(), instruction: TASK.description, task: TASK.name },
    lengths: RUNS.map(({ seconds }) => Math.round(seconds * FPS)),
  };
  await writeFile(expected, JSON.stringify({ ...about, tolerance, demos: 2, valid: 1 }));
  const { stdout } = await promisify(execFile)(
    PYTHON ?? "python3",
    [CHECK, check, path, expected],
    {
      env: { ...process.env, HF_HUB_OFFLINE: "1", HF_HOME: join(root, "hf") },
      maxBuffer: 1 << 26,
    },
  );
  const line = stdout.split("\n").find((each) => /^(ok|skipped) /.test(each)) ?? stdout;
  console.log(`${name}: ${line}`);
  return line;
}

describe.skipIf(PYTHON === undefined)("the libraries that read exports", () => {
  it.each([
    ["av1", 4],
    ["h264", 4],
    ["png", 0.01],
  ] as const)("LeRobotDataset opens and decodes every row, %s", async (storage, tolerance) => {
    expect(await checked("opened", "lerobot", storage, tolerance)).toMatch(/^ok/);
  });

  it("LeRobot computes the same statistics", async () => {
    expect(await checked("stats", "lerobot", "png")).toMatch(/^ok/);
  });

  it("RABCWeights weighs by our progress as its formula says", async () => {
    expect(await checked("rabc", "lerobot", "av1")).toMatch(/^ok/);
  });

  it("RABCWeights weighs by the progress of several recordings in one file", async () => {
    const parts = RUNS.map(({ name }) => join(root, `${name}.parquet`));
    for (const [i, { name }] of RUNS.entries()) {
      await using source = await openSource(join(root, `${name}.mcap`));
      const path = parts[i] ?? "";
      await annotateRecording(source, TASK, knowing(), {
        sinks: [async () => progressSink(path, { task: TASK, model: "scripted", source })],
        rateHz: FPS,
      });
    }
    const joined = join(root, "joined.parquet");
    await joinProgress(parts, joined);
    expect(await checkedBy("rabc", joined, "joined")).toMatch(/^ok/);
  });

  it("lerobot-train takes two steps weighted by our progress", async () => {
    expect(await checked("train", "lerobot", "av1")).toMatch(/^ok/);
  });

  it("LeRobot's viewer opens it", async () => {
    expect(await checked("viewer", "lerobot", "av1")).toMatch(/^(ok|skipped)/);
  });

  it("robomimic's loader reads its file", async () => {
    expect(await checked("robomimic", "robomimic", "png")).toMatch(/^(ok|skipped)/);
  });

  it("datasets.load_dataset reads the table", async () => {
    expect(await checked("table", "parquet", "png")).toMatch(/^ok/);
  });
});

/** A row as LeRobot decodes it; null where it fails. */
type Decoded = { readonly digest: string; readonly depth: readonly number[] } | null;

describe.skipIf(PYTHON === undefined)("data sets that LeRobot wrote", () => {
  let decoded: Readonly<Record<string, readonly Decoded[]>>;
  let folder: string;
  beforeAll(async () => {
    folder = join(root, "recorded");
    await mkdir(folder);
    expect(await checkedBy("write", folder, "write")).toMatch(/^ok/);
    decoded = JSON.parse(await readFile(join(folder, "decoded.json"), "utf8"));
  });

  it.each([
    ["video", 0, []],
    ["images", 0, []],
    // Rows that were added have no picture in the video, for LeRobot and for us.
    ["more_rows", 3, []],
    ["fewer_rows", 0, [expect.stringMatching(/goes on after the last row of episode 1/)]],
  ])("show the model the pictures that LeRobot decodes: %s", async (name, failed, notes) => {
    const seen: CameraFrame[] = [];
    const vlm = scriptedVlm(() => 0.4);
    const watching: SpatialVlm = {
      ...vlm,
      ask: (frame, ...rest) => {
        seen.push(frame);
        return vlm.ask(frame, ...rest);
      },
    };
    await using source = await openSource(join(folder, name));
    const counters = await annotateRecording(source, TASK, watching);
    const rows = decoded[name] ?? [];
    expect(counters).toMatchObject({ in: rows.length, failed });
    expect(source.info.notes).toEqual(notes);
    const known = rows.flatMap((row, i) => (row === null ? [] : [{ ...row, i }]));
    expect(seen.map(({ row }) => row?.index)).toEqual(known.map(({ i }) => i));
    for (const [k, { image, depth }] of seen.entries()) {
      const { data } = await decodeColor(image);
      expect(createHash("sha256").update(data).digest("hex")).toBe(known[k]?.digest);
      const { depthM, width } = await decodeDepth(depth ?? image);
      const [hole = 0, ...others] = known[k]?.depth ?? [];
      // LeRobot gives what the sensor did not see as the nearest depth: it is none.
      expect(hole).toBeLessThan(0.0101);
      expect(depthM[0]).toBeNaN();
      expect(depthM[20 * width + 30]).toBeCloseTo(others[0] ?? 0, 5);
      expect(depthM[47 * width + 63]).toBeCloseTo(others[1] ?? 0, 5);
    }
  });
});

describe("the libraries that read exports", () => {
  it.runIf(PYTHON === undefined)("were not asked: SRB_LEROBOT_PYTHON names no Python", () => {
    console.log("skipped: npm run test:lerobot asks LeRobot, robomimic and datasets");
  });
});

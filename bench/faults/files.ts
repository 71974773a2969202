import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as z from "zod";
import { Random, RECORDS, UserError } from "../../src/base/index.js";
import { readCalibration } from "../../src/calibrate/index.js";
import { recordOf } from "../../src/cli/FinishedRun.js";
import { readJob } from "../../src/cli/fleet/FleetJob.js";
import { readShardReports } from "../../src/cli/ShardReport.js";
import { openPredictions, rewardRowsOfLines } from "../../src/evaluate/index.js";
import { loadExportMap } from "../../src/export/index.js";
import { AnswerJournal } from "../../src/models/index.js";
import { checkVlmSpec } from "../../src/models/specs.js";
import { loadTask } from "../../src/task/index.js";
import { mutation } from "./mutations.js";
import { Trials } from "./Trials.js";

const EXAMPLES = resolve(import.meta.dirname, "../../examples");

/** A small file, and what reads it. */
interface SmallFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly read: (path: string) => Promise<unknown>;
}

export interface FileFigures {
  readonly files: number;
  readonly kinds: number;
  readonly refused: number;
  readonly slowestMs: number;
  readonly defects: readonly string[];
}

/**
 * Damages the small files that users and other runs write: tasks, models, calibrations, maps of an
 * export, rows, journals, records, jobs of a queue. Each is read, or refused with a reason.
 *
 * @param annotated the only shard of a run, with its records
 * @param rows the name of its JSON lines
 */
export async function mutateFiles(
  annotated: string,
  rows: string,
  count: number,
  seed: number,
  ending: AbortSignal,
): Promise<FileFigures> {
  const random = new Random(seed, "files");
  const folder = await mkdtemp(join(tmpdir(), "faults-files-"));
  const kinds = await smallFiles(annotated, rows, folder);
  const trials = new Trials();
  const isRefusal = (error: unknown) => error instanceof UserError || error instanceof z.ZodError;
  try {
    for (let i = 0; i < count && !ending.aborted; i++) {
      const kind = random.pick(kinds);
      const path = join(folder, kind.name);
      const bytes =
        random.next() < 0.5 ? mutation(kind.bytes, random) : reworded(kind.bytes, random);
      await writeFile(path, bytes);
      const name = `seed ${seed}, file ${i} (${kind.name})`;
      await trials.read(name, () => kind.read(path), isRefusal);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  const { count: files, refused, slowestMs, defects } = trials;
  return { files, kinds: kinds.length, refused, slowestMs, defects };
}

async function smallFiles(annotated: string, rows: string, folder: string): Promise<SmallFile[]> {
  const text = async (...parts: string[]) => await readFile(join(EXAMPLES, ...parts));
  const calibration = await text("learn", "calibration.yaml");
  const [, fingerprint = ""] = /model_sha256: (\S+)/.exec(calibration.toString()) ?? [];
  const key = { recording: "run1", model: "m" };
  const entry = {
    ...{ camera: "front", stamp_ns: "1000000000" },
    answers: [
      {
        text: "30 cm",
        model: "m",
        latencyMs: 12,
        value: { shape: "quantity", valueM: 0.3, sigmaM: 0.1 },
      },
    ],
  };
  const record = join(folder, RECORDS);
  await cp(join(annotated, RECORDS), record, { recursive: true });
  await cp(join(annotated, rows), join(folder, rows));
  const job = {
    ...{ recording: "/data/run1.mcap", task: "/data/pick.yaml", vlm: "rgbd", rate: 2, to: "1000" },
    outputs: [{ format: "jsonl", path: "/out/run1.jsonl" }],
    ...{ smooth: false, withImages: false },
  };
  const task = (bytes: Buffer, name: string) => ({ name, bytes, read: loadTask });
  const model = (bytes: Buffer, name: string): SmallFile => ({
    ...{ name, bytes },
    read: async (path) => checkVlmSpec(path),
  });
  return [
    task(await text("tasks", "pick.yaml"), "pick.yaml"),
    task(await text("tasks", "pick_and_place.yaml"), "pick_and_place.yaml"),
    model(await text("vlm", "together.yaml"), "together.yaml"),
    model(await text("vlm", "fast-then-careful.yaml"), "fast-then-careful.yaml"),
    {
      ...{ name: "calibration.yaml", bytes: calibration },
      read: async (path) =>
        readCalibration(await readFile(path, "utf8"), path, { id: "sick", fingerprint }),
    },
    {
      name: "map.yaml",
      bytes: Buffer.from(
        "state:\n  - topic: /joint_states\n    fields: [position]\n    max_age: 0.5 s\n" +
          "action:\n  - topic: /cmd_vel\ninstruction: pick up the mug\nimages:\n  - name: wrist\n",
      ),
      read: loadExportMap,
    },
    { name: "rows.jsonl", bytes: await readFile(join(annotated, rows)), read: rewardRowsOfLines },
    {
      name: "predictions.jsonl",
      bytes: Buffer.from(
        '{"question":"How far is the gripper from the mug?","ground_truth":0.3,"prediction":"30 cm"}\n'.repeat(
          3,
        ),
      ),
      read: openPredictions,
    },
    {
      ...{
        name: "j.answers.partial",
        bytes: Buffer.from(`${JSON.stringify(key)}\n${JSON.stringify(entry)}\n`.repeat(2)),
      },
      read: async (path) => await (await AnswerJournal.open(path, key, true)).close(),
    },
    {
      name: join(RECORDS, `${rows}.json`),
      bytes: await readFile(join(record, `${rows}.json`)),
      read: async () => await recordOf([join(folder, rows)]),
    },
    {
      name: join(RECORDS, "shard-1-of-1.json"),
      bytes: await readFile(join(record, "shard-1-of-1.json")),
      read: async () => await readShardReports(folder),
    },
    {
      name: "job.json",
      bytes: Buffer.from(JSON.stringify(job)),
      async read(path) {
        try {
          return readJob(JSON.parse(await readFile(path, "utf8")));
        } catch (error) {
          if (error instanceof SyntaxError) return undefined;
          throw error;
        }
      },
    },
  ];
}

/** What people and programs write by mistake, and what somebody writes on purpose. */
const STRANGE = [
  ...[
    "null",
    "-1",
    "1e400",
    ".nan",
    ".inf",
    "''",
    "[]",
    "{}",
    "true",
    "~",
    "0x10",
    "99999999999999999999",
  ],
  ...[
    "&a [*a]",
    "*a",
    "!!js/function x",
    "<<: *a",
    "__proto__:",
    "constructor:",
    "../../etc/passwd",
  ],
  ...[
    "\t",
    "\r",
    "\u0000",
    "\ufeff",
    "\u2028",
    ": ",
    "- ",
    "# ",
    "{{",
    "%YAML 9",
    "---",
    "'",
    '"',
    "|",
  ],
];

/** A line or word in another place, doubled, left out, or replaced by something strange. */
function reworded(bytes: Buffer, random: Random): Uint8Array {
  const parts = bytes.toString("utf8").split(random.next() < 0.5 ? /(?<=\n)/ : /(?<=[\s,:[{])/);
  for (let changes = random.integer(1, 3); changes > 0; changes--) {
    const at = random.integer(0, Math.max(0, parts.length - 1));
    const kind = random.next();
    if (kind < 0.2) parts.splice(at, 1);
    else if (kind < 0.4) parts.splice(at, 0, parts[random.integer(0, parts.length)] ?? "");
    else if (kind < 0.8)
      parts[at] = `${random.pick(STRANGE)}${/\s$/.exec(parts[at] ?? "")?.[0] ?? ""}`;
    else if (kind < 0.95) parts.splice(at, 0, random.pick(STRANGE));
    else parts.splice(at, 0, (parts[at] ?? "").slice(0, 100).repeat(random.integer(100, 5000)));
  }
  return Buffer.from(parts.join(""));
}

import { extname, join } from "node:path";
import { Command, Option } from "commander";
import type { FrameCounters } from "../annotate/index.js";
import { claimOutputs, keepInputs, OutputFile, readLines, UserError } from "../base/index.js";
import { csvField, joinTables, sinks } from "../sinks/index.js";
import { type RunRecord, recordOf } from "./FinishedRun.js";
import { interruptible } from "./interrupt.js";
import { overwriteOption } from "./options.js";
import { readShardReports, type ShardReport } from "./ShardReport.js";

/** The shards of a run do not fit together, or are not all there. */
export class MergeError extends UserError {
  override readonly code = "merge.incomplete";
}

const MERGED = [".jsonl", ".csv", ".parquet"];
/** Written in one go. */
const LINES_AT_ONCE = 1000;
/** Shards that are not done are named, up to so many. */
const LISTED_SHARDS = 50;

interface MergeOptions {
  readonly output: readonly string[];
  readonly overwrite: boolean;
}

/** `spatial-reward merge` */
export function mergeCommand(): Command {
  return new Command("merge")
    .description(
      "Sums up what `annotate --shard` wrote into a folder: which shards and recordings are done, " +
        "all counts, what failed and why; and joins their outputs to one file.",
    )
    .argument("<folder>", "the --output of all shards")
    .addOption(
      new Option(
        "-o, --output <file...>",
        "`.jsonl`, `.csv` or `.parquet`: the rows of all recordings, each with the name of its recording; " +
          "of lerobot-progress, as if they followed each other in one data set",
      ).default([], "none"),
    )
    .addOption(overwriteOption())
    .addHelpText(
      "after",
      `
Examples:
  spatial-reward merge out/
  spatial-reward merge out/ -o all.jsonl

Exit code: 0, or 1 when a shard or a recording is missing; then nothing is joined.`,
    )
    .action((folder: string, options: MergeOptions) =>
      interruptible((signal) => merge(folder, options, signal)),
    );
}

async function merge(folder: string, options: MergeOptions, signal: AbortSignal): Promise<void> {
  const run = wholeRun(folder, await readShardReports(folder));
  const files = run.recordings.flatMap(({ outputs }) => outputs.map((name) => join(folder, name)));
  for (const output of options.output) {
    if (MERGED.includes(extname(output))) continue;
    throw new MergeError(
      `output ${output}: only ${MERGED.join(", ")} can be joined; bags, reports and data sets stay one for each recording`,
    );
  }
  await keepInputs(files, options.output);
  await claimOutputs(options.output, { by: "merge", overwrite: options.overwrite });
  const done: DoneRecording[] = [];
  const open: string[] = [];
  for (const [i, { path, outputs }] of run.recordings.entries()) {
    const record = await recordOf(outputs.map((name) => join(folder, name)));
    if (record) done.push({ path, outputs, record });
    else open.push(`${path}: ${whyOpen(run, i)}`);
  }
  console.log(summaryLines(run, done, open).join("\n"));
  if (run.missing.length + open.length > 0) {
    throw new MergeError(
      `${folder}: shards not done: ${run.missing.length}, recordings not done: ${open.length}, see ` +
        "above: run their shards again with --resume",
    );
  }
  refuseOtherRuns(done);
  for (const output of options.output) {
    if (extname(output) === ".parquet") await joinParquet(folder, output, done, signal);
    else await joinRows(folder, output, run.recordings, signal);
    console.log(`  written    ${output}`);
  }
}

interface DoneRecording {
  readonly path: string;
  /** Paths in the folder. */
  readonly outputs: readonly string[];
  readonly record: RunRecord;
}

/** Why there is no whole output of a recording. */
function whyOpen({ recordings, failed, missing, count }: WholeRun, index: number): string {
  const reason = failed.get(recordings[index]?.path ?? "");
  if (reason !== undefined) return reason;
  return missing.includes((index % count) + 1)
    ? "its shard did not get to it"
    : "its output is gone, or not as its shard left it";
}

/** What the rows of two recordings follow from, beside these. */
const KEPT_ALIKE = ["task", "model", "cameras", "calibration", "options"] as const;

/** Rows of two tasks or models do not mean the same. @throws MergeError */
function refuseOtherRuns(done: readonly DoneRecording[]): void {
  const [first] = done;
  for (const other of done) {
    const differing = KEPT_ALIKE.filter(
      (name) => other.record.key[name] !== first?.record.key[name],
    );
    if (differing.length === 0) continue;
    throw new MergeError(
      `${first?.path} and ${other.path} were annotated with different settings (${differing.join(", ")}), so ` +
        "their rows do not belong together: run all shards again with the same command and --resume",
    );
  }
}

interface WholeRun {
  /** Of shards; recording i is in shard i % count + 1. */
  readonly count: number;
  readonly recordings: ShardReport["recordings"];
  /** Shards that have not come to their end. */
  readonly missing: readonly number[];
  readonly failed: ReadonlyMap<string, string>;
}

/** @throws MergeError if the reports are not those of one run */
function wholeRun(folder: string, reports: readonly ShardReport[]): WholeRun {
  const [first] = reports;
  if (!first) {
    throw new MergeError(
      `${folder} has no report of a shard: give the --output folder of \`annotate --shard\`, once a ` +
        "shard is done",
    );
  }
  const { count, list, recordings } = first;
  for (const other of reports) {
    if (other.count !== count) {
      throw new MergeError(
        `${folder} has shards of two runs, one in ${count} parts and one in ${other.count}: use a ` +
          "folder for each run, or remove the reports of the older one in .spatial-reward/",
      );
    }
    if (other.list !== list) {
      throw new MergeError(
        `shards ${first.index} and ${other.index} of ${folder} saw different recordings (${recordings.length} ` +
          `and ${other.recordings.length}), so some may be in none: run all shards again with --resume`,
      );
    }
  }
  const there = new Set(reports.map(({ index }) => index));
  const all = Array.from({ length: count }, (_, i) => i + 1);
  const failed = new Map(
    reports.flatMap((report) => report.failed.map(({ path, reason }) => [path, reason] as const)),
  );
  return { count, recordings, failed, missing: all.filter((index) => !there.has(index)) };
}

type Counts = {
  -readonly [Name in keyof Pick<FrameCounters, "in" | "annotated" | "dropped" | "failed">]: number;
};

function summaryLines(
  { count, recordings, missing }: WholeRun,
  done: readonly { readonly record: RunRecord }[],
  open: readonly string[],
): string[] {
  const sum: Counts = { in: 0, annotated: 0, dropped: 0, failed: 0 };
  for (const { record } of done) {
    for (const name of ["in", "annotated", "dropped", "failed"] as const) {
      sum[name] += record.frames[name];
    }
  }
  const more = missing.length - LISTED_SHARDS;
  const listed = `${missing.slice(0, LISTED_SHARDS).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const absent = missing.length > 0 ? `; not done: ${listed}` : "";
  return [
    `  shards     ${count - missing.length} of ${count}${absent}`,
    `  recordings ${done.length} of ${recordings.length}`,
    `  frames     ${sum.in} in = ${sum.annotated} annotated + ${sum.dropped} dropped + ${sum.failed} failed`,
    ...open.map((line) => `  not done   ${line}`),
  ];
}

/** Writes the rows of all recordings, in the order of the run's list. */
async function joinRows(
  folder: string,
  output: string,
  recordings: ShardReport["recordings"],
  signal: AbortSignal,
): Promise<void> {
  const file = await OutputFile.create(output);
  try {
    let lines: string[] = [];
    const write = async (): Promise<void> => {
      if (lines.length > 0) await file.write(Buffer.from(`${lines.join("\n")}\n`));
      lines = [];
    };
    for await (const line of joinedRows(folder, extname(output), recordings)) {
      signal.throwIfAborted();
      lines.push(line);
      if (lines.length >= LINES_AT_ONCE) await write();
    }
    await write();
    await file.finish();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** The rows with the name of their recording before them; of a table, below its header. */
async function* joinedRows(
  folder: string,
  extension: string,
  recordings: ShardReport["recordings"],
): AsyncGenerator<string> {
  const isTable = extension === ".csv";
  let header: string | undefined;
  for (const { path, outputs } of recordings) {
    const name = outputs.find((each) => extname(each) === extension);
    if (name === undefined) {
      throw new MergeError(
        `${path} has no ${extension} output: annotate with --format ${extension.slice(1)}`,
      );
    }
    const recording = name.slice(0, -extension.length);
    let isHeader = isTable;
    for await (const line of rowsOf(join(folder, name))) {
      if (!isHeader) {
        yield isTable ? csvLine(recording, line) : jsonLine(recording, line);
        continue;
      }
      isHeader = false;
      if (header === undefined) yield `recording,${line}`;
      header ??= line;
      if (line !== header)
        throw new MergeError(`${join(folder, name)} has other columns than the files before it`);
    }
  }
}

async function joinParquet(
  folder: string,
  output: string,
  done: readonly DoneRecording[],
  signal: AbortSignal,
): Promise<void> {
  const tables = done.map(({ path, outputs, record }) => {
    const at = outputs.findIndex((each) => extname(each) === ".parquet");
    const name = outputs[at];
    if (name === undefined) {
      throw new MergeError(`${path} has no .parquet output: annotate with --format parquet`);
    }
    const recording = name.slice(0, -".parquet".length);
    return { recording, path: join(folder, name), format: record.outputs[at]?.format ?? "" };
  });
  const formats = [...new Set(tables.map(({ format }) => format))];
  if (formats.length > 1) {
    throw new MergeError(`the .parquet outputs are of several formats: ${formats.join(", ")}`);
  }
  const kind = sinks.get(formats[0] ?? "");
  if (kind?.join) {
    await kind.join(
      tables.map(({ path }) => path),
      output,
    );
  } else await joinTables(tables, output, signal);
}

/** A row of a table goes on where a line ends within quotes. */
async function* rowsOf(path: string): AsyncGenerator<string, void, void> {
  const isTable = extname(path) === ".csv";
  let row: string | undefined;
  for await (const { text } of readLines(path)) {
    row = row === undefined ? text : `${row}\n${text}`;
    if (isTable && row.split('"').length % 2 === 0) continue;
    yield row;
    row = undefined;
  }
  if (row !== undefined) yield row;
}

function csvLine(recording: string, line: string): string {
  return `${csvField(recording)},${line}`;
}

function jsonLine(recording: string, line: string): string {
  return `{"recording":${JSON.stringify(recording)},${line.slice(1)}`;
}

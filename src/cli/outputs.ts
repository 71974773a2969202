import { readdir, realpath } from "node:fs/promises";
import { basename, dirname, extname, join, resolve, sep } from "node:path";
import { itemAt, keepInputs, RECORDS, UserError } from "../base/index.js";
import { sinks } from "../sinks/index.js";
import { recordingName, sources } from "../sources/index.js";

export interface PlannedOutput {
  /** The name of the sink; chosen by the file's extension. */
  readonly format: string;
  readonly path: string;
  /** The output of all recordings that this one is a part of. */
  readonly partOf?: string;
}

/** The `--output` of a command does not fit its inputs. */
export class OutputPlanError extends UserError {
  override readonly code = "output.plan";
}

/**
 * Decides which files each recording gets. A path with a known extension is one file, for one
 * recording. A folder gets, for each recording, `<name>.<format>` of each of `formats`; a bag as
 * a rosbag2 folder `<name>/<name>.mcap` with its metadata.yaml. Where a format joins recordings, one file
 * is for all of them: each gets its part of it. Recordings of one name go into
 * subfolders, named as the folders that they come from: `day1/<name>`.
 *
 * @param recordings paths of bag files and rosbag2 folders
 * @param others further files that are read, and so are never an output
 * @param names of the recordings, where they are known: `distinctNames`
 * @returns the outputs by recording
 * @throws OutputPlanError when two recordings would be written to one file, or an output lies in a
 *   LeRobot data set; InputKeptError when an
 *   output would change a recording.
 */
export async function planOutputs(
  recordings: readonly string[],
  outputs: readonly string[],
  formats: readonly string[],
  others: readonly string[] = [],
  names?: readonly string[],
): Promise<ReadonlyMap<string, readonly PlannedOutput[]>> {
  const plan = new Map<string, PlannedOutput[]>();
  const owners = new Map<string, string>();
  const distinct = names ?? (await distinctNames(recordings));
  for (const [i, recording] of recordings.entries()) {
    const name = itemAt(distinct, i);
    const planned = outputs.flatMap((output): PlannedOutput[] => {
      const format = formatOf(output, formats);
      if (format) return [oneFile(output, format, name, recordings.length)];
      return formats.map((each) => ({
        format: each,
        path: join(output, sinks.get(each)?.isFolder ? name : `${name}.${extensionOf(each)}`),
      }));
    });
    for (const { path } of planned) {
      const owner = owners.get(resolve(path));
      if (owner !== undefined) {
        throw new OutputPlanError(
          `the outputs for ${owner} and ${recording} would both be written to ${path}; ` +
            "give a folder as --output, or annotate one at a time",
        );
      }
      owners.set(resolve(path), recording);
    }
    plan.set(recording, planned);
  }
  const paths = pathsOf(plan);
  await keepInputs([...recordings, ...others], [...paths, ...paths.map(journalPath)]);
  await keepDataSets(paths);
  return plan;
}

/** All that a plan writes. */
export function pathsOf(plan: ReadonlyMap<string, readonly PlannedOutput[]>): string[] {
  const planned = [...plan.values()].flat();
  return [...new Set(planned.flatMap(({ path, partOf }) => [path, partOf ?? path]))];
}

/** A file, or its part of one recording where the format joins several in one. */
function oneFile(path: string, format: string, name: string, count: number): PlannedOutput {
  if (count === 1 || sinks.get(format)?.join === undefined) return { format, path };
  const parts = join(dirname(path), RECORDS, `${basename(path)}.parts`);
  return { format, path: join(parts, `${name}.${extensionOf(format)}`), partOf: path };
}

/**
 * Makes the outputs that several recordings share, when each has its part.
 * @returns their paths
 */
export async function joinOutputs(planned: readonly PlannedOutput[]): Promise<string[]> {
  const shared = new Map<string, PlannedOutput[]>();
  for (const output of planned) {
    if (output.partOf === undefined) continue;
    shared.set(output.partOf, [...(shared.get(output.partOf) ?? []), output]);
  }
  for (const [path, parts] of shared) {
    const kind = sinks.get(itemAt(parts, 0).format);
    await kind?.join?.(
      parts.map((part) => part.path),
      path,
    );
  }
  return [...shared.keys()];
}

/**
 * Nothing is written into a LeRobot data set, whether it is read or not: a table there would be
 * taken for a part of it, and its own files have the same extension.
 */
export async function keepDataSets(outputs: readonly string[]): Promise<void> {
  const known = new Map<string, string | undefined>();
  for (const output of outputs) {
    const dataset = await dataSetAround(dirname(resolve(output)), known);
    if (dataset === undefined) continue;
    throw new OutputPlanError(
      `output ${output} lies in the data set ${dataset}, and data sets are never changed; ` +
        "choose another --output",
    );
  }
}

/** By its real path; a folder may be one that is still to be made. What is found is kept in `known`. */
async function dataSetAround(
  folder: string,
  known: Map<string, string | undefined>,
): Promise<string | undefined> {
  if (known.has(folder)) return known.get(folder);
  const there = await realpath(folder).catch(() => undefined);
  const isDataSet = there !== undefined && (await sources.get("lerobot")?.claims(there));
  const real = there ?? folder;
  const around = dirname(real);
  const found = isDataSet ? real : around === real ? undefined : await dataSetAround(around, known);
  known.set(folder, found);
  return found;
}

/**
 * A name for each recording's outputs. Where several have the same, as many of the folders that
 * they lie in come before it as tell them apart; in one folder, their extensions do.
 */
export async function distinctNames(recordings: readonly string[]): Promise<string[]> {
  const plain = await Promise.all(recordings.map(recordingName));
  const namesakes = new Map<string, string[]>();
  for (const [i, recording] of recordings.entries()) {
    const name = itemAt(plain, i);
    const known = namesakes.get(name);
    if (known) known.push(recording);
    else namesakes.set(name, [recording]);
  }
  const told = new Map<string, string>();
  for (const [name, all] of namesakes) tellApart(name, all, told);
  return recordings.map((recording, i) => told.get(resolve(recording)) ?? itemAt(plain, i));
}

/** Adds a name for each of several recordings, by its whole path. */
function tellApart(name: string, recordings: readonly string[], told: Map<string, string>): void {
  let left = [...new Set(recordings.map((each) => resolve(each)))];
  for (let count = 0; left.length > 0; count++) {
    const labels = left.map((path) => foldersOf(path).slice(-count || Infinity));
    const sharing = new Map<string, number>();
    for (const label of labels) {
      const key = count === 0 ? "" : label.join(sep);
      sharing.set(key, (sharing.get(key) ?? 0) + 1);
    }
    left = left.filter((path, i) => {
      const label = count === 0 ? [] : itemAt(labels, i);
      if (sharing.get(label.join(sep)) === 1) told.set(path, join(...label, name));
      // In one folder, extensions tell them apart.
      else if (label.length < count) told.set(path, `${name}_${endingOf(path, name)}`);
      return !told.has(path);
    });
  }
}

function endingOf(path: string, name: string): string {
  return basename(path)
    .slice(name.length + 1)
    .replaceAll(".", "_");
}

function foldersOf(recording: string): string[] {
  return dirname(resolve(recording)).split(sep).filter(Boolean);
}

function extensionOf(format: string): string {
  return sinks.get(format)?.extension ?? format;
}

/**
 * The format of a path: that of its extension (of several, the one that is asked for), or
 * undefined for a folder.
 */
function formatOf(path: string, wanted: readonly string[]): string | undefined {
  const extension = extname(path).slice(1).toLowerCase();
  if (path.endsWith("/") || extension === "") return undefined;
  const formats = sinks.names();
  const found = [...wanted, ...formats].find((format) => extensionOf(format) === extension);
  if (found !== undefined) return found;
  throw new OutputPlanError(
    `output ${path}: unknown format .${extension}; use .${[...new Set(formats.map(extensionOf))].filter(Boolean).join(", .")}, or a folder`,
  );
}

/** What lies in a data set's folder, in which outputs may lie too. */
export async function entriesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => join(folder, name));
}

/** Where the answers of an unfinished run are kept: beside its first output. */
export function journalPath(output: string): string {
  return `${output.replace(/\/+$/, "")}.answers.partial`;
}

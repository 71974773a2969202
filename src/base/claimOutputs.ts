import { lstat, open, readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { contentDigest } from "./contentDigest.js";
import { UserError } from "./errors.js";
import { fileIdentity } from "./fileIdentity.js";

/** The folder beside outputs that says which of them are ours. */
export const RECORDS = ".spatial-reward";

/** An output would replace something that the command did not make. */
export class OutputKeptError extends UserError {
  override readonly code = "output.exists";
}

/** Two outputs of a command are one file, so that the second would replace the first. */
export class SameOutputError extends UserError {
  override readonly code = "output.same";
}

export interface OutputClaim {
  /** The command that writes: it replaces what it made itself, and nothing else. */
  readonly by: string;
  /** The user said that what is there may go; a recording only goes where `by` made it. */
  readonly overwrite: boolean;
}

/** What the record beside an output says. */
interface Made {
  readonly by: string;
  /** The newest first. The one before it counts until the newest has its name. */
  readonly digests: readonly string[];
}

/** By whole path: what this process is about to write. */
const claims = new Map<string, OutputClaim>();

/**
 * Says that these outputs are about to be written. What is there under their names already must be
 * as the same command left it, unless `overwrite` is set. From then on each output is recorded as
 * it gets its name, in `.spatial-reward/` beside it.
 *
 * @throws OutputKeptError that names what would be lost, and says what to do; SameOutputError where
 *   two of the paths lead to one file, by another spelling or a link
 */
export async function claimOutputs(paths: readonly string[], claim: OutputClaim): Promise<void> {
  await checkDistinct(paths);
  for (const path of paths) await check(path, claim);
  for (const path of paths) claims.set(resolve(path), claim);
}

/**
 * Whether a folder that has this name may go: it was claimed, and so found to be as the same command
 * left it. That is looked at once more when the new one is complete.
 */
export function mayReplace(path: string): boolean {
  return claims.has(resolve(path));
}

/**
 * The record of a claimed output that is complete and about to get its name; undefined where nobody
 * claimed it. It is written before the output is renamed: a process that is killed in between leaves
 * no output that is taken for a stranger's.
 *
 * @throws OutputKeptError if something has come to the name while the output was written
 */
export async function recordOfOutput(
  temporary: string,
  path: string,
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  const claim = claims.get(resolve(path));
  if (claim === undefined) return undefined;
  await check(path, claim);
  const before = await contentDigest(path).catch(() => undefined);
  const digests = [await contentDigest(temporary), ...(before === undefined ? [] : [before])];
  const made: Made = { by: claim.by, digests };
  return { path: recordPath(path), text: `${JSON.stringify(made)}\n` };
}

async function checkDistinct(paths: readonly string[]): Promise<void> {
  const names = new Map<string, string>();
  for (const path of paths) {
    for (const name of await namesOf(path)) {
      const other = names.get(name);
      if (other !== undefined) throw same(other, path);
      names.set(name, path);
    }
  }
}

function same(one: string, other: string): SameOutputError {
  const which = one === other ? `${one} is named twice` : `${one} and ${other} are one file`;
  return new SameOutputError(
    `outputs: ${which}, and the second would replace the first; give each output a name of its own`,
  );
}

/** All by which a file is known that may not be there yet: its place, where it leads, its inode. */
async function namesOf(path: string): Promise<ReadonlySet<string>> {
  const whole = resolve(path);
  const folder = await realpath(dirname(whole)).catch(() => dirname(whole));
  const real = await realpath(whole).catch(() => undefined);
  const found = await stat(whole).catch(() => undefined);
  return new Set([
    join(folder, basename(whole)),
    ...(real === undefined ? [] : [real]),
    ...(found?.isFile() ? [await fileIdentity(whole)] : []),
  ]);
}

async function check(path: string, { by, overwrite }: OutputClaim): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  const target = await stat(path).catch(() => undefined);
  const isFolder = target?.isDirectory() === true;
  if (isFolder && extname(resolve(path)) !== "" && !(await isRecording(path))) {
    throw new OutputKeptError(
      `output ${path}: there is a folder with that name; choose another name`,
    );
  }
  if (isFolder && overwrite && !(await isRecording(path))) {
    throw new OutputKeptError(
      `output ${path} is a folder with more in it than a recording, so --overwrite does not remove ` +
        "it: choose another name, or remove it yourself",
    );
  }
  const mayGo = overwrite && !isFolder && !(await holdsPictures(path));
  if (mayGo) return;
  const made = await readMade(path);
  const isSame =
    made?.by === by && made.digests.includes(await contentDigest(path).catch(() => ""));
  if (isSame) return;
  if (overwrite) {
    throw new OutputKeptError(
      `output ${path} is a recording or a picture, and ${whose(made, by, false)}: --overwrite does ` +
        "not replace it, since it may be the only one. Choose another name, or remove it yourself",
    );
  }
  throw new OutputKeptError(
    `output ${path} is there already, and ${whose(made, by, target === undefined)}: it is left ` +
      "alone. Choose another name, or add --overwrite to replace it",
  );
}

function whose(made: Made | undefined, by: string, leadsNowhere: boolean): string {
  if (leadsNowhere) return "is a link that leads nowhere";
  if (made === undefined) return `\`${by}\` has no record of having made it`;
  if (made.by !== by) return `was made by \`${made.by}\`, not by \`${by}\``;
  return `is not as \`${by}\` left it`;
}

/** A rosbag2 folder and nothing else: metadata and bag files. */
async function isRecording(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => [""]);
  return (
    names.includes("metadata.yaml") &&
    names.every((name) => name === "metadata.yaml" || /\.(mcap|db3)(\.zstd)?$/.test(name))
  );
}

/** Names of bags: one whose beginning is damaged is a recording all the same. */
const BAG_NAME = /\.((mcap|db3)(\.zstd?)?|bag(\.active)?)$/i;

/** How files begin that may be somebody's recording: bags, videos, pictures. */
const BEGINNINGS: readonly { readonly text: string; readonly at?: number }[] = [
  { text: "\x89MCAP0" },
  { text: "SQLite format 3" },
  { text: "#ROSBAG" },
  { text: "\x28\xb5\x2f\xfd" }, // zstd
  { text: "ftyp", at: 4 }, // MP4, MOV
  { text: "\x1a\x45\xdf\xa3" }, // Matroska, WebM
  { text: "\x89PNG" },
  { text: "\xff\xd8\xff" }, // JPEG
  { text: "RIFF" }, // WebP, AVI
];

/** Whether a file, by whatever name or link, may be a recording. An empty file holds nothing. */
async function holdsPictures(path: string): Promise<boolean> {
  const beginning = await firstBytes(path, 16).catch(() => "");
  if (beginning === "") return false;
  return BAG_NAME.test(path) || BEGINNINGS.some(({ text, at }) => beginning.startsWith(text, at));
}

/** As text of one letter for each byte. */
async function firstBytes(path: string, count: number): Promise<string> {
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function recordPath(path: string): string {
  const whole = resolve(path);
  return join(dirname(whole), RECORDS, `${basename(whole)}.made`);
}

async function readMade(path: string): Promise<Made | undefined> {
  try {
    const { by, digests } = JSON.parse(await readFile(recordPath(path), "utf8")) as Partial<Made>;
    if (typeof by !== "string" || !Array.isArray(digests)) return undefined;
    return { by, digests: digests.filter((digest) => typeof digest === "string") };
  } catch {
    return undefined;
  }
}

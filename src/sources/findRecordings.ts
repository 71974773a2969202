import type { Dirent } from "node:fs";
import { lstat, readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import {
  byNumber,
  fileIdentity,
  noteName,
  refuseSpecialFile,
  UserError,
  writerOf,
} from "../base/index.js";
import { imageKind } from "./images/imageKind.js";
import { sourceKindOf } from "./openSource.js";
import { BAG_FILE, bagKind } from "./rosbag/bagKind.js";
import { isRemote, isS3 } from "./rosbag/bytes/isRemote.js";
import { recordingFiles } from "./rosbag/recordingFiles.js";

/** There is nothing to read where a path points. */
export class InputError extends UserError {
  override readonly code = "input.missing";
}

/** One recording is named by two of the paths: its frames would count twice. */
export class InputTwiceError extends UserError {
  override readonly code = "input.twice";
}

/**
 * The recordings that paths stand for, sorted within a folder: a bag file, a rosbag2 folder, a
 * folder of either, an image or a folder of images, and anything that other sources claim. What a
 * process of this program is still writing is passed over.
 *
 * @param onSkipped told of what was passed over, in one line each
 * @throws InputError where nothing is left; InputTwiceError where two paths lead to one recording
 */
export async function findRecordings(
  paths: readonly string[],
  onSkipped: (line: string) => void = () => {},
): Promise<string[]> {
  const skipped: string[] = [];
  const found = (await Promise.all(paths.map((path) => recordingsAt(path, skipped)))).flat();
  for (const path of [...paths, ...found]) noteName(path);
  for (const line of skipped) onSkipped(line);
  if (found.length === 0 && skipped.length > 0) {
    throw new InputError(`nothing to read yet: ${skipped.join("; ")}`);
  }
  await checkOnce(found);
  return found;
}

/** More are not listed. */
const MOST_LISTED = 10;

/**
 * The one recording that a path stands for: itself, or the only one in that folder.
 *
 * @throws InputError that lists them, where there are several
 */
export async function onlyRecording(path: string): Promise<string> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) return path;
  const found = await findRecordings([path]);
  const [only, ...others] = found;
  if (only === undefined || others.length === 0) return only ?? path;
  // The files of a recording that was killed, or of a folder that was renamed since.
  const isOne = await recordingFiles(path).then(
    () => true,
    () => false,
  );
  if (isOne) return path;
  const more = found.length - MOST_LISTED;
  const listed = found.slice(0, MOST_LISTED).map((each) => `\n  ${each}`);
  const rest = more > 0 ? `\n  and ${more} more` : "";
  throw new InputError(
    `${path} holds ${found.length} recordings; name one of them:${listed.join("")}${rest}`,
  );
}

async function checkOnce(recordings: readonly string[]): Promise<void> {
  const known = new Map<string, string>();
  for (const recording of recordings) {
    const identities = await identitiesOf(recording);
    for (const identity of identities) {
      const before = known.get(identity);
      if (before !== undefined) {
        const same = before === recording ? "is named twice" : `is named again, as ${before}`;
        throw new InputTwiceError(`the recording ${recording} ${same}: name each recording once`);
      }
    }
    for (const identity of identities) known.set(identity, recording);
  }
}

/** Of a folder's files too: it may be named beside one of them. */
async function identitiesOf(recording: string): Promise<ReadonlySet<string>> {
  const own = await metadataFiles(join(recording, "metadata.yaml"));
  const names = own ? [...own] : await readdir(recording).catch(() => []);
  const files = names.filter((name) => BAG_FILE.test(name)).map((name) => join(recording, name));
  return new Set(await Promise.all([recording, ...files].map(fileIdentity)));
}

async function isBeingWritten(path: string, skipped: string[]): Promise<boolean> {
  const writer = await writerOf(path);
  if (writer === undefined) return false;
  skipped.push(`${path} is still being written by ${writer}, and was passed over`);
  return true;
}

/**
 * The name of a recording, for outputs: the file's stem or the folder's name. Whatever it is called
 * (`...mcap` has the stem `..`), an output of this name lies in the folder that it is written to.
 */
export async function recordingName(path: string): Promise<string> {
  const name = (await sourceKindOf(path)).nameOf(path).replaceAll(NOT_IN_NAMES, "_");
  return /^\.*$/.test(name) ? `_${name}`.replaceAll(".", "_") : name;
}

/** Separators of folders, and what would move the cursor of who lists them. */
const NOT_IN_NAMES = /[/\\\p{Cc}]/gu;

async function recordingsAt(path: string, skipped: string[]): Promise<string[]> {
  if (await isBeingWritten(path, skipped)) return [];
  await refuseSpecialFile(path);
  const kind = await sourceKindOf(path);
  if (kind === imageKind && (await stat(path)).isDirectory()) {
    // Reports leave pictures beside the recordings that they are of.
    const bags = await bagsIn(path, skipped);
    return bags.length > 0 ? bags : [path];
  }
  if (kind === bagKind && isS3(path)) return await recordingsInS3(path, skipped);
  if (kind !== bagKind || isRemote(path)) return [path];
  const info = await stat(path).catch(() => {
    throw new InputError(`${path}: no such file or folder`);
  });
  if (info.isFile()) return [path];
  const before = skipped.length;
  const bags = await bagsIn(path, skipped);
  if (bags.length === 0 && skipped.length === before) {
    throw new InputError(
      `${path}: no recordings (.mcap, .db3, .bag, rosbag2 folders) and no images in this folder`,
    );
  }
  return bags;
}

/** The object of this key, or the recordings in the folder of this name. @throws InputError, S3Error */
async function recordingsInS3(path: string, skipped: string[]): Promise<string[]> {
  const { inS3Folder, isS3Object } = await import("./rosbag/s3Folder.js");
  if (await isS3Object(path)) return [path];
  const bags = await inS3Folder(path, async ({ address, names, unreachable, readText }) => {
    for (const name of unreachable.filter((each) => BAG_FILE.test(each))) {
      skipped.push(
        `${address}${name} was passed over: \`.\` and \`..\` lead nowhere in S3; copy it to another key`,
      );
    }
    const found: string[] = [];
    for (const [folder, inIt] of byFolder(names)) {
      const files = inIt.filter((name) => BAG_FILE.test(name));
      const own = inIt.includes("metadata.yaml")
        ? filesOfMetadata(await readText(`${folder}metadata.yaml`))
        : undefined;
      if (own) found.push(`${address}${folder}`);
      const others = files.filter((name) => !own?.has(name));
      found.push(...others.map((name) => `${address}${folder}${name}`));
    }
    return found;
  });
  if (bags.length > 0) return bags;
  throw new InputError(
    `${path}: there is no such object, and no folder with recordings (.mcap, .db3, .bag, rosbag2 folders)`,
  );
}

/** Names by folder (`""`, `day1/`), folders and names in the order in which people count. */
function byFolder(names: readonly string[]): [string, string[]][] {
  const folders = new Map<string, string[]>();
  for (const name of [...names].sort(byNumber)) {
    const [folder = ""] = /^.*\//s.exec(name) ?? [];
    folders.set(folder, [...(folders.get(folder) ?? []), name.slice(folder.length)]);
  }
  return [...folders].sort(([a], [b]) => byNumber(a, b));
}

async function bagsIn(folder: string, skipped: string[]): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const own = await metadataFiles(join(folder, "metadata.yaml"));
  if (own) {
    const others = entries.filter(({ name }) => BAG_FILE.test(name) && !own.has(name));
    return [folder, ...others.map(({ name }) => join(folder, name)).sort()];
  }
  entries.sort((a, b) => byNumber(a.name, b.name));
  if (isKilledRecording(folder, entries)) return [folder];
  const bags: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (await isBeingWritten(path, skipped)) continue;
    if (BAG_FILE.test(entry.name) && (await isUnnameable(path))) {
      skipped.push(`${path} has a name that is no UTF-8, and was passed over: rename it`);
      continue;
    }
    if (entry.isDirectory()) bags.push(...(await bagsIn(path, skipped)));
    else if (BAG_FILE.test(entry.name)) bags.push(path);
  }
  return bags;
}

/** Whether Node could not read a name: what it cannot it gives as U+FFFD. */
async function isUnnameable(path: string): Promise<boolean> {
  return path.includes("\ufffd") && (await lstat(path).catch(() => undefined)) === undefined;
}

/** The names of the files in a metadata.yaml; undefined if it is missing, or not one of a bag. */
async function metadataFiles(path: string): Promise<ReadonlySet<string> | undefined> {
  const text = refuseSpecialFile(path).then(() => readFile(path, "utf8"));
  return filesOfMetadata(await text.catch(() => ""));
}

function filesOfMetadata(text: string): ReadonlySet<string> | undefined {
  try {
    const listed = metadataSchema.parse(parse(text, { logLevel: "silent", maxAliasCount: 100 }));
    const paths = listed.rosbag2_bagfile_information.relative_file_paths;
    return new Set(paths.map((each) => basename(each)));
  } catch {
    return undefined;
  }
}

const metadataSchema = z.object({
  rosbag2_bagfile_information: z.object({ relative_file_paths: z.array(z.string()) }),
});

/** A rosbag2 folder whose recorder was killed has its numbered files and no metadata.yaml. */
function isKilledRecording(folder: string, entries: readonly Dirent[]): boolean {
  const files = entries.filter(({ name }) => BAG_FILE.test(name) && !/\.bag\b/i.test(name));
  const prefix = `${basename(resolve(folder))}_`;
  return files.length > 0 && files.every(({ name }) => name.startsWith(prefix));
}

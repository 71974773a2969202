import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { UserError } from "../base/index.js";
import { imageKind } from "./images/imageKind.js";
import { sourceKindOf } from "./openSource.js";
import { BAG_FILE, bagKind } from "./rosbag/bagKind.js";
import { isRemote } from "./rosbag/bytes/isRemote.js";

/** There is nothing to read where a path points. */
export class InputError extends UserError {
  override readonly code = "input.missing";
}

/**
 * The recordings that paths stand for, sorted within a folder: a bag file, a rosbag2 folder, a
 * folder of either, an image or a folder of images, and anything that other sources claim.
 */
export async function findRecordings(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(recordingsAt));
  return found.flat();
}

/** The name of a recording, for outputs: the file's stem or the folder's name. */
export async function recordingName(path: string): Promise<string> {
  return (await sourceKindOf(path)).nameOf(path);
}

async function recordingsAt(path: string): Promise<string[]> {
  const kind = await sourceKindOf(path);
  if (kind === imageKind && (await stat(path)).isDirectory()) {
    // Reports leave pictures beside the recordings that they are of.
    const bags = await bagsIn(path);
    return bags.length > 0 ? bags : [path];
  }
  if (kind !== bagKind || isRemote(path)) return [path];
  const info = await stat(path).catch(() => {
    throw new InputError(`${path}: no such file or folder`);
  });
  if (info.isFile()) return [path];
  const bags = await bagsIn(path);
  if (bags.length === 0) {
    throw new InputError(
      `${path}: no recordings (.mcap, .db3, .bag, rosbag2 folders) and no images in this folder`,
    );
  }
  return bags;
}

async function bagsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const own = await metadataFiles(join(folder, "metadata.yaml"));
  if (own) {
    const others = entries.filter(({ name }) => BAG_FILE.test(name) && !own.has(name));
    return [folder, ...others.map(({ name }) => join(folder, name)).sort()];
  }
  entries.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  if (isKilledRecording(folder, entries)) return [folder];
  const bags: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bags.push(...(await bagsIn(path)));
    else if (BAG_FILE.test(entry.name)) bags.push(path);
  }
  return bags;
}

/** The names of the files in a metadata.yaml; undefined if it is missing, or not one of a bag. */
async function metadataFiles(path: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const text = await readFile(path, "utf8");
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
  const files = entries.filter(({ name }) => BAG_FILE.test(name) && !/\.bag\b/.test(name));
  const prefix = `${basename(resolve(folder))}_`;
  return files.length > 0 && files.every(({ name }) => name.startsWith(prefix));
}

import { readdir, readFile, stat } from "node:fs/promises";
import { basename, isAbsolute, join, normalize, resolve } from "node:path";
import { BagError } from "./BagError.js";
import { isRemote, remoteName } from "./bytes/isRemote.js";
import { parseRosbagMetadata } from "./rosbagMetadata.js";

/** The storage files of a recording and what is known of them from outside. */
export interface RecordingFiles {
  readonly paths: readonly string[];
  readonly damage: readonly string[];
  readonly compression?: string;
  readonly distribution?: string;
}

const STORAGE_FILE = /\.(mcap|db3)(\.zstd?)?$/;

/**
 * Finds the files of a recording. A folder's metadata.yaml names them; where the recorder was
 * killed before it wrote one, they are `<name>_0`, `<name>_1`, … Throws a BagError if the path does
 * not exist, or a folder holds no recording or several.
 */
export async function recordingFiles(path: string): Promise<RecordingFiles> {
  if (isRemote(path)) return { paths: [path], damage: [] };
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new BagError(
      error.code === "ENOENT"
        ? `${path}: no such file or folder.`
        : `${path} cannot be opened: ${error.message}`,
      { cause: error },
    );
  });
  if (!found.isDirectory()) return { paths: [path], damage: [] };
  const names = (await readdir(path)).sort(byNumber);
  const stored = names.filter((name) => STORAGE_FILE.test(name));
  if (names.includes("metadata.yaml")) {
    try {
      return await listedFiles(path, stored);
    } catch (error) {
      if (!(error instanceof BagError) || stored.length === 0) throw error;
      const rest = unlistedFiles(path, stored);
      return { ...rest, damage: [error.message] };
    }
  }
  return unlistedFiles(path, stored);
}

async function listedFiles(folder: string, stored: readonly string[]): Promise<RecordingFiles> {
  const metadataPath = join(folder, "metadata.yaml");
  const text = await readFile(metadataPath, "utf8").catch((error: Error) => {
    throw new BagError(`${metadataPath} cannot be read: ${error.message}`, { cause: error });
  });
  const metadata = parseRosbagMetadata(text, metadataPath);
  const paths: string[] = [];
  const damage: string[] = [];
  // A file that is listed twice is one file.
  for (const file of new Set(metadata.files)) {
    const name = fileInFolder(file, stored);
    if (name && paths.includes(join(folder, name))) continue;
    if (name) paths.push(join(folder, name));
    else damage.push(`${file} is missing in ${folder}, though metadata.yaml names it`);
  }
  if (paths.length === 0) {
    throw new BagError(`${folder} has no recording: all files of metadata.yaml are missing.`);
  }
  const { compression, distribution } = metadata;
  return {
    paths,
    damage,
    ...(compression && { compression }),
    ...(distribution && { distribution }),
  };
}

/**
 * Old rosbag2 versions wrote the folder's name before the file's, and a killed or repaired
 * recording can have the compressed name for the plain file or the other way round.
 */
function fileInFolder(listed: string, stored: readonly string[]): string | undefined {
  const name = isAbsolute(listed) ? basename(listed) : basename(normalize(listed));
  const plain = name.replace(/\.zstd?$/, "");
  return [name, plain, `${plain}.zstd`, `${plain}.zst`].find((candidate) =>
    stored.includes(candidate),
  );
}

function unlistedFiles(folder: string, stored: readonly string[]): RecordingFiles {
  if (stored.length === 0) {
    throw new BagError(`${folder} has no recording: no metadata.yaml, no .mcap or .db3 file.`);
  }
  const recordings = new Set(
    stored.map((name) => name.replace(STORAGE_FILE, "").replace(/_\d+$/, "")),
  );
  if (recordings.size > 1) {
    throw new BagError(
      `${folder} has no metadata.yaml but several recordings; name one of its files:\n` +
        stored.map((name) => `  ${join(folder, name)}`).join("\n"),
    );
  }
  return {
    paths: stored.map((name) => join(folder, name)),
    damage: ["metadata.yaml is missing (recorder killed?); all files of the folder are read"],
  };
}

/** A file's own name, of an address too. */
export function fileName(path: string): string {
  return isRemote(path) ? remoteName(path) : basename(resolve(path));
}

/** `bag_2` before `bag_10`. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

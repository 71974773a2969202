import { readdir, readFile, stat } from "node:fs/promises";
import { basename, isAbsolute, join, normalize, resolve } from "node:path";
import { byNumber, refuseSpecialFile } from "../../base/index.js";
import { BagError } from "./BagError.js";
import { isRemote, isS3, remoteName } from "./bytes/isRemote.js";
import { parseRosbagMetadata } from "./rosbagMetadata.js";

/** The storage files of a recording and what is known of them from outside. */
export interface RecordingFiles {
  readonly paths: readonly string[];
  readonly damage: readonly string[];
  readonly compression?: string;
  readonly distribution?: string;
}

/** Each is a recording by itself. */
const ROS1_FILE = /\.bag(\.active)?$/i;
const STORAGE_FILE = /\.(mcap|db3)(\.zstd?)?$/i;

/**
 * Finds the files of a recording. A folder's metadata.yaml names them; where the recorder was
 * killed before it wrote one, they are `<name>_0`, `<name>_1`, … Throws a BagError if the path does
 * not exist, or a folder holds no recording or several.
 */
export async function recordingFiles(path: string): Promise<RecordingFiles> {
  if (isS3(path) && path.endsWith("/")) return await filesInS3(path);
  if (isRemote(path)) return { paths: [path], damage: [] };
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new BagError(
      error.code === "ENOENT"
        ? `${path}: no such file or folder.`
        : `${path} cannot be opened: ${error.message}`,
      { cause: error },
    );
  });
  if (!found.isDirectory()) {
    await refuseSpecialFile(path);
    return { paths: [path], damage: [] };
  }
  const pathOf = (name: string) => join(path, name);
  return await filesAmong({ path, names: await readdir(path), pathOf }, () =>
    textOf(pathOf("metadata.yaml")),
  );
}

async function textOf(path: string): Promise<string> {
  await refuseSpecialFile(path);
  return await readFile(path, "utf8");
}

/** The storage files in a folder of S3. @throws BagError, S3Error */
async function filesInS3(spec: string): Promise<RecordingFiles> {
  const { inS3Folder } = await import("./s3Folder.js");
  return await inS3Folder(spec, async ({ address, names, readText }) => {
    const own = names.filter((name) => !name.includes("/"));
    const pathOf = (name: string) => `${address}${name}`;
    return await filesAmong({ path: spec, names: own, pathOf }, () => readText("metadata.yaml"));
  });
}

/** A folder, and how what lies in it is named. */
interface Folder {
  readonly path: string;
  readonly names: readonly string[];
  readonly pathOf: (name: string) => string;
}

async function filesAmong(
  folder: Folder,
  readMetadata: () => Promise<string>,
): Promise<RecordingFiles> {
  const names = [...folder.names].sort(byNumber);
  const stored = names.filter((name) => STORAGE_FILE.test(name));
  if (names.includes("metadata.yaml")) {
    try {
      return await listedFiles(folder, stored, readMetadata);
    } catch (error) {
      if (!(error instanceof BagError) || stored.length === 0) throw error;
      const rest = unlistedFiles(folder, stored);
      return { ...rest, damage: [error.message] };
    }
  }
  return unlistedFiles(folder, stored);
}

async function listedFiles(
  { path: folder, pathOf }: Folder,
  stored: readonly string[],
  readMetadata: () => Promise<string>,
): Promise<RecordingFiles> {
  const metadataPath = pathOf("metadata.yaml");
  const text = await readMetadata().catch((error: Error) => {
    throw new BagError(`${metadataPath} cannot be read: ${error.message}`, { cause: error });
  });
  const metadata = parseRosbagMetadata(text, metadataPath);
  const paths: string[] = [];
  const damage: string[] = [];
  // A file that is listed twice is one file.
  for (const file of new Set(metadata.files)) {
    const name = fileInFolder(file, stored);
    if (name && paths.includes(pathOf(name))) continue;
    if (name) paths.push(pathOf(name));
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

function unlistedFiles(
  { path: folder, names, pathOf }: Folder,
  stored: readonly string[],
): RecordingFiles {
  if (stored.length === 0) {
    throw new BagError(`${folder} has no recording: no metadata.yaml, no .mcap or .db3 file.`);
  }
  const recordings = new Set(
    stored.map((name) => name.replace(STORAGE_FILE, "").replace(/_\d+$/, "")),
  );
  const ros1 = names.filter((name) => ROS1_FILE.test(name));
  if (recordings.size + ros1.length > 1) {
    throw new BagError(
      `${folder} has no metadata.yaml but several recordings; name one of its files:\n` +
        [...stored, ...ros1].map((name) => `  ${pathOf(name)}`).join("\n"),
    );
  }
  return {
    paths: stored.map(pathOf),
    damage: ["metadata.yaml is missing (recorder killed?); all files of the folder are read"],
  };
}

/** A file's own name, of an address too. */
export function fileName(path: string): string {
  return isRemote(path) ? remoteName(path) : basename(resolve(path));
}

import { constants, copyFile, link, mkdir, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { OutputError } from "../../base/index.js";
import { LeRobotError } from "../../sources/index.js";

/** Deeper than any data set; a circle of links ends here. */
const DEEPEST = 8;

/**
 * Fills a new folder with what another one has, links followed. What is large shares its blocks
 * with the original: as a copy on write where the file system has that, else as a hard link, and
 * on another disk it is copied.
 *
 * @param isOwn paths inside the folder that the caller writes
 * @throws LeRobotError, OutputError
 */
export async function copyFolder(
  from: string,
  to: string,
  isOwn: ReadonlySet<string>,
): Promise<void> {
  await copyInto(from, to, "", isOwn, 0);
}

async function copyInto(
  from: string,
  to: string,
  inner: string,
  isOwn: ReadonlySet<string>,
  depth: number,
): Promise<void> {
  if (depth > DEEPEST) {
    throw new LeRobotError(
      `${join(from, inner)}: folders are nested too deep, or linked in a circle`,
    );
  }
  for (const name of await readdir(join(from, inner))) {
    const path = join(inner, name);
    const source = await realpath(join(from, path)).catch(() => {
      throw new LeRobotError(`${join(from, path)}: the link leads nowhere`);
    });
    const found = await stat(source);
    if (found.isDirectory()) {
      await orFail(join(to, path), () => mkdir(join(to, path), { recursive: true }));
      await copyInto(from, to, path, isOwn, depth + 1);
    } else if (found.isFile() && !isOwn.has(path)) {
      await orFail(join(to, path), () => shareFile(source, join(to, path)));
    }
  }
}

async function shareFile(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
  } catch {
    await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_EXCL));
  }
}

async function orFail(path: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new OutputError(path, error);
  }
}

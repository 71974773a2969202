import { constants } from "node:fs";
import { copyFile, open, stat, symlink } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import sqlite from "node-sqlite3-wasm";
import { OutputError } from "../../base/index.js";
import { applySqliteWal } from "./applySqliteWal.js";
import type { TemporaryFolder } from "./TemporaryFolder.js";

/** Where the header says how the file is journaled: write version, read version; 2 is WAL. */
const JOURNAL_VERSIONS = { offset: 18, length: 2, rollback: 1, wal: 2 } as const;

/**
 * Gives a .db3 file a name in `folder` under which the driver can read it. As a rule that is a
 * link. A file in WAL mode (rosbag2's "resilient" preset), which the driver cannot open, and one
 * whose recorder left a journal are copied, and what the journal holds is applied to the copy.
 */
export async function prepareSqlite(
  path: string,
  folder: TemporaryFolder,
): Promise<{ readonly path: string; readonly damage: readonly string[] }> {
  const target = join(folder.path, basename(path));
  if (await isWalMode(path)) {
    await copy(path, target);
    const hasWal = await hasContent(`${path}-wal`);
    if (hasWal) await applySqliteWal(`${path}-wal`, target);
    await setRollbackMode(target);
    return { path: target, damage: hasWal ? [recovered("write-ahead log")] : [] };
  }
  if (await hasContent(`${path}-journal`)) {
    await copy(path, target);
    await copy(`${path}-journal`, `${target}-journal`);
    // The first read of a writable database rolls back what the journal says was unfinished.
    const database = new sqlite.Database(target);
    try {
      database.get("SELECT count(*) FROM sqlite_master");
    } finally {
      database.close();
    }
    return { path: target, damage: [recovered("journal")] };
  }
  await symlink(resolve(path), target);
  return { path: target, damage: [] };
}

function recovered(log: string): string {
  return `the recorder was killed; the contents of its ${log} were recovered in a temporary copy`;
}

async function copy(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    throw new OutputError(to, error);
  }
}

async function hasContent(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && found.size > 0;
}

async function isWalMode(path: string): Promise<boolean> {
  const { offset, length, wal } = JOURNAL_VERSIONS;
  const handle = await open(path, "r");
  try {
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
    return buffer[1] === wal;
  } finally {
    await handle.close();
  }
}

async function setRollbackMode(path: string): Promise<void> {
  const { offset, length, rollback } = JOURNAL_VERSIONS;
  const handle = await open(path, "r+");
  try {
    await handle.write(Buffer.alloc(length, rollback), 0, length, offset);
  } finally {
    await handle.close();
  }
}

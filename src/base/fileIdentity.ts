import { realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";

/**
 * What a file or folder is, by whatever name it is reached: its device and inode, which links and
 * hard links share. Of what is not there, its whole path.
 */
export async function fileIdentity(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (found && found.ino !== 0n) return `inode ${found.dev}:${found.ino}`;
  // Some network file systems number nothing.
  return await realpath(path).catch(() => resolve(path));
}

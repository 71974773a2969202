import { type FileHandle, open, readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { vi } from "vitest";

/** Every write of this process finds a full disk until the spy is restored. */
export async function fillDisk(): Promise<{ mockRestore(): void }> {
  const handle = await open("/dev/null", "r");
  const kind = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  return vi.spyOn(kind, "write").mockRejectedValue(full);
}

/** Under which temporary name an output is being written; undefined if it is not. */
export async function unfinished(path: string): Promise<string | undefined> {
  const names = await readdir(dirname(path)).catch(() => []);
  const found = names.find(
    (name) => name.startsWith(`${basename(path)}.`) && /-[0-9a-f]{8}\.partial$/.test(name),
  );
  return found === undefined ? undefined : join(dirname(path), found);
}

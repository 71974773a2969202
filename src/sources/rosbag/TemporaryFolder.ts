import { mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const open = new Set<string>();

/**
 * A folder of our own for what must not be done beside the input; TMPDIR says where. It is
 * removed by `remove`, or when the process ends.
 */
export class TemporaryFolder {
  readonly path: string;

  constructor() {
    if (open.size === 0) process.once("exit", removeAll);
    this.path = mkdtempSync(join(tmpdir(), "spatial-reward-bag-"));
    open.add(this.path);
  }

  async remove(): Promise<void> {
    open.delete(this.path);
    if (open.size === 0) process.removeListener("exit", removeAll);
    await rm(this.path, { recursive: true, force: true });
  }
}

function removeAll(): void {
  for (const path of open) rmSync(path, { recursive: true, force: true });
}

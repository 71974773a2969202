import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { makeTemporaryFolder } from "../../base/index.js";

const open = new Set<string>();

/**
 * A folder of our own for what must not be done beside the input; TMPDIR says where. It is
 * removed by `remove`, or when the process ends; where that was killed, by the next one.
 */
export class TemporaryFolder {
  readonly path: string;

  constructor() {
    if (open.size === 0) process.once("exit", removeAll);
    this.path = makeTemporaryFolder("spatial-reward-bag");
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

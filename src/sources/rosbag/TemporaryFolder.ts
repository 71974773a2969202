import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { makeTemporaryFolder } from "../../base/index.js";
import type { BagFile } from "./BagFile.js";

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

/** A file that lies in a folder of ours, which goes when it is closed. @param more told of it */
export function inTemporaryFolder(
  file: BagFile,
  folder: TemporaryFolder,
  more: Partial<Pick<BagFile, "compression" | "damage" | "byteLength">> = {},
): BagFile {
  const { compression = [], damage = [], byteLength } = more;
  return {
    storage: file.storage,
    topics: file.topics,
    startNs: file.startNs,
    endNs: file.endNs,
    metadata: file.metadata,
    compression:
      compression.length === 0
        ? file.compression
        : [...file.compression.filter((name) => name !== "none"), ...compression],
    ...(byteLength !== undefined && { byteLength }),
    get damage() {
      return [...damage, ...file.damage];
    },
    batches: (selection) => file.batches(selection),
    close: async () => {
      await file.close();
      await folder.remove();
    },
  };
}

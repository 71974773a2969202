import { mkdir, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { OutputError } from "./errors.js";

/** Makes the folder of a file, and those above it, so that they last. @throws OutputError */
export async function makeFolderOf(path: string): Promise<void> {
  await makeFolder(dirname(resolve(path)));
}

/** Makes a folder, and those above it, so that they last. @throws OutputError */
export async function makeFolder(folder: string): Promise<void> {
  try {
    const first = await mkdir(folder, { recursive: true });
    if (first === undefined) return;
    const top = dirname(first);
    for (let made = dirname(resolve(folder)); ; made = dirname(made)) {
      await syncFolder(made);
      if (made === top || made === dirname(made)) break;
    }
  } catch (error) {
    throw error instanceof OutputError ? error : new OutputError(folder, error);
  }
}

/** Makes the names in a folder last. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

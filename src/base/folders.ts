import { mkdir, open, stat } from "node:fs/promises";
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
    throw error instanceof OutputError
      ? error
      : new OutputError(folder, await causeOf(folder, error));
  }
}

/** Node says that a folder does not exist where the file system above it is read-only. */
async function causeOf(folder: string, error: unknown): Promise<unknown> {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") return error;
  let missing = resolve(folder);
  while ((await stat(dirname(missing)).catch(() => undefined)) === undefined) {
    missing = dirname(missing);
  }
  return await mkdir(missing).then(
    () => error,
    (cause: unknown) => cause,
  );
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

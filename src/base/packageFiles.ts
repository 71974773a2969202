import { existsSync, readFileSync } from "node:fs";
import { Worker, type WorkerOptions } from "node:worker_threads";

/** The folder of this package. Code in it may be source, or built and gathered in other folders. */
const ROOT = rootAbove(new URL("./", import.meta.url));

/** A file or folder that comes with this package: `packageFile("models/embedded")`. */
export function packageFile(path: string): URL {
  return new URL(path, ROOT);
}

/** The version of this package: `0.1.0`. */
export function packageVersion(): string {
  const text = readFileSync(packageFile("package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

function rootAbove(folder: URL): URL {
  if (existsSync(new URL("package.json", folder))) return folder;
  const above = new URL("../", folder);
  if (above.href === folder.href) throw new Error("the package's own package.json is missing");
  return rootAbove(above);
}

/**
 * Starts a compiled module of ours in a worker thread, without the command line options of this
 * process: `--input-type`, `--eval` and `--import` are about the user's own program.
 *
 * A worker does not inherit a loader that reads TypeScript: it is compiled also where the caller
 * runs from source (tests, benchmarks).
 *
 * @param module an entry of the build, as it lies in `src/`: `sim/render/renderWorker`
 */
export function startWorker(module: string, options: WorkerOptions): Worker {
  return new Worker(packageFile(`dist/${module}.js`), { ...options, execArgv: [] });
}

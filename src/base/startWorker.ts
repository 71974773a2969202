import { Worker, type WorkerOptions } from "node:worker_threads";
import { packageFile } from "./packageFile.js";

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

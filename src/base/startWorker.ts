import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts a compiled module of ours in a worker thread, without the command line options of this
 * process: `--input-type`, `--eval` and `--import` are about the user's own program.
 *
 * A worker does not inherit a loader that reads TypeScript. Where the caller runs from source
 * (tests, benchmarks), the worker is the module's compiled twin in `dist/`, as it ships.
 *
 * @param name the module without its ending, beside the caller: `./renderWorker`
 * @param callerUrl the caller's `import.meta.url`
 */
export function startWorker(name: string, callerUrl: string, options: WorkerOptions): Worker {
  const compiled = callerUrl.replace(/^(.*)\/src\/(.*)\.ts$/, "$1/dist/$2.js");
  return new Worker(new URL(`${name}.js`, compiled), { ...options, execArgv: [] });
}

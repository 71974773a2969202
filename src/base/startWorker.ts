import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts a module of ours in a worker thread, compiled or from source.
 *
 * @param name the module without its ending, beside the caller: `./renderWorker`
 * @param callerUrl the caller's `import.meta.url`
 */
export function startWorker(name: string, callerUrl: string, options: WorkerOptions): Worker {
  if (!callerUrl.endsWith(".ts")) return new Worker(new URL(`${name}.js`, callerUrl), options);
  // Run from source (tests), a worker does not inherit the loader that reads TypeScript.
  const module = new URL(`${name}.ts`, callerUrl).href;
  const bootstrap = `import("tsx/esm/api").then(({ register }) => (register(), import("${module}")))`;
  return new Worker(bootstrap, { ...options, eval: true });
}

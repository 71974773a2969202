import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** Notes every module that Node loads: ES modules by a loader hook, CommonJS ones at the end. */
const RECORDER = `
import { appendFileSync } from "node:fs";
import { createRequire, register } from "node:module";
const require = createRequire(process.cwd() + "/");
const hook = \`
  import { appendFileSync } from "node:fs";
  export async function load(url, context, next) {
    appendFileSync(process.env.LOADED_MODULES, url + "\\\\n");
    return next(url, context);
  }\`;
register("data:text/javascript," + encodeURIComponent(hook));
process.on("exit", () => {
  appendFileSync(process.env.LOADED_MODULES, Object.keys(require.cache).join("\\n") + "\\n");
});`;

/**
 * The packages that a run of Node loads, by name, in alphabetical order.
 * @param args of `node`, in the repository's folder
 * @throws Error where the run fails
 */
export async function loadedPackages(...args: readonly string[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), "loaded-"));
  const log = join(folder, "modules.txt");
  try {
    const recorder = `data:text/javascript,${encodeURIComponent(RECORDER)}`;
    const child = spawn(process.execPath, ["--import", recorder, ...args], {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, LOADED_MODULES: log, XDG_CACHE_HOME: folder },
    });
    let complaint = "";
    child.stderr.on("data", (bytes: Buffer) => {
      complaint += bytes.toString();
    });
    const code = await new Promise((done) => child.on("close", done));
    if (code !== 0) throw new Error(`node ${args.join(" ")} ended with ${code}: ${complaint}`);
    const modules = await readFile(log, "utf8");
    const names = modules.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\/[^\n]*$/gm);
    return [...new Set([...names].map(([, name = ""]) => name))].sort();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

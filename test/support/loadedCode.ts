import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

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

/** What a run of Node loads of us and of others, each in alphabetical order. */
export interface LoadedCode {
  /** Of node_modules, or bundled into what was loaded of `dist/`. */
  readonly packages: readonly string[];
  /** Rooms of `src/` of which something is in what was loaded of `dist/`. */
  readonly rooms: readonly string[];
  /** Files of `src/`, likewise: `models/rgbd/rgbd`. */
  readonly files: readonly string[];
}

/**
 * @param args of `node`, in the repository's folder
 * @throws Error where the run fails
 */
export async function loadedCode(...args: readonly string[]): Promise<LoadedCode> {
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
    const sources = (await readFile(log, "utf8")).split("\n").flatMap(sourcesOf);
    const own = sources
      .filter((source) => source.startsWith(join(ROOT, "src")))
      .map((source) => relative(join(ROOT, "src"), source));
    return {
      packages: sorted(sources, /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//),
      rooms: sorted(own, /^([^/]+)\//),
      files: sorted(own, /^(.*)\.ts$/),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The files that a loaded module was made of: as its source map says, or itself. */
function sourcesOf(module: string): readonly string[] {
  const path = module.startsWith("file:") ? fileURLToPath(module) : module;
  if (!path.startsWith(join(ROOT, "dist")) || !existsSync(`${path}.map`)) return [path];
  const map = JSON.parse(readFileSync(`${path}.map`, "utf8")) as { sources: readonly string[] };
  return map.sources.map((source) => resolve(path, "..", source));
}

function sorted(sources: readonly string[], name: RegExp): readonly string[] {
  return [...new Set(sources.flatMap((source) => name.exec(source)?.[1] ?? []))].sort();
}

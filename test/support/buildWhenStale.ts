import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** What `dist/` is made of and by. */
const PARTS = ["src", "scripts/build.ts", "package.json", "tsconfig.json", "tsconfig.build.json"];

/**
 * Before the tests: builds `dist/` where it is older than what it is made of. Worker threads run
 * from it, and so do the tests of what ships.
 */
export default function setup(): void {
  const built = statSync(join(ROOT, "dist/index.js"), { throwIfNoEntry: false });
  if (built !== undefined && built.mtimeMs > Math.max(...PARTS.map(newestMs))) return;
  execFileSync("npm", ["run", "build", "--silent"], { cwd: ROOT, stdio: "inherit" });
}

/** Time of the last change of a file, or below a folder; a file that went changed its folder. */
function newestMs(part: string): number {
  const path = join(ROOT, part);
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const entries = readdirSync(path, { recursive: true, encoding: "utf8" });
  return Math.max(found.mtimeMs, ...entries.map((name) => statSync(join(path, name)).mtimeMs));
}

import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/**
 * Before the tests: builds `dist/` where it is older than `src/`. Worker threads run from it, and
 * so do the tests of what ships.
 */
export default function setup(): void {
  const built = statSync(join(ROOT, "dist/index.js"), { throwIfNoEntry: false });
  if (built !== undefined && built.mtimeMs > newestMs(join(ROOT, "src"))) return;
  execFileSync("npm", ["run", "build", "--silent"], { cwd: ROOT, stdio: "inherit" });
}

/** Time of the last change below a folder; a file that went changed its folder. */
function newestMs(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return Math.max(...[".", ...entries].map((name) => statSync(join(folder, name)).mtimeMs));
}

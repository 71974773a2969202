import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where caches of this project live: `$XDG_CACHE_HOME/spatial-reward`, or under `~/.cache`. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME;
  // The XDG specification has relative paths ignored.
  return join(base && isAbsolute(base) ? base : join(homedir(), ".cache"), "spatial-reward");
}

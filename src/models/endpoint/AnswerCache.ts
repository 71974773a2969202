import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import cacache from "cacache";
import { refuseSystemFolder } from "../../base/index.js";

/**
 * What models said, on disk, by key. Shared by processes: writes are atomic, and an entry that
 * does not match its checksum counts as absent and makes room for the next write.
 */
export class AnswerCache {
  readonly folder: string;

  /** @param folder Made when first written to. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** The text stored under a key, or undefined. */
  async get(key: string): Promise<string | undefined> {
    const entry = await cacache.get.info(this.folder, key).catch(() => null);
    if (!entry) return undefined;
    try {
      return (await cacache.get.byDigest(this.folder, entry.integrity)).toString("utf8");
    } catch {
      // cacache never writes over content that exists, damaged or not.
      await cacache.rm.content(this.folder, entry.integrity).catch(() => undefined);
      return undefined;
    }
  }

  /**
   * Stores a text. False if that failed (disk full, read-only): a cache failure is not a reason to
   * stop.
   */
  async set(key: string, text: string): Promise<boolean> {
    try {
      // Node looks for the end of /proc when it is to make a folder there.
      await refuseSystemFolder(join(this.folder, "entry"));
      await cacache.put(this.folder, key, text);
      return true;
    } catch {
      return false;
    }
  }
}

/** Where caches of this project live: `$XDG_CACHE_HOME/spatial-reward`, or under `~/.cache`. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME;
  // The XDG specification has relative paths ignored.
  return join(base && isAbsolute(base) ? base : join(homedir(), ".cache"), "spatial-reward");
}

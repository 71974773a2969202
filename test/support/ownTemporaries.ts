import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for all temporary files of a run, of tests and of what they start; it goes with the run. */
export default function setup(): () => void {
  // Short: paths of sockets lie in it.
  const folder = mkdtempSync(join(tmpdir(), "srb-"));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

import { findRecordings } from "../sources/index.js";

/**
 * The recordings that the paths of a command stand for. What is still being written is passed over,
 * and said.
 */
export function inputRecordings(paths: readonly string[]): Promise<string[]> {
  return findRecordings(paths, (line) => console.error(`note: ${line}`));
}

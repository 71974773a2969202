import { UserError } from "./UserError.js";

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full: free some space and run again with --resume",
  EDQUOT: "the disk quota is used up: free some space and run again with --resume",
  EACCES: "no permission to write there",
  EROFS: "the file system is read-only",
  ENOENT: "the folder does not exist",
  EISDIR: "that is a folder",
};

/** An output file could not be written. */
export class OutputError extends UserError {
  constructor(path: string, cause: unknown) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    super(`cannot write ${path}: ${ADVICE[code] ?? message}`, { cause });
  }
}

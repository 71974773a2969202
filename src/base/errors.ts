/**
 * The base of every error that a user can cause and fix. Its message is written for the reader at
 * the robot: what was wrong, where (file, line, topic, parameter), and what to do. The command line
 * prints the message without a stack trace and exits with `exitCode`; a program distinguishes
 * errors by `code`.
 */
export abstract class UserError extends Error {
  /** For programs: dotted, the same in every release, one for each class (docs/errors.md). */
  abstract readonly code: string;
  /** 1: the work failed; 2: the command line itself was wrong. */
  readonly exitCode: number = 1;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

type Causes = Readonly<Record<string, string>>;

const CAUSES: Causes = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "it already exists",
};

/** Of an output that cannot be written. */
const OUTPUT_CAUSES: Causes = {
  ...CAUSES,
  EACCES: "no permission to write there",
  ENOENT: "the folder does not exist",
  EISDIR: "there is a folder with that name",
};

/** Of whatever else is done with a path. */
const SYSTEM_CAUSES: Causes = {
  ...CAUSES,
  EACCES: "no permission for it",
  EPERM: "no permission for it",
  ENOENT: "no such file or folder",
  EISDIR: "it is a folder, where a file is needed",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "the name is too long",
  EIO: "the disk cannot be read",
  EMFILE: "too many files are open: raise the limit (ulimit -n)",
};

/** What a caught value says, which another library may have thrown: not always an Error. */
export function messageOf(caught: unknown): string {
  return caught instanceof Error ? caught.message : String(caught);
}

/** What the file system refused, in one line; undefined for an error of another kind. */
export function describeSystemError(error: unknown): string | undefined {
  const { code, path, syscall, message } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return undefined;
  const cause = SYSTEM_CAUSES[code];
  if (cause === undefined) return undefined;
  // Reading from an open file has no path in its error.
  return path === undefined ? `${message} (${cause})` : `${path}: ${cause} (${syscall})`;
}

/** An output could not be written: which, and why. What is complete stays as it was. */
export class OutputError extends UserError {
  override readonly code = "output.failed";

  constructor(path: string, cause: unknown) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    super(`cannot write ${path}: ${OUTPUT_CAUSES[code] ?? message}`, { cause });
  }
}

/** An error of another thread, which knows the class no longer: under its message and code. */
export class RelayedError extends UserError {
  constructor(
    override readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

import { InvalidArgumentError, Option } from "commander";

const UNIT_NS: Readonly<Record<string, number>> = { "": 1e9, s: 1e9, ms: 1e6, min: 60e9 };

/** `--camera`, for commands that read recordings. */
export function cameraOption(): Option {
  return new Option(
    "--camera <name>",
    "the camera, where a recording or the task has several: its colour topic, or its name in the task",
  );
}

/** `--overwrite`, for commands that write files. */
export function overwriteOption(): Option {
  return new Option(
    "--overwrite",
    "replace what has the output's name, though this command did not make it; never inputs, nor " +
      "recordings and pictures that it did not make",
  ).default(false);
}

/** A duration on the command line, `1.5`, `1.5s`, `500ms` or `2min`, in ns. */
export function durationNs(text: string): bigint {
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*(s|ms|min)?$/.exec(text.trim());
  if (!match)
    throw new InvalidArgumentError("write a duration as `1.5`, `1.5s`, `500ms` or `2min`.");
  return BigInt(Math.round(Number(match[1]) * UNIT_NS[match[2] ?? ""]!));
}

/** A positive rate on the command line, in Hz. */
export function rate(text: string): number {
  const hz = Number(text);
  if (!(hz > 0 && Number.isFinite(hz)))
    throw new InvalidArgumentError("the rate must be a number of Hz above 0.");
  return hz;
}

/** A whole number on the command line. */
export function wholeNumber(
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  const allowed =
    most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`it must be a whole number ${allowed}.`);
  };
}

/** A TCP port on the command line; 0: any that is free. */
export const port = wholeNumber(0, 65_535);

/** A length on the command line, in mm. */
export function millimetres(text: string): number {
  const value = Number(text);
  if (text !== "" && value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("it must be a number of millimetres, 0 or more.");
}

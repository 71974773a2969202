import { stat } from "node:fs/promises";
import { extname, join, resolve, sep } from "node:path";
import { UserError } from "../base/index.js";
import { recordingName } from "./inputs.js";

/** What an output file holds; chosen by its extension. */
export const OUTPUT_FORMATS = ["mcap", "jsonl", "csv", "html", "svg", "png"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export interface PlannedOutput {
  readonly format: OutputFormat;
  readonly path: string;
}

/** The `--output` of a command does not fit its inputs. */
export class OutputPlanError extends UserError {
  override readonly code = "output.plan";
}

/**
 * Decides which files each recording gets. A path with a known extension is one file, for one
 * recording. A folder gets, for each recording, `<name>.<format>` of each of `formats`; a bag as
 * a rosbag2 folder `<name>/<name>.mcap` with its metadata.yaml.
 *
 * @param recordings paths of bag files and rosbag2 folders
 * @returns the outputs by recording
 * @throws OutputPlanError when two recordings would be written to one file, or an output would
 *   change a recording.
 */
export function planOutputs(
  recordings: readonly string[],
  outputs: readonly string[],
  formats: readonly OutputFormat[],
): ReadonlyMap<string, readonly PlannedOutput[]> {
  const plan = new Map<string, PlannedOutput[]>();
  const owners = new Map<string, string>();
  for (const recording of recordings) {
    const planned = outputs.flatMap((output): PlannedOutput[] => {
      const format = formatOf(output);
      if (format) return [{ format, path: output }];
      const name = recordingName(recording);
      return formats.map((each) => ({
        format: each,
        path: join(output, each === "mcap" ? name : `${name}.${each}`),
      }));
    });
    for (const { path } of planned) {
      const owner = owners.get(resolve(path));
      if (owner !== undefined) {
        throw new OutputPlanError(
          `${owner} and ${recording} would both be written to ${path}; ` +
            "give a folder, or annotate recordings of the same name one at a time",
        );
      }
      owners.set(resolve(path), recording);
      checkKeepsRecordings(path, recordings);
    }
    plan.set(recording, planned);
  }
  return plan;
}

/** The format of a path: that of its extension, or undefined for a folder. */
function formatOf(path: string): OutputFormat | undefined {
  const extension = extname(path).slice(1).toLowerCase();
  if (path.endsWith("/") || extension === "") return undefined;
  const format = OUTPUT_FORMATS.find((known) => known === extension);
  if (format) return format;
  throw new OutputPlanError(
    `output ${path}: unknown format .${extension}; use .${OUTPUT_FORMATS.join(", .")}, or a folder`,
  );
}

function checkKeepsRecordings(output: string, recordings: readonly string[]): void {
  const file = resolve(output);
  const touched = recordings.find(
    (recording) => file === resolve(recording) || file.startsWith(resolve(recording) + sep),
  );
  if (touched === undefined) return;
  throw new OutputPlanError(
    `output ${output} would change the recording ${touched}, and recordings are never modified; ` +
      "choose another --output",
  );
}

/** Whether a path exists. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

import { extname, join, resolve, sep } from "node:path";
import { UserError } from "../base/index.js";
import { sinks } from "../sinks/index.js";
import { recordingName } from "../sources/index.js";

export interface PlannedOutput {
  /** The name of the sink; chosen by the file's extension. */
  readonly format: string;
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
export async function planOutputs(
  recordings: readonly string[],
  outputs: readonly string[],
  formats: readonly string[],
): Promise<ReadonlyMap<string, readonly PlannedOutput[]>> {
  const plan = new Map<string, PlannedOutput[]>();
  const owners = new Map<string, string>();
  for (const recording of recordings) {
    const name = await recordingName(recording);
    const planned = outputs.flatMap((output): PlannedOutput[] => {
      const format = formatOf(output);
      if (format) return [{ format, path: output }];
      return formats.map((each) => ({
        format: each,
        path: join(output, sinks.get(each)?.isFolder ? name : `${name}.${each}`),
      }));
    });
    for (const { path } of planned) {
      const owner = owners.get(resolve(path));
      if (owner !== undefined) {
        throw new OutputPlanError(
          `the outputs for ${owner} and ${recording} would both be written to ${path}; ` +
            "give a folder, or annotate recordings with the same name one at a time",
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
function formatOf(path: string): string | undefined {
  const extension = extname(path).slice(1).toLowerCase();
  if (path.endsWith("/") || extension === "") return undefined;
  const formats = sinks.names();
  if (formats.includes(extension)) return extension;
  throw new OutputPlanError(
    `output ${path}: unknown format .${extension}; use .${formats.join(", .")}, or a folder`,
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

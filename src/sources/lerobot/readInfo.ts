import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { UserError } from "../../base/index.js";

/** A LeRobot data set that cannot be read: which file, and what is wrong with it. */
export class LeRobotError extends UserError {
  override readonly code = "lerobot.invalid";
}

export const INFO_FILE = "meta/info.json";

const featureSchema = z.looseObject({
  dtype: z.string(),
  shape: z.array(z.number()),
  names: z.unknown().optional(),
  info: z.record(z.string(), z.unknown()).nullish(),
});

const infoSchema = z.looseObject({
  codebase_version: z.string(),
  fps: z.number().positive(),
  total_episodes: z.int().min(0),
  total_frames: z.int().min(0),
  chunks_size: z.int().positive().default(1000),
  data_path: z.string(),
  video_path: z.string().nullish(),
  features: z.record(z.string(), featureSchema),
});

export type LeRobotFeature = z.infer<typeof featureSchema>;
/** meta/info.json */
export type LeRobotInfo = z.infer<typeof infoSchema> & {
  /** One file for each episode (v2), or many episodes in a file (v3). */
  readonly layout: "v2" | "v3";
};

/** @throws LeRobotError */
export async function readInfo(folder: string): Promise<LeRobotInfo> {
  const path = join(folder, INFO_FILE);
  const found = infoSchema.safeParse(await readJson(path));
  if (!found.success) {
    const [issue] = found.error.issues;
    throw new LeRobotError(`${path}: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  const version = found.data.codebase_version;
  const [, major] = /^v?([23])\.\d/.exec(version) ?? [];
  if (major === undefined) {
    throw new LeRobotError(
      `${path}: codebase_version ${version} is not known; versions 2.0 to 3.x can be read. ` +
        "LeRobot converts data sets of other versions.",
    );
  }
  return { ...found.data, layout: major === "2" ? "v2" : "v3" };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new LeRobotError(`${path}: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * Fills a path template of Python's `str.format` in, such as
 * `data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet`.
 *
 * @throws LeRobotError where it names something that there is not, or leads out of the data set
 */
export function fillPath(
  template: string,
  values: Readonly<Record<string, string | number>>,
): string {
  const path = template.replace(/\{(\w+)(?::0(\d+)d)?\}/g, (whole, name: string, digits = "0") => {
    const value = values[name];
    if (value === undefined) {
      throw new LeRobotError(`${INFO_FILE}: the path ${template} has an unknown part ${whole}`);
    }
    return String(value).padStart(Number(digits), "0");
  });
  if (path.startsWith("/") || path.split("/").includes("..")) {
    throw new LeRobotError(`${INFO_FILE}: the path ${template} leads out of the data set`);
  }
  return path;
}

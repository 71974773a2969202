import { createHash } from "node:crypto";
import { access, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { SourceKind } from "../FrameSource.js";
import { INFO_FILE } from "./readInfo.js";

/** LeRobot data sets on disk. */
export const lerobotKind: SourceKind = {
  usage: "DATASET",
  summary: "a LeRobot data set (v2.0 to v3.x): a folder with meta/info.json",
  claims: (spec) =>
    access(join(spec, INFO_FILE)).then(
      () => true,
      () => false,
    ),
  nameOf: (spec) => basename(resolve(spec)),
  async open(spec) {
    const { LeRobotSource } = await import("./LeRobotSource.js");
    const { readEpisodes } = await import("./readEpisodes.js");
    const { readInfo } = await import("./readInfo.js");
    const info = await readInfo(spec);
    const episodes = await readEpisodes(spec, info);
    const files = episodes.flatMap(({ dataPath, videos }) => [
      dataPath,
      ...[...videos.values()].map(({ path }) => path),
    ]);
    const identity = await identityOf(spec, new Set([INFO_FILE, ...files]));
    return new LeRobotSource(spec, lerobotKind.nameOf(spec), identity, { info, episodes });
  },
};

/** Sizes and times of change: reading all the pixels would cost as much as annotating. */
async function identityOf(folder: string, files: ReadonlySet<string>): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) {
    const found = await stat(join(folder, file)).catch(() => undefined);
    hash.update(`${file} ${found?.size} ${found?.mtimeMs}\n`);
  }
  return hash.digest("hex");
}

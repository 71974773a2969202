import { Registry, refuseSpecialFile } from "../base/index.js";
import type { FrameSource, SourceKind } from "./FrameSource.js";
import { imageKind } from "./images/imageKind.js";
import { lerobotKind } from "./lerobot/lerobotKind.js";
import { bagKind } from "./rosbag/bagKind.js";
import { simKind } from "./sim/simKind.js";
import { videoKind } from "./video/videoKind.js";

/** The sorts of sources, in the order in which they are asked whether a spec is theirs. */
export const sources = new Registry<SourceKind>("a source");
sources.register("images", imageKind);
sources.register("lerobot", lerobotKind);
sources.register("video", videoKind);
sources.register("sim", simKind);
sources.register("rosbag", bagKind);

/**
 * The sort of a file, folder or spec: the one that a plugin added last and that claims it, else
 * the first of ours. What nobody claims is taken for a recording, which says best what is wrong.
 */
export async function sourceKindOf(spec: string): Promise<SourceKind> {
  return (await registeredKindOf(spec))[1];
}

/** The name under which the sort of a file, folder or spec is registered: `lerobot`, `rosbag`. */
export async function sourceKindName(spec: string): Promise<string> {
  return (await registeredKindOf(spec))[0];
}

async function registeredKindOf(spec: string): Promise<readonly [name: string, kind: SourceKind]> {
  for (const [name, kind] of sources.entries().reverse()) {
    if (kind !== bagKind && (await kind.claims(spec))) return [name, kind];
  }
  return ["rosbag", bagKind];
}

/**
 * Opens a recording (`run1.mcap`, a rosbag2 folder), an image or a folder of images, a video, a
 * LeRobot data set, the simulator (`sim?seed=7`), or what a plugin added.
 *
 * @throws UserError if it cannot be opened
 * @example
 * await using source = await openSource("run1.mcap");
 * const cameras = source.cameras(task.cameras);
 * for await (const frame of source.frames({ cameras })) console.log(frame.stampNs);
 */
export async function openSource(spec: string): Promise<FrameSource> {
  await refuseSpecialFile(spec);
  return (await sourceKindOf(spec)).open(spec);
}

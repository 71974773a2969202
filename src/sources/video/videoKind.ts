import { basename, extname, parse, resolve } from "node:path";
import type { SourceKind } from "../FrameSource.js";
import { BAG_FILE } from "../rosbag/bagKind.js";

/** Video files as recordings of one camera. */
export const videoKind: SourceKind = {
  usage: "VIDEO",
  summary: "a video: .mp4, .mov, .mkv or .webm, in H.264, H.265, AV1, VP8 or VP9",
  // Whoever asks about a bag does not load the room of videos.
  claims: async (spec) =>
    extname(spec) !== "" &&
    !BAG_FILE.test(spec) &&
    (await import("../../video/index.js")).isVideoFile(spec),
  nameOf: (spec) => parse(basename(resolve(spec))).name,
  // Whoever asks about other recordings does not load it.
  open: async (spec) => (await import("./VideoSource.js")).openVideo(spec, videoKind.nameOf(spec)),
};

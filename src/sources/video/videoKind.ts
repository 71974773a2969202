import { basename, parse, resolve } from "node:path";
import type { SourceKind } from "../FrameSource.js";

/** Video files as recordings of one camera. */
export const videoKind: SourceKind = {
  usage: "VIDEO",
  summary: "a video: .mp4, .mov, .mkv or .webm, in H.264, H.265, AV1, VP8 or VP9",
  claims: async (spec) => (await import("../../video/index.js")).isVideoFile(spec),
  nameOf: (spec) => parse(basename(resolve(spec))).name,
  // Whoever asks about other recordings does not load it.
  open: async (spec) => (await import("./VideoSource.js")).openVideo(spec, videoKind.nameOf(spec)),
};

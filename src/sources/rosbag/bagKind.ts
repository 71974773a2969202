import { stat } from "node:fs/promises";
import { secondsOf } from "../../base/index.js";
import { type CameraFrame, type CameraTopics, findCameras } from "../../camera/index.js";
import type { FrameSelection, FrameSource, SourceInfo, SourceKind } from "../FrameSource.js";
import type { Bag } from "./Bag.js";
import { bagFrames } from "./bagFrames.js";
import { isRemote } from "./bytes/isRemote.js";
import { openBag } from "./openBag.js";
import { fileName } from "./recordingFiles.js";

/** The names of files that hold a recording or a part of one. */
export const BAG_FILE = /\.((mcap|db3)(\.zstd)?|bag(\.active)?)$/i;

/** Recordings of ROS; see `openBag`. */
export const bagKind: SourceKind = {
  usage: "RECORDING",
  summary:
    "a recording: .mcap, .db3, also .zstd, a rosbag2 folder, or a ROS 1 .bag; " +
    "https:// and s3:// addresses of MCAPs",
  async claims(spec) {
    if (isRemote(spec)) return true;
    const found = await stat(spec).catch(() => undefined);
    return found?.isDirectory() === true || (found !== undefined && BAG_FILE.test(spec));
  },
  nameOf: (spec) => fileName(spec).replace(BAG_FILE, ""),
  open: async (spec) => bagSource(await openBag(spec)),
};

/** A recording as a source of frames. Closing the source closes the recording. */
export function bagSource(bag: Bag): FrameSource {
  return new BagSource(bag);
}

class BagSource implements FrameSource {
  readonly recording: Bag;
  readonly #identity: string;
  readonly #notes: string[] = [];

  constructor(bag: Bag) {
    const { name, messageCount, startNs, endNs, sizeBytes } = bag.info;
    this.recording = bag;
    // Simulators record again and again with the same stamps.
    this.#identity = `${name} ${messageCount} ${startNs} ${endNs} ${sizeBytes}`;
  }

  get info(): SourceInfo {
    const { path, name, startNs, endNs, damage } = this.recording.info;
    const known = { path, name, startNs, endNs, damage };
    return { ...known, identity: this.#identity, notes: this.#notes };
  }

  cameras(wanted: readonly CameraTopics[]): CameraTopics[] {
    return findCameras(this.recording.info, wanted);
  }

  expectedFrames({ cameras, startNs, endNs, rateHz }: FrameSelection): number {
    const { info } = this.recording;
    const fromNs = startNs ?? info.startNs;
    const toNs = endNs !== undefined && endNs < info.endNs ? endNs : info.endNs;
    const all = cameras.reduce(
      (sum, { color }) => sum + (info.topics.find(({ name }) => name === color)?.messageCount ?? 0),
      0,
    );
    const share = Number(toNs - fromNs) / Math.max(1, Number(info.endNs - info.startNs));
    const expected = Math.ceil(all * Math.max(0, share));
    const seconds = secondsOf(toNs - fromNs);
    return rateHz ? Math.min(expected, Math.ceil(seconds * rateHz)) : expected;
  }

  frames(selection: FrameSelection): AsyncIterable<CameraFrame> {
    return bagFrames(this.recording, selection, (note) => {
      if (!this.#notes.includes(note)) this.#notes.push(note);
    });
  }

  close(): Promise<void> {
    return this.recording.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

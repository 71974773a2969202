import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rosTimeOf } from "../../../src/base/index.js";
import { decodeColor } from "../../../src/camera/index.js";
import { BagWriter, type FrameSelection, openSource } from "../../../src/sources/index.js";
import type { VideoPacket } from "../../../src/video/index.js";
import { CODECS, numberOf, packetsOf } from "../../video/packets.js";
import { temporaryFolder } from "./recordings.js";

const folder = await temporaryFolder();
const T0 = 1_700_000_000_000_000_000n;
const TENTH = 100_000_000n;
const TOPIC = "/cam/image_raw/ffmpeg";

const FORMS = {
  "ffmpeg_image_transport_msgs/msg/FFMPEGPacket": (codec: string, stamp: unknown) => ({
    header: { stamp, frame_id: "cam" },
    ...{ width: 64, height: 64, encoding: `${codec.replace("h265", "hevc")};yuv420p;bgr8;bgr8` },
  }),
  "foxglove_msgs/msg/CompressedVideo": (format: string, timestamp: unknown) => ({
    ...{ timestamp, frame_id: "cam", format },
  }),
  "sensor_msgs/msg/CompressedImage": (format: string, stamp: unknown) => ({
    ...{ header: { stamp, frame_id: "cam" }, format },
  }),
};
type Type = keyof typeof FORMS;

interface Video {
  readonly codec: string;
  readonly packets: readonly VideoPacket[];
  readonly type?: Type;
  /** Depth images of 4 x 4 at the stamps of the pictures; pixels are the number in mm. */
  readonly hasDepth?: boolean;
}

/** Packets arrive one every tenth of a second, in the order in which they are decoded. */
async function recording(name: string, video: Video): Promise<string> {
  const { codec, packets, type = "foxglove_msgs/msg/CompressedVideo", hasDepth = false } = video;
  const path = join(folder, `${name}.mcap`);
  const writer = await BagWriter.create(path);
  await writer.addTopic({ name: TOPIC, type });
  if (hasDepth) await writer.addTopic({ name: "/cam/depth/image", type: "sensor_msgs/msg/Image" });
  for (const [at, { data, time }] of packets.entries()) {
    const logNs = T0 + BigInt(at) * TENTH;
    const stamp = rosTimeOf(T0 + time * TENTH);
    await writer.write(TOPIC, logNs, { ...FORMS[type](codec, stamp), data });
    if (!hasDepth) continue;
    const depth = new Uint16Array(16).fill(at + 1);
    await writer.write("/cam/depth/image", logNs, {
      header: { stamp: rosTimeOf(logNs), frame_id: "cam" },
      ...{ width: 4, height: 4, step: 8, encoding: "16UC1", data: new Uint8Array(depth.buffer) },
    });
  }
  await writer.close();
  return path;
}

/** Of each frame: its stamp in tenths from the start, and the number of its picture or its fault. */
async function framesOf(
  path: string,
  selection: Partial<FrameSelection> = {},
): Promise<[number, number | string][]> {
  await using source = await openSource(path);
  const found: [number, number | string][] = [];
  const cameras = source.cameras([]);
  for await (const { stampNs, image, fault, depth, frameId } of source.frames({
    cameras,
    ...selection,
  })) {
    if (fault === undefined) expect(frameId).toBe("cam");
    const at = Number(stampNs - T0) / 1e8;
    found.push([at, fault ?? numberOf((await decodeColor(image)).data)]);
    if (depth?.kind === "raw") expect(depth.data[0]).toBe(at + 1);
  }
  return found;
}

const counted = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => [from + i, from + i]);

describe.each(CODECS)("a recording with %s video", (codec) => {
  it.each(Object.keys(FORMS) as Type[])(
    "in %s gives each picture at its own stamp",
    async (type) => {
      const packets = await packetsOf(codec);
      const path = await recording(`${codec}_${type.split("/")[2]}`, { codec, packets, type });
      expect(await framesOf(path)).toEqual(counted(0, 30));
    },
  );

  it("has the depth of the same stamp with each picture", async () => {
    const packets = await packetsOf(codec);
    const path = await recording(`${codec}_depth`, { codec, packets, hasDepth: true });
    expect(await framesOf(path)).toEqual(counted(0, 30));
  });

  it("is decoded from the key frame before the time that is asked for", async () => {
    const packets = await packetsOf(codec);
    const path = await recording(`${codec}_seek`, { codec, packets });
    const found = await framesOf(path, { startNs: T0 + 26n * TENTH });
    // Log times choose: those of packets are not those of their pictures.
    expect(found.length).toBeGreaterThan(0);
    for (const [at, number] of found) expect(number).toBe(at);
    expect(found.at(-1)).toEqual([29, 29]);
  });

  it("has failed frames from a lost packet to the next key frame", async () => {
    const packets = await packetsOf(codec);
    const kept = packets.filter((_, at) => at !== 11);
    const found = await framesOf(await recording(`${codec}_lost`, { codec, packets: kept }));
    expect(found.map(([at]) => at)).toEqual(
      kept.map(({ time }) => Number(time)).toSorted((a, b) => a - b),
    );
    for (const [at, number] of found) {
      if (at < 10 || at >= 20) expect(number).toBe(at);
      else if (typeof number === "number") expect(number).toBe(at);
      else expect(number).toMatch(/^\/cam\/image_raw\/ffmpeg: the video has no picture here/);
    }
    expect(found.some(([, number]) => typeof number === "string")).toBe(true);
  });
});

describe("a recording with video", () => {
  it("fails frame by frame where the codec is not known", async () => {
    const packets = (await packetsOf("h264")).slice(0, 2);
    const found = await framesOf(await recording("mjpeg", { codec: "mjpeg", packets }));
    for (const [, fault] of found) expect(fault).toMatch(/codec "mjpeg" is not known; h264/);
    expect(found).toHaveLength(2);
  });

  it("is decoded without stamps, in the order in which its pictures are shown", async () => {
    for (const codec of CODECS) {
      const packets = (await packetsOf(codec)).map(({ data }) => ({ data, time: 0n }));
      const found = await framesOf(await recording(`${codec}_unstamped`, { codec, packets }));
      const numbers = found.map(([, number]) => number);
      expect(numbers).toEqual(counted(0, 30).map(([number]) => number));
    }
  });

  it("waits no longer than some seconds for a stream that has ended", async () => {
    const packets = await packetsOf("h264");
    const late = packets.map(({ data, time }, at) => ({ data, time: at < 15 ? time : time + 50n }));
    const path = await recording("paused", { codec: "h264", packets: late.slice(0, 20) });
    const found = await framesOf(path);
    expect(found).toHaveLength(20);
    for (const [at, number] of found)
      if (typeof number === "number") expect([at, at - 50]).toContain(number);
  });
});

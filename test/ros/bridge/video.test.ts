import { afterEach, describe, expect, it } from "vitest";
import type { Annotation } from "../../../src/annotate/index.js";
import { type CameraFrame, decodeColor } from "../../../src/camera/index.js";
import { scriptedVlm } from "../../support/models.js";
import { numberOf, packetsOf } from "../../video/packets.js";
import { Bench, COLOR, header } from "./bench.js";

const COMPRESSED = "sensor_msgs/msg/CompressedImage";
const FFMPEG_PACKET = "ffmpeg_image_transport_msgs/msg/FFMPEGPacket";
const COMPRESSED_VIDEO = "foxglove_msgs/msg/CompressedVideo";
const T0_MS = 1_000_000;
let bench: Bench | undefined;

afterEach(() => bench?.close());

/** A bridge, and the numbers of the pictures that its model is shown, by their stamps in tenths. */
async function bridged({ color = COLOR, type = COMPRESSED } = {}) {
  const seen = new Map<number, number>();
  const vlm = scriptedVlm((frame) => {
    const at = tenthOf(frame);
    void decodeColor(frame.image).then(({ data }) => seen.set(at, numberOf(data)));
    return 0.3;
  });
  bench = new Bench({ vlm, parameters: { camera: color } });
  bench.offer(color, type);
  await bench.beat();
  return { bench, seen };
}

function tenthOf({ stampNs }: Pick<CameraFrame, "stampNs">): number {
  return Math.round(Number(stampNs - BigInt(T0_MS) * 1_000_000n) / 1e8);
}

/** Sends packets one after another, so that each is annotated before the next comes. */
async function send(
  bench: Bench,
  codec: "h264" | "h265" | "av1",
  isLost: (at: number) => boolean = () => false,
): Promise<Annotation[]> {
  const packets = await packetsOf(codec);
  const sent = packets.filter((_packet, at) => !isLost(at));
  for (const [at, { data, time }] of sent.entries()) {
    const stamp = header(T0_MS + Number(time) * 100);
    bench.publish(COLOR, COMPRESSED, { header: stamp, format: codec, data });
    await bench.settle();
    // As many have come out as the decoder has not held back to put them in order.
    await expect
      .poll(async () => Number((await bench.beat(0)).cameras[0]?.frames_in))
      .toBeGreaterThan(at - 5);
  }
  return bench.annotations;
}

describe("video on a live topic", () => {
  it.each(["h264", "h265", "av1"] as const)(
    "is shown to the model picture by picture: %s",
    async (codec) => {
      const { bench, seen } = await bridged();
      const annotations = await send(bench, codec);
      expect(annotations.length).toBeGreaterThan(10);
      await expect.poll(() => seen.size).toBe(annotations.length);
      for (const [at, number] of seen) expect(number).toBe(at);
      const stamps = annotations.map(({ frame }) => tenthOf(frame));
      expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
    },
  );

  it.each([
    ["/camera/image_raw/ffmpeg", FFMPEG_PACKET, { encoding: "libx264;yuv420p;bgr8;bgr8" }],
    ["/camera/image_raw/foxglove", COMPRESSED_VIDEO, { format: "h264" }],
  ])("is found by its topic and shown: %s", async (color, type, content) => {
    const { bench, seen } = await bridged({ color, type });
    const packets = await packetsOf("h264");
    const size = { width: 64, height: 64, pts: 0n, flags: 0, is_bigendian: false };
    for (const { data, time } of packets) {
      const stamp = header(T0_MS + Number(time) * 100);
      const head = { ...stamp, timestamp: stamp.stamp, header: stamp };
      bench.publish(color, type, { ...head, ...size, ...content, data });
      await bench.settle();
    }
    await expect.poll(() => seen.size).toBeGreaterThan(10);
    for (const [at, number] of seen) expect(number).toBe(at);
  });

  it("names a codec that it does not know", async () => {
    const color = "/camera/image_raw/ffmpeg";
    const { bench } = await bridged({ color, type: FFMPEG_PACKET });
    bench.publish(color, FFMPEG_PACKET, {
      header: header(T0_MS),
      ...{ width: 64, height: 64, encoding: "mjpeg", pts: 0n, flags: 0, is_bigendian: false },
      data: new Uint8Array(4),
    });
    await expect.poll(async () => (await bench.beat()).cameras[0]?.frames_failed).toBe(1n);
    expect(bench.annotations[0]?.reward.reason).toMatch(
      /\/camera\/image_raw\/ffmpeg: the video codec "mjpeg" is not known/,
    );
  });

  it("fails what a lost packet costs, up to the next key frame, and counts it", async () => {
    const { bench, seen } = await bridged();
    const annotations = await send(bench, "h264", (at) => at === 1);
    const { cameras } = await bench.beat(0);
    const lost = annotations.filter(({ outcome }) => outcome === "failed");
    expect(lost.length).toBeGreaterThan(0);
    expect(lost[0]?.reward.reason).toMatch(
      /the video has no picture here: packets before it are missing/,
    );
    expect(seen.size).toBeGreaterThan(0);
    for (const [at, number] of seen) expect(number).toBe(at);
    expect(Number(cameras[0]?.frames_failed)).toBeGreaterThan(0);
  });

  it("says what is wrong with data that is no video", async () => {
    const { bench } = await bridged();
    const data = new Uint8Array(40).fill(7);
    bench.publish(COLOR, COMPRESSED, { header: header(T0_MS), format: "h264", data });
    await expect.poll(async () => (await bench.beat()).cameras[0]?.frames_failed).toBe(1n);
    expect(bench.annotations[0]?.reward.reason).toMatch(
      /\/camera\/color\/image_raw: the video has no picture/,
    );
  });
});

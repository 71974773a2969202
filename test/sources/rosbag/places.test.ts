import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rosTimeOf } from "../../../src/base/index.js";
import type { CameraFrame } from "../../../src/camera/index.js";
import { BagWriter, openSource } from "../../../src/sources/index.js";
import { temporaryFolder } from "./recordings.js";

const folder = await temporaryFolder();
const SIZE = { width: 8, height: 6 } as const;
const SECONDS = 60;
const RATE = 10;
const T0 = 1_700_000_000_000_000_000n;

/** A minute of a camera with depth, and of a tool that moves. */
async function record(): Promise<string> {
  const path = join(folder, "minute.mcap");
  const writer = await BagWriter.create(path);
  await writer.addTopic({ name: "/tf", type: "tf2_msgs/msg/TFMessage" });
  for (const name of ["/cam/color/image_raw", "/cam/depth/image_raw"]) {
    await writer.addTopic({ name, type: "sensor_msgs/msg/Image" });
  }
  for (let i = 0; i < SECONDS * RATE; i++) {
    const ns = T0 + (BigInt(i) * 1_000_000_000n) / BigInt(RATE);
    const stamp = rosTimeOf(ns);
    const header = { stamp, frame_id: "cam_optical" };
    const translation = { x: 0.001 * i, y: 0, z: 1 };
    const transform = { translation, rotation: { x: 0, y: 0, z: 0, w: 1 } };
    await writer.write("/tf", ns, { transforms: [{ header, child_frame_id: "tool", transform }] });
    const depth = { encoding: "16UC1", step: 2 * SIZE.width, data: new Uint8Array(96).fill(3) };
    await writer.write("/cam/depth/image_raw", ns, { header, ...SIZE, ...depth });
    const color = { encoding: "mono8", step: SIZE.width, data: new Uint8Array(48) };
    await writer.write("/cam/color/image_raw", ns, { header, ...SIZE, ...color });
  }
  await writer.close();
  return path;
}

const recorded = record();

async function framesAt(places: number): Promise<readonly CameraFrame[]> {
  await using source = await openSource(await recorded);
  const cameras = source.cameras([]);
  const frames: CameraFrame[] = [];
  for await (const frame of source.frames({ cameras, tfFrames: ["tool"], places })) {
    frames.push(frame);
  }
  return frames;
}

describe("frames around some places of a recording", () => {
  it("are a few of each place, in order, some with all of their parts", async () => {
    const places = 10;
    const frames = await framesAt(places);
    expect(frames.length).toBeGreaterThanOrEqual(2 * places);
    expect(frames.length).toBeLessThan(10 * places);
    const seconds = frames.map(({ stampNs }) => Number(stampNs - T0) / 1e9);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    for (let place = 0; place < places; place++) {
      const atS = ((place + 0.5) * SECONDS) / places;
      const near = frames.filter((_, i) => Math.abs((seconds[i] ?? 0) - atS) < 0.5);
      const whole = near.filter(({ depth, poses }) => depth && poses?.get("tool")?.ok);
      expect(whole.length).toBeGreaterThanOrEqual(2);
    }
  });

  it("are all of them where the places are close", async () => {
    expect(await framesAt(200)).toHaveLength(SECONDS * RATE);
  });
});

import { afterEach, describe, expect, it } from "vitest";
import { type CameraFrame, decodeDepth, registerParts } from "../../../src/camera/index.js";
import { DEFAULT_QOS } from "../../../src/ros/index.js";
import { scriptedVlm } from "../../support/models.js";
import { Bench, header, imageMessage, infoMessage } from "./bench.js";

const DEPTH = "/camera/depth/image_rect_raw";
const IMAGE = "sensor_msgs/msg/Image";
const INFO = "sensor_msgs/msg/CameraInfo";
let bench: Bench | undefined;

afterEach(() => bench?.close());

/** A bridge whose model keeps the frames that it is asked about. */
async function bridged(): Promise<{ bench: Bench; seen: CameraFrame[] }> {
  const seen: CameraFrame[] = [];
  const vlm = scriptedVlm(
    (frame) => {
      seen.push(frame);
      return 0.3;
    },
    { needs: ["depth"] },
  );
  bench = new Bench({ vlm });
  await bench.beat();
  return { bench, seen };
}

/** Colour and depth (1 m) of two cameras, at one time. */
async function shoot(bench: Bench, stampMs: number): Promise<void> {
  const data = new Uint8Array(new Uint16Array([1000, 1000]).buffer);
  bench.publish("/camera/color/camera_info", INFO, infoMessage(stampMs), DEFAULT_QOS);
  const depthInfo = { ...infoMessage(stampMs), header: header(stampMs, "depth_optical") };
  bench.publish("/camera/depth/camera_info", INFO, depthInfo, DEFAULT_QOS);
  bench.publish(DEPTH, IMAGE, {
    ...imageMessage(stampMs, { encoding: "16UC1", step: 4, data }),
    header: header(stampMs, "depth_optical"),
  });
  await bench.image(stampMs);
  await bench.beat();
}

describe("depth of another camera, live", () => {
  it("is refused until /tf places it, and then carried over", async () => {
    const { bench, seen } = await bridged();
    for (const topic of ["/camera/color/camera_info", "/camera/depth/camera_info"]) {
      bench.offer(topic, INFO, DEFAULT_QOS);
    }
    bench.offer("/camera/color/image_raw", IMAGE);
    bench.offer(DEPTH, IMAGE);
    await bench.beat();
    const registered = async () => registerParts(seen.at(-1) as CameraFrame);
    await shoot(bench, 1_000_000);
    const unplaced = await registered();
    expect(unplaced.depth).toBeUndefined();
    expect(unplaced.absent?.get("depth")).toMatch(
      /is an image of depth_optical, not of the colour camera camera_color_optical_frame/,
    );
    // One metre to the side: the wall is as far away.
    await bench.staticTf("camera_color_optical_frame>depth_optical");
    await shoot(bench, 1_000_100);
    await shoot(bench, 1_000_200);
    const { depth, info } = await registered();
    if (!depth) throw new Error("there is no depth");
    expect(info).toBeDefined();
    expect(depth).toMatchObject({ encoding: "32FC1", width: 2 });
    await decodeDepth(depth);
  });
});

import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { createVlm } from "../../../src/models/index.js";
import { openSource } from "../../../src/sources/index.js";
import { parseTask, taskQuestions } from "../../../src/task/index.js";
import { temporaryFolder } from "../../sources/rosbag/recordings.js";
import {
  colorPart,
  depthPart,
  infoPart,
  REACH_M,
  type RecordedPart,
  rawImage,
  SIZE,
  SQUARES_TASK,
  squareIds,
  writeRgbd,
} from "../../support/rgbdRecording.js";

const folder = await temporaryFolder();
const task = parseTask(SQUARES_TASK, "task.yaml");
let made = 0;

/** What `rgbd` answers to the task's question about the first image, m. */
async function reachOf(parts: readonly RecordedPart[]): Promise<number | string> {
  const path = await writeRgbd(join(folder, `run_${made++}.mcap`), parts);
  await using source = await openSource(path);
  const vlm = await createVlm("rgbd");
  try {
    for await (const frame of source.frames({ cameras: source.cameras([]) })) {
      const [answer] = await vlm.ask(frame, taskQuestions(task), AbortSignal.timeout(60_000));
      if (answer?.value?.shape === "quantity") return answer.value.valueM;
      return answer?.refusal?.detail ?? "no answer";
    }
  } finally {
    await vlm.close();
  }
  return "no frame";
}

const scene = [colorPart(), depthPart(), infoPart()];
const ids = squareIds();

describe("label images as simulators and drivers record them", () => {
  it.each([
    ["Gazebo, semantic", "/segmentation/labels_map", "rgb8", (id: number) => [id, id, id]],
    [
      "Gazebo, panoptic",
      "/panoptic/labels_map",
      "rgb8",
      (id: number) => (id ? [1, 0, id] : [0, 0, 0]),
    ],
    ["CoppeliaSim", "/segmentation", "rgb8", (id: number) => [id, 0, 0]],
    ["Isaac Sim", "/instance_segmentation", "32SC1", (id: number) => [id, 0, 0, 0]],
  ] as const)("%s", async (_, topic, encoding, pixel) => {
    const data = Uint8Array.from([...ids].flatMap((id) => [...pixel(id)]));
    const labels = { topic, type: "sensor_msgs/msg/Image", content: rawImage(encoding, data) };
    const picture = colorPart(topic.replace(/[^/]*$/, "colored_map"));
    expect(await reachOf([...scene, labels, picture])).toBeCloseTo(REACH_M, 1);
  });

  it.each([
    ["mono8; png compressed ", 1],
    ["png", 3],
  ] as const)("PNG as %s", async (format, channels) => {
    const pixels = Uint8Array.from([...ids].flatMap((id) => Array<number>(channels).fill(id)));
    const picture = sharp(pixels, { raw: { ...SIZE, channels } });
    const data = await (channels === 1 ? picture.toColourspace("b-w") : picture).png().toBuffer();
    const labels = {
      topic: "/cam/labels/compressed",
      type: "sensor_msgs/msg/CompressedImage",
      content: { format, data: new Uint8Array(data) },
    };
    expect(await reachOf([...scene, labels])).toBeCloseTo(REACH_M, 1);
  });
});

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

const BAR = `\n${"=".repeat(80)}\n`;

/** yolo_msgs, as yolo_ros 4 has them, without what it tells of key points and 3D. */
const YOLO = [
  "std_msgs/Header header\nyolo_msgs/Detection[] detections",
  "MSG: yolo_msgs/Detection\nint32 class_id\nstring class_name\nfloat64 score\nstring id\nyolo_msgs/BoundingBox2D bbox\nyolo_msgs/Mask mask",
  "MSG: yolo_msgs/BoundingBox2D\nyolo_msgs/Pose2D center\nyolo_msgs/Vector2 size",
  "MSG: yolo_msgs/Pose2D\nyolo_msgs/Point2D position\nfloat64 theta",
  "MSG: yolo_msgs/Point2D\nfloat64 x\nfloat64 y",
  "MSG: yolo_msgs/Vector2\nfloat64 x\nfloat64 y",
  "MSG: yolo_msgs/Mask\nint32 height\nint32 width\nyolo_msgs/Point2D[] data",
  "MSG: std_msgs/Header\nbuiltin_interfaces/Time stamp\nstring frame_id",
  "MSG: builtin_interfaces/Time\nint32 sec\nuint32 nanosec",
].join(BAR);

/** One of the squares, in a box that holds the whole image. */
function detection(className: string, left: number, top: number) {
  const corner = (x: number, y: number) => ({ x: left + x, y: top + y });
  return {
    ...{ class_id: 7, class_name: className, score: 0.9, id: "" },
    bbox: {
      center: { position: { x: SIZE.width / 2, y: SIZE.height / 2 }, theta: 0 },
      size: { x: SIZE.width, y: SIZE.height },
    },
    mask: { ...SIZE, data: [corner(0, 0), corner(14, 0), corner(14, 14), corner(0, 14)] },
  };
}

describe("detections with masks", () => {
  it.each(["yolo_msgs", "yolov8_msgs"])("%s, by the recording's own definition", async (pkg) => {
    const yolo = {
      topic: "/yolo/detections",
      type: `${pkg}/msg/DetectionArray`,
      definition: YOLO.replaceAll("yolo_msgs", pkg),
      content: { detections: [detection("left", 8, 12), detection("right", 40, 20)] },
    };
    expect(await reachOf([...scene, yolo])).toBeCloseTo(REACH_M, 1);
  });
});

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

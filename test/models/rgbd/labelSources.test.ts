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
      if (frame.fault !== undefined) return frame.fault;
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

const HEADER = [
  "MSG: std_msgs/Header\nbuiltin_interfaces/Time stamp\nstring frame_id",
  "MSG: builtin_interfaces/Time\nint32 sec\nuint32 nanosec",
];
const IMAGE =
  "MSG: sensor_msgs/Image\nstd_msgs/Header header\nuint32 height\nuint32 width\nstring encoding\nuint8 is_bigendian\nuint32 step\nuint8[] data";
const REGION =
  "MSG: sensor_msgs/RegionOfInterest\nuint32 x_offset\nuint32 y_offset\nuint32 height\nuint32 width\nbool do_rectify";

/** mask_rcnn_ros/Result and detectron2_ros/Result. */
const RESULT = [
  "std_msgs/Header header\nsensor_msgs/RegionOfInterest[] boxes\nint32[] class_ids\nstring[] class_names\nfloat32[] scores\nsensor_msgs/Image[] masks",
  ...[REGION, IMAGE, ...HEADER],
].join(BAR);

/** ultralytics_ros/YoloResult of ROS 2. */
const YOLO_RESULT = [
  "std_msgs/Header header\nvision_msgs/Detection2DArray detections\nsensor_msgs/Image[] masks",
  "MSG: vision_msgs/Detection2DArray\nstd_msgs/Header header\nvision_msgs/Detection2D[] detections",
  "MSG: vision_msgs/Detection2D\nstd_msgs/Header header\nvision_msgs/ObjectHypothesisWithPose[] results\nvision_msgs/BoundingBox2D bbox\nstring id",
  "MSG: vision_msgs/ObjectHypothesisWithPose\nvision_msgs/ObjectHypothesis hypothesis",
  "MSG: vision_msgs/ObjectHypothesis\nstring class_id\nfloat64 score",
  "MSG: vision_msgs/BoundingBox2D\nvision_msgs/Pose2D center\nfloat64 size_x\nfloat64 size_y",
  "MSG: vision_msgs/Pose2D\nvision_msgs/Point2D position\nfloat64 theta",
  "MSG: vision_msgs/Point2D\nfloat64 x\nfloat64 y",
  ...[IMAGE, ...HEADER],
].join(BAR);

/** MoveIt Pro's Mask2DArray. */
const MASK_2D = [
  "std_msgs/Header header\nmoveit_studio_vision_msgs/Mask2D[] masks",
  "MSG: moveit_studio_vision_msgs/Mask2D\nint32 x\nint32 y\nsensor_msgs/Image pixels\nmoveit_studio_vision_msgs/ClassHypothesis[] class_hypotheses",
  "MSG: moveit_studio_vision_msgs/ClassHypothesis\nstring class_id\nfloat64 score",
  ...[IMAGE, ...HEADER],
].join(BAR);

/** A message of one's own: objects with a name, a region and an image of it. */
const OWN = [
  "std_msgs/Header header\nlab_msgs/Thing[] things",
  "MSG: lab_msgs/Thing\nstring object_name\nfloat32 probability\nsensor_msgs/RegionOfInterest roi\nsensor_msgs/Image mask",
  ...[REGION, IMAGE, ...HEADER],
].join(BAR);

interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const whole: Region = { left: 0, top: 0, ...SIZE };

/** One of the squares, as an image of the given size or of the square's region alone. */
function maskOf(id: number, encoding: string, value: number, region: Region = whole) {
  const { left, top, width, height } = region;
  const values = Array.from({ length: width * height }, (_, at) => {
    const x = left + (at % width);
    const y = top + Math.floor(at / width);
    return ids[y * SIZE.width + x] === id ? value : 0;
  });
  const data = encoding === "32FC1" ? new Float32Array(values) : Uint8Array.from(values);
  const bytes = new Uint8Array(data.buffer);
  return { width, height, encoding, step: bytes.length / height, data: bytes };
}

const regions: readonly Region[] = [
  { left: 6, top: 10, width: 20, height: 18 },
  { left: 38, top: 18, width: 20, height: 18 },
];
const regionMessages = regions.map(({ left, top, width, height }) => ({
  ...{ x_offset: left, y_offset: top, width, height },
}));
const names = ["left", "right"];

function masksPart(type: string, definition: string, content: object): RecordedPart {
  return { topic: "/detector/result", type, definition, content };
}

function resultOf(encoding: string, value: number, more: object = {}): RecordedPart {
  const masks = [1, 2].map((id) => maskOf(id, encoding, value));
  const told = { class_ids: [7, 8], class_names: names, scores: [0.9, 0.8], boxes: [], masks };
  return masksPart("mask_rcnn_ros/msg/Result", RESULT, { ...told, ...more });
}

describe("a mask for each object, in whatever message", () => {
  it.each([
    ["mono8", 255],
    ["8UC1", 1],
    ["32FC1", 0.9],
  ])("lists of images, classes and scores (%s, %d)", async (encoding, value) => {
    expect(await reachOf([...scene, resultOf(encoding, value)])).toBeCloseTo(REACH_M, 1);
  });

  it("another package's, of regions of the image", async () => {
    const masks = [1, 2].map((id, i) => maskOf(id, "mono8", 255, regions[i]));
    const { content } = resultOf("mono8", 255, { masks, boxes: regionMessages });
    const own = masksPart("lab_msgs/msg/Found", RESULT, content);
    expect(await reachOf([...scene, own])).toBeCloseTo(REACH_M, 1);
  });

  it("a list of images beside a Detection2DArray", async () => {
    const results = (class_id: string) => [{ hypothesis: { class_id, score: 0.9 } }];
    const detections = names.map((name) => ({ results: results(name) }));
    const masks = [1, 2].map((id) => maskOf(id, "mono8", 255));
    const content = { detections: { detections }, masks };
    const part = masksPart("ultralytics_ros/msg/YoloResult", YOLO_RESULT, content);
    expect(await reachOf([...scene, part])).toBeCloseTo(REACH_M, 1);
  });

  it("a list of images with their corner and hypotheses", async () => {
    const masks = names.map((class_id, i) => ({
      ...{ x: regions[i]?.left, y: regions[i]?.top },
      pixels: maskOf(i + 1, "mono8", 1, regions[i]),
      class_hypotheses: [{ class_id, score: 0.9 }],
    }));
    const part = masksPart("moveit_studio_vision_msgs/msg/Mask2DArray", MASK_2D, { masks });
    expect(await reachOf([...scene, part])).toBeCloseTo(REACH_M, 1);
  });

  it("a list of objects of one's own", async () => {
    const things = names.map((object_name, i) => ({
      ...{ object_name, probability: 0.9, roi: regionMessages[i] },
      mask: maskOf(i + 1, "8UC1", 255, regions[i]),
    }));
    const part = masksPart("lab_msgs/msg/Things", OWN, { things });
    expect(await reachOf([...scene, part])).toBeCloseTo(REACH_M, 1);
  });

  it("an empty list says that nothing was found", async () => {
    const part = masksPart("lab_msgs/msg/Things", OWN, { things: [] });
    expect(await reachOf([...scene, part])).toMatch(/no detection of class left/);
  });

  const small = (id: number) => {
    const { data } = maskOf(id, "mono8", 255);
    const half = { width: SIZE.width / 2, height: SIZE.height / 2 };
    const pixels = Uint8Array.from({ length: half.width * half.height }, (_, at) => {
      const column = at % half.width;
      return data[(at - column) * 4 + 2 * column] ?? 0;
    });
    return { ...half, encoding: "mono8", step: half.width, data: pixels };
  };

  it("of half the image's size", async () => {
    const part = resultOf("mono8", 255, { masks: [small(1), small(2)] });
    expect(await reachOf([...scene, part])).toBeCloseTo(REACH_M, 1);
  });

  it.each([
    [
      "masks of another shape",
      { masks: [1, 2].map((id) => maskOf(id, "mono8", 1, { ...whole, height: 40 })) },
      /64x40 does not have the shape/,
    ],
    ["fewer classes than masks", { class_names: ["left"] }, /2 masks, but 1 class_names/],
    ["no classes", { class_names: [], class_ids: [] }, /without class names or ids/],
    [
      "several values",
      { masks: [1, 2].map((id) => ({ ...maskOf(id, "mono8", 3), data: ids })) },
      /one value for its object/,
    ],
    ["logits", { masks: [1, 2].map((id) => maskOf(id, "32FC1", 8)) }, /probabilities of 0 to 1/],
    [
      "colours",
      { masks: [1, 2].map((id) => ({ ...maskOf(id, "rgb8", 3), step: 192 })) },
      /"rgb8" cannot be read as a mask/,
    ],
  ] as const)("refuses %s", async (_, more, why) => {
    expect(await reachOf([...scene, resultOf("mono8", 255, more)])).toMatch(why);
  });
});

describe("masks that cannot be read", () => {
  const compressed = OWN.replaceAll("sensor_msgs/Image", "sensor_msgs/CompressedImage").replace(
    /uint32 height\nuint32 width\nstring encoding.*/,
    "string format\nuint8[] data",
  );
  const headless = OWN.replace("std_msgs/Header header\n", "");

  it.each([
    ["compressed", compressed, /compressed as pictures/],
    ["without a header", headless, /masks without a header/],
  ])("%s: the task that names them is told why", async (_, definition, why) => {
    const part = masksPart("lab_msgs/msg/Things", definition, { things: [] });
    const path = await writeRgbd(join(folder, `run_${made++}.mcap`), [...scene, part]);
    await using source = await openSource(path);
    expect(source.cameras([])[0]).not.toHaveProperty("detections");
    const camera = { name: "cam", color: "/cam/color/image_raw", detections: part.topic };
    expect(() => source.cameras([camera])).toThrow(why);
  });

  it("images of a robot's cameras in one message are no masks", async () => {
    const definition = RESULT.replace("sensor_msgs/Image[] masks", "sensor_msgs/Image[] views");
    const part = masksPart("lab_msgs/msg/Views", definition, { views: [] });
    const path = await writeRgbd(join(folder, `run_${made++}.mcap`), [...scene, part]);
    await using source = await openSource(path);
    expect(source.cameras([])[0]).not.toHaveProperty("detections");
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

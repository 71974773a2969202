import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TabletopSim } from "../../src/sim/index.js";
import { runCli, startCli } from "../support/cli.js";
import { damagedRecording } from "../support/damagedRecording.js";
import { writeDataset } from "../support/lerobotDataset.js";
import {
  colorPart,
  depthPart,
  infoPart,
  labelsPart,
  type RecordedPart,
  rawImage,
  SIZE,
  SQUARES_TASK,
  squareIds,
  writeRgbd,
} from "../support/rgbdRecording.js";

const TASK = "examples/tasks/pick_and_place.yaml";
/** For runs that only have to say which model they took. */
const FEW = ["--rate", "0.3"];
const SIM = "sim?seed=7&width=160&height=120&rate=1";

let folder: string;
/** What that is, recorded. */
let recording: string;
/** A larger one, from which topics are taken away. */
let whole: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "doctor-"));
  recording = join(folder, "sound.mcap");
  whole = join(folder, "whole.mcap");
  const small = ["--seed", "7", "--size", "160x120"];
  const large = ["--seed", "41", "--size", "320x240", "--color", "raw"];
  await runCli("sim", "record", "-o", recording, "--rate", "1", ...small);
  await runCli("sim", "record", "-o", whole, "--rate", "1", ...large);
});
afterAll(() => rm(folder, { recursive: true }));

describe("doctor", () => {
  it("names the parts that are there and the model that answers, and misses nothing", async () => {
    const { stdout, code } = await runCli("doctor", SIM, "-t", TASK);
    expect(code).toBe(0);
    expect(stdout).toMatch(/depth +in every image/);
    expect(stdout).toMatch(/masks +in every image/);
    expect(stdout).toMatch(/rgbd +works: \d+ of \d+ answered, median sigma \d/);
    expect(stdout).toMatch(/embedded +works/);
    expect(stdout).toMatch(/plane +(works|does not work): \d+ of \d+ answered/);
    expect(stdout).not.toContain("masks=clusters");
    expect(stdout).toContain("Use --vlm rgbd. Nothing is missing.");
    expect(stdout).not.toContain("is the camera's place in TF right");
  });

  it("looks at the camera that is chosen of several", async () => {
    const two = [`${SIM}&cameras=2`, "-t", TASK];
    expect((await runCli("doctor", ...two)).code).toBe(1);
    const { stdout, code } = await runCli(
      "doctor",
      ...two,
      "--camera",
      "/side_camera/color/image_raw",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/masks +in every image/);
  });

  it("says what would help where there is color only", async () => {
    const picture = join(folder, "grey.png");
    await sharp({ create: { width: 160, height: 120, channels: 3, background: "#777" } })
      .png()
      .toFile(picture);
    const { stdout, code } = await runCli("doctor", picture, "-t", TASK);
    expect(code).toBe(0);
    expect(stdout).toMatch(/depth +in 0 of 1 images/);
    expect(stdout).toMatch(/rgbd +does not work: 0 of/);
    expect(stdout).toMatch(/^What would help most: record the depth image.*camera_info\.$/m);
    expect(stdout).toMatch(
      /^ {2}Or: without depth, --vlm plane with camera_info.*; and the support's `frame`/m,
    );
    expect(stdout).toMatch(/plane +does not work: 0 of/);
    expect(stdout).toMatch(/rgbd\?masks=clusters +does not work: 0 of/);
  });
});

describe("doctor about what the rewards need", () => {
  it("takes no model that never answers it, however much else that answers", async () => {
    const path = await changedTask("no-gripper", "labels: [1]", "labels: [77]");
    const { stdout } = await runCli("doctor", recording, "-t", path);
    expect(stdout).toMatch(
      /rgbd +does not work: .*\n {2}the rewards need reach, which it never answers: label 77/,
    );
    expect(stdout).toMatch(/^Use --vlm embedded\.$/m);
    expect(stdout).toMatch(
      /^What would help most: label 77 \(the robot gripper\) is not in the label image.*\.$/m,
    );
    const out = join(folder, "needed.jsonl");
    const { stderr } = await runCli("annotate", recording, "-t", path, "-o", out, ...FEW);
    expect(stderr).toMatch(/model {4}embedded \(rgbd does not: the rewards need reach/);
  });

  it("does not mind a measurement that they do not need", async () => {
    const path = await changedTask(
      "unneeded",
      "measurements:",
      "measurements:\n  nowhere: { kind: distance, subject: mug, object: ghost }",
      ["objects:", "objects:\n  ghost: { phrase: the ghost, labels: [99] }"],
    );
    const { stdout } = await runCli("doctor", recording, "-t", path);
    expect(stdout).toMatch(/rgbd +works/);
    expect(stdout).toMatch(/^Use --vlm rgbd\.$/m);
  });

  it("says what the support lacks, where the task names one", async () => {
    const path = await changedTask("no-table", "labels: [4]", "labels: [44]");
    const { stdout } = await runCli("doctor", recording, "-t", path);
    expect(stdout).toMatch(
      /^What would help most: the support is not seen: label 44 \(the table\) is not in the label image, which has ids 1/m,
    );
  });
});

describe("doctor about the gripper's opening", () => {
  it.each([
    [
      "a topic that is not there",
      "grasp: { joints",
      "grasp: { topic: /grip/states, joints",
      "no position of a joint on /grip/states",
    ],
    [
      "a joint that is not there",
      "[finger_left, finger_right]",
      "[finger_left, thumb]",
      "no joint thumb .* on /joint_states, which has .*finger_left",
    ],
  ])("says that the task names %s", async (what, from, to, lacks) => {
    const path = await changedTask(what.replaceAll(" ", "-"), from, to);
    const { stdout } = await runCli("doctor", recording, "-t", path);
    expect(stdout).toMatch(new RegExp(`^ {2}gripper +${lacks}`, "m"));
    expect(stdout).toMatch(/^What would help most: what tells the gripper's opening: no /m);
  });

  it("says that it is told, and nothing of it where no joints are asked for", async () => {
    const { stdout } = await runCli("doctor", recording, "-t", TASK);
    expect(stdout).toMatch(/^ {2}gripper +its joints tell how far it is open$/m);
    const path = await changedTask("attached", /grasp: \{.*\}/, "grasp: { attached: true }");
    expect((await runCli("doctor", recording, "-t", path)).stdout).not.toMatch(/^ {2}gripper /m);
  });
});

describe("doctor about a recording without label images", () => {
  it("says where clusters would answer if TF did not come first", async () => {
    const path = join(folder, "bare.mcap");
    await damagedRecording(whole, path, { without: (topic) => topic.includes("labels") });
    const { stdout } = await runCli("doctor", path, "-t", TASK);
    expect(stdout).toMatch(/^What would help most: instance masks or detections/m);
    expect(stdout).toMatch(
      /^ {2}Or: --vlm 'rgbd\?masks=clusters', .* where the task gives mug, tray no `frame`\.$/m,
    );
    const framed = await readFile(TASK, "utf8");
    const frameless = join(folder, "frameless.yaml");
    await writeFile(
      frameless,
      framed.replace("frame: red_mug, ", "").replace("frame: blue_tray, ", ""),
    );
    expect((await runCli("doctor", path, "-t", frameless)).stdout).toMatch(
      /rgbd\?masks=clusters +works/,
    );
  });
});

describe("doctor about a recording without transforms", () => {
  it("says in how many images they are missing, and why", async () => {
    const gap = join(folder, "tf-gap.mcap");
    const without = (topic: string, atS = 0): boolean => topic === "/tf" && atS > 2 && atS < 9;
    await damagedRecording(whole, gap, { without });
    const { stdout } = await runCli("doctor", gap, "-t", TASK);
    expect(stdout).not.toContain("Nothing is missing");
    expect(stdout).toMatch(
      /^What would help most: the transforms of gripper, .*, missing in \d of 5 images \(.*older than the image/m,
    );
  });

  it("says which frames of the task never came, and why", async () => {
    const still = join(folder, "no-camera-tf.mcap");
    await damagedRecording(whole, still, { without: (topic) => topic === "/tf_static" });
    const { stdout } = await runCli("doctor", still, "-t", TASK);
    expect(stdout).toMatch(/^Use --vlm rgbd\.$/m);
    expect(stdout).toMatch(
      /^What would help most: the transforms of gripper, .*table \(camera_color_optical_frame has not been received/m,
    );
    expect(stdout).not.toContain("Nothing is missing");

    const bare = join(folder, "depth-only.mcap");
    await damagedRecording(whole, bare, { without: (topic) => /labels|tf/.test(topic) });
    const advice = (await runCli("doctor", bare, "-t", TASK)).stdout;
    expect(advice).toMatch(
      /^What would help most: the transforms of gripper, .*; with them --vlm 'rgbd\?masks=clusters'\.$/m,
    );
    expect(advice).toMatch(/^ {2}Or: instance masks or detections/m);
  });
});

describe("doctor about a part that is recorded and cannot be used", () => {
  /** What it says of two squares, some of whose parts are other ones. */
  const told = async (name: string, ...parts: readonly RecordedPart[]): Promise<string> => {
    const task = join(folder, "squares.yaml");
    await writeFile(task, SQUARES_TASK);
    const path = await writeRgbd(join(folder, `${name}.mcap`), parts);
    return (await runCli("doctor", path, "-t", task)).stdout;
  };

  it("counts masks that come as PNG", async () => {
    const png = await sharp(squareIds(), { raw: { ...SIZE, channels: 1 } })
      .toColourspace("b-w")
      .png()
      .toBuffer();
    const packed = {
      topic: "/cam/labels/compressed",
      type: "sensor_msgs/msg/CompressedImage",
      content: { format: "mono8; png compressed ", data: png },
    };
    const stdout = await told("png", colorPart(), infoPart(), depthPart(), packed);
    expect(stdout).toMatch(/masks +in every image/);
    expect(stdout).toMatch(/rgbd +works/);
    expect(stdout).not.toContain("masks=clusters");
  });

  it("advises to calibrate a camera, whose camera_info is there", async () => {
    const blank = { ...infoPart(), content: { ...SIZE, k: new Array(9).fill(0) } };
    const stdout = await told("k0", colorPart(), blank, depthPart(), labelsPart());
    expect(stdout).toMatch(/^What would help most: the camera cam_optical is not calibrated/m);
  });

  it("says what is wrong with the stamps of depth that is there", async () => {
    const late = { ...depthPart(), laterS: 90 };
    const stdout = await told("late", colorPart(), infoPart(), late, labelsPart());
    expect(stdout).toMatch(
      /^What would help most: .*the nearest of \/cam\/depth\/image_raw is .* later/m,
    );
    expect(stdout).not.toContain("record the depth image");
  });

  it("does not count depth that cannot be laid on the colour image", async () => {
    const other = { ...depthPart(), frameId: "other_optical" };
    const stdout = await told("frame", colorPart(), infoPart(), other, labelsPart());
    expect(stdout).toMatch(/depth +in 0 of 3 images: .* is an image of other_optical/);
    expect(stdout).toMatch(/^What would help most: .* is an image of other_optical/m);
  });

  it("says what is wrong with images of which none can be read", async () => {
    const { content, ...color } = colorPart();
    const cut = { ...color, content: { ...content, data: new Uint8Array(9) } };
    const stdout = await told("cut", cut, infoPart(), depthPart(), labelsPart());
    expect(stdout).toMatch(/^What would help most: .*\/cam\/color\/image_raw: .*truncated/m);
    const out = join(folder, "cut.jsonl");
    const task = join(folder, "squares.yaml");
    const { stderr } = await runCli("annotate", join(folder, "cut.mcap"), "-t", task, "-o", out);
    expect(/^model.*$/m.exec(stderr)?.[0].match(/truncated/g)).toHaveLength(1);
  });

  it("says of images that are named depth what they are instead", async () => {
    const words = new Uint8Array(6 * SIZE.width * SIZE.height);
    const vectors = { ...depthPart(), content: rawImage("16SC3", words) };
    const stdout = await told("vectors", colorPart(), infoPart(), vectors, labelsPart());
    expect(stdout).toMatch(
      /^What would help most: depth as 16UC1 .*: no depth is \/cam\/depth\/image_raw \(16SC3\)\.$/m,
    );
  });

  it("says of each camera which parts it has, and what the one that answers less lacks", async () => {
    const task = join(folder, "two.yaml");
    const cameras =
      "front: { color: /cam/color/image_raw }, wrist: { color: /wrist/color/image_raw }";
    await writeFile(task, `${SQUARES_TASK}cameras: { ${cameras} }\n`);
    const wrist = [colorPart("/wrist/color/image_raw"), infoPart("/wrist/color/camera_info")];
    const front = [colorPart(), infoPart(), depthPart(), labelsPart()];
    const parts = [...front, ...wrist.map((part) => ({ ...part, frameId: "wrist_optical" }))];
    const path = await writeRgbd(join(folder, "two.mcap"), parts);
    const { stdout } = await runCli("doctor", path, "-t", task);
    expect(stdout).toMatch(/^ {2}front: 3 images\n {4}depth +in every image\n {4}masks +in every/m);
    expect(stdout).toMatch(/^ {2}wrist: 3 images\n {4}depth +in 0 of 3 images/m);
    expect(stdout).toMatch(/^rgbd +.*: 3 of 6 answered.*\n {2}front 3 of 3, wrist 0 of 3$/m);
    expect(stdout).toMatch(/^What would help wrist most: record the depth image/m);
  });

  it("says which topics are there without a message", async () => {
    const silent = { ...depthPart(), isSilent: true };
    const type = "foxglove_msgs/msg/CompressedVideo";
    const video = { topic: "/wrist/video", type, content: {}, isSilent: true };
    const stdout = await told("silent", colorPart(), infoPart(), silent, labelsPart(), video);
    expect(stdout).toMatch(
      /^ {2}without a single message: \/cam\/depth\/image_raw, \/wrist\/video$/m,
    );
  });
});

/** The example task with some words changed. */
async function changedTask(
  name: string,
  from: string | RegExp,
  to: string,
  ...others: readonly (readonly [string, string])[]
): Promise<string> {
  let text = await readFile(TASK, "utf8");
  for (const [before, after] of [[from, to], ...others] as const)
    text = text.replace(before, after);
  const path = join(folder, `${name}.yaml`);
  await writeFile(path, text);
  return path;
}

describe("doctor about a LeRobot data set", () => {
  it("says what such a set does not hold, and asks for nothing that it cannot", async () => {
    const { stdout, code } = await runCli("doctor", writeDataset({}), "-t", TASK);
    expect(code).toBe(0);
    expect(stdout).toMatch(/depth +in 0 of \d images: the data set has no depth map of/);
    expect(stdout).toMatch(/lens +in 0 of \d images: a LeRobot data set holds no camera_info/);
    expect(stdout).toMatch(/transforms +gripper 0\/\d.*: a LeRobot data set holds no transforms/);
    expect(stdout).toMatch(
      /What would help most: depth maps.*field of view.*\n {2}Or: .*camera_height/,
    );
    expect(stdout).not.toMatch(/camera_info topic|record the depth/);
  });
});

describe("doctor about transforms", () => {
  it("says that a TF frame is not where depth and masks show its object", async () => {
    const task = await readFile(TASK, "utf8");
    const path = join(folder, "swapped.yaml");
    const swapped = task
      .replace("labels: [3], frame: blue_tray", "labels: [3]")
      .replace("frame: red_mug", "frame: blue_tray");
    await writeFile(path, swapped);
    const { stdout } = await runCli("doctor", recording, "-t", path);
    expect(stdout).toMatch(
      /TF frame blue_tray is \d+ cm from where depth and masks show the red mug/,
    );
  });
});

describe("the built command line without --vlm", () => {
  const chosen = async (recording: string, task: string, name: string) => {
    const out = join(folder, `${name}.jsonl`);
    const { stderr, code } = await startCli(["annotate", recording, "-t", task, "-o", out]).done;
    return { stderr, code };
  };

  it("takes rgbd where there are depth and masks", async () => {
    const { stderr } = await chosen(`${SIM.slice(0, -1)}0.3`, TASK, "built-rgbd");
    expect(stderr).toMatch(/model {4}rgbd \(it answers/);
  });

  it("takes embedded in its domain where there is no depth", async () => {
    const sim = await TabletopSim.create({ seed: 5, rateHz: 1 });
    const [frame] = sim.current().frames;
    sim.close();
    if (frame?.image.kind !== "raw") throw new Error("the simulator gives raw images");
    const { data, width, height } = frame.image;
    const picture = join(folder, "table.png");
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(picture);
    const { stderr } = await chosen(picture, TASK, "built-embedded");
    expect(stderr).toMatch(/model {4}embedded \(rgbd does not: .*; it answers \d of 3 questions/);
  });

  it("takes plane where there are boxes and TF, and no picture that embedded knows", async () => {
    const path = await writeRgbd(join(folder, "boxes.mcap"), [
      colorPart(),
      infoPart(),
      {
        topic: "/cam/detections",
        type: "vision_msgs/msg/Detection2DArray",
        content: { detections: [box("cup", 22.2), box("tin", 40.8)] },
      },
      {
        topic: "/tf_static",
        type: "tf2_msgs/msg/TFMessage",
        content: { transforms: [CAMERA_IN_WORLD] },
      },
    ]);
    const task = join(folder, "boxes.yaml");
    await writeFile(task, BOXES_TASK);
    const { stderr, code } = await chosen(path, task, "built-plane");
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /model {4}plane \(rgbd does not: .*depth.*; embedded does not: .*it answers 3 of 3/,
    );
  });

  it("takes embedded all the same where nothing answers, and says so", async () => {
    const picture = join(folder, "blank.png");
    await sharp({ create: { width: 160, height: 120, channels: 3, background: "#777" } })
      .png()
      .toFile(picture);
    const { stderr } = await chosen(picture, TASK, "built-none");
    expect(stderr).toMatch(
      /model {4}embedded \(rgbd does not.*plane does not.*Most questions will be refused/s,
    );
  });
});

/** The camera 0.6 m over the origin's plane and 0.8 m before it, looks at the origin. */
const CAMERA_IN_WORLD = {
  header: { stamp: { sec: 0, nanosec: 0 }, frame_id: "world" },
  child_frame_id: "cam_optical",
  transform: {
    translation: { x: 0, y: -0.8, z: 0.6 },
    rotation: { x: -Math.sqrt(0.8), y: 0, z: 0, w: Math.sqrt(0.2) },
  },
};

/** About the image of a cup, 8 cm wide and 9 cm high, that stands on the plane beside the origin. */
function box(classId: string, x: number) {
  return {
    results: [{ hypothesis: { class_id: classId, score: 0.9 } }],
    bbox: { center: { position: { x, y: 21.3 }, theta: 0 }, size_x: 4.95, size_y: 7.4 },
  };
}

const BOXES_TASK = `name: boxes
objects:
  cup: { phrase: the cup, class_ids: [cup] }
  tin: { phrase: the tin, class_ids: [tin] }
  table: { phrase: the table, frame: world, height: 0 cm }
support: table
measurements:
  apart: { kind: distance, subject: cup, object: tin, smoothing: none }
reward:
  terms: { near: -apart }
`;

describe("annotate without --vlm", () => {
  it("takes rgbd where that answers, and says why", async () => {
    const out = join(folder, "r.jsonl");
    const { stderr, code } = await runCli("annotate", recording, "-t", TASK, "-o", out, ...FEW);
    expect(code).toBe(0);
    expect(stderr).toMatch(/model {4}rgbd \(it answers \d+ of \d+ questions about \d+ images\)/);
  });

  it("takes embedded where there is no depth", async () => {
    const picture = join(folder, "one.png");
    await sharp({ create: { width: 160, height: 120, channels: 3, background: "#777" } })
      .png()
      .toFile(picture);
    const out = join(folder, "e.jsonl");
    const { stderr } = await runCli("annotate", picture, "-t", TASK, "-o", out);
    expect(stderr).toMatch(/model {4}embedded \(rgbd does not: .*depth/);
  });
});

import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import {
  type CameraFrame,
  decodeDepth,
  findCameras,
  registerParts,
} from "../../../src/camera/index.js";
import {
  type Bag,
  BagWriter,
  bagFrames,
  type FrameSelection,
  openBag,
} from "../../../src/sources/index.js";
import { T0, temporaryFolder } from "./recordings.js";

const folder = await temporaryFolder();
const IMAGE = "sensor_msgs/msg/Image";
const MS = 1_000_000n;
let made = 0;

/** Of types that are not ROS's own. */
const DEFINITIONS: Readonly<Record<string, string>> = {
  "realsense2_camera_msgs/msg/Extrinsics": "float64[9] rotation\nfloat64[3] translation",
};

/** Builds a recording; stamps are ms after the start, arrival is 3 ms later unless said. */
class Recording {
  readonly #writer: BagWriter;
  readonly path: string;

  private constructor(writer: BagWriter, path: string) {
    this.#writer = writer;
    this.path = path;
  }

  static async create(): Promise<Recording> {
    const path = join(folder, `run_${made++}.mcap`);
    return new Recording(await BagWriter.create(path), path);
  }

  async add(topic: string, type: string, ms: number, content: object, lateMs = 3): Promise<void> {
    const definition = DEFINITIONS[type];
    await this.#writer.addTopic({ name: topic, type, ...(definition && { definition }) });
    await this.#writer.write(topic, at(ms + lateMs), { header: header(ms), ...content });
  }

  async raw(topic: string, type: string, ms: number, data: Uint8Array): Promise<void> {
    await this.#writer.addTopic({ name: topic, type });
    await this.#writer.writeRaw(topic, at(ms), data);
  }

  async open(): Promise<Bag> {
    await this.#writer.close();
    return openBag(this.path);
  }
}

function at(ms: number): bigint {
  return T0 + BigInt(Math.round(ms * 1000)) * 1000n;
}

function header(ms: number) {
  // To the µs, the start of time is 0.
  const ns = at(ms) < 1000n && at(ms) >= 0n ? 0n : at(ms);
  return {
    stamp: { sec: Number(ns / 1_000_000_000n), nanosec: Number(ns % 1_000_000_000n) },
    frame_id: "optical",
  };
}

function image(value: number, encoding = "rgb8") {
  const bytes = encoding === "rgb8" ? 3 : encoding === "mono8" ? 1 : 2;
  const step = 4 * bytes;
  return { width: 4, height: 2, encoding, step, data: new Uint8Array(2 * step).fill(value) };
}

async function frames(
  recording: Recording,
  options: Partial<FrameSelection> = {},
): Promise<CameraFrame[]> {
  const bag = await recording.open();
  const found: CameraFrame[] = [];
  const cameras = options.cameras ?? findCameras(bag.info, []);
  for await (const frame of bagFrames(bag, { ...options, cameras })) found.push(frame);
  await bag.close();
  return found;
}

const sinceStart = (frame: CameraFrame) => Number((frame.stampNs - T0) / MS);

describe("bagFrames", () => {
  it("gives each image the names that Isaac Sim's strings had then", async () => {
    const recording = await Recording.create();
    for (const [n, name] of ["mug", "mug", "tray"].entries()) {
      const ms = 100 * n;
      const { stamp } = header(ms);
      await recording.add("/semantic_segmentation", IMAGE, ms, image(2, "mono8"));
      await recording.add("/rgb", IMAGE, ms, image(n));
      const data = JSON.stringify({ "2": { class: name }, time_stamp: stamp });
      await recording.add("/semantic_labels", "std_msgs/msg/String", ms, { data });
    }
    const names = (await frames(recording)).map((frame) => frame.labelNames?.get(2));
    expect(names).toEqual(["mug", "mug", "tray"]);
  });

  it("joins colour with depth, labels, detections, intrinsics, label names and poses", async () => {
    const recording = await Recording.create();
    const infoContent = { width: 4, height: 2, k: [100, 0, 1.5, 0, 100, 0.5, 0, 0, 1] };
    for (let n = 0; n < 5; n++) {
      const ms = n * 100;
      await recording.add("/tf", "tf2_msgs/msg/TFMessage", ms, {
        transforms: [
          {
            header: { ...header(ms), frame_id: "base" },
            child_frame_id: "mug",
            transform: { translation: { x: n, y: 0, z: 0 }, rotation: { w: 1 } },
          },
        ],
      });
      await recording.add("/cam/camera_info", "sensor_msgs/msg/CameraInfo", ms, infoContent);
      await recording.add("/cam/depth/image_raw", IMAGE, ms + 2, image(7, "16UC1"));
      await recording.add("/cam/labels", IMAGE, ms, image(n, "mono8"));
      await recording.add("/cam/detections", "vision_msgs/msg/Detection2DArray", ms, {
        detections: [{ results: [{ hypothesis: { class_id: "mug", score: 0.5 } }] }],
      });
      await recording.add("/cam/color/image_raw", IMAGE, ms, image(n));
    }
    // Latched topics hold for every frame, whenever the recorder heard them.
    await recording.add("/cam/label_info", "vision_msgs/msg/LabelInfo", 400, {
      class_map: [{ class_id: 1, class_name: "mug" }],
    });
    await recording.add("/tf_static", "tf2_msgs/msg/TFMessage", 400, {
      transforms: [
        {
          header: { ...header(0), frame_id: "base" },
          child_frame_id: "optical",
          transform: { translation: { x: 0, y: 0, z: 1 }, rotation: { w: 1 } },
        },
      ],
    });
    const read = await frames(recording, { tfFrames: ["mug"] });
    expect(read.map(sinceStart)).toEqual([0, 100, 200, 300, 400]);
    for (const [n, frame] of read.entries()) {
      expect(frame).toMatchObject({
        camera: "/cam/color/image_raw",
        episode: recording.path.match(/run_\d+/)![0],
        frameId: "optical",
        image: { encoding: "rgb8", data: new Uint8Array(24).fill(n) },
        depth: { encoding: "16UC1" },
        labels: { encoding: "mono8", data: new Uint8Array(8).fill(n) },
        detections: [{ classId: "mug", score: 0.5 }],
        info: { fx: 100, cx: 1.5 },
      });
      expect(frame.labelNames).toEqual(new Map([[1, "mug"]]));
      expect(frame.poses?.get("mug")).toEqual({
        ok: true,
        pose: { position: [n, 0, -1], rotation: [0, 0, 0, 1] },
      });
      expect(frame.fault).toBeUndefined();
    }
  });

  it("keeps images of its own, which do not hold the chunk in memory", async () => {
    const recording = await Recording.create();
    await recording.add("/cam/image_raw", IMAGE, 0, image(1));
    const [frame] = await frames(recording);
    expect(frame!.image.data.buffer.byteLength).toBe(24);
  });

  it("marks a truncated JPEG in the middle and goes on", async () => {
    const jpeg = await sharp({
      create: { width: 64, height: 48, channels: 3, background: "red" },
    })
      .jpeg()
      .toBuffer();
    const recording = await Recording.create();
    for (let n = 0; n < 5; n++) {
      const data = n === 2 ? jpeg.subarray(0, jpeg.length / 2) : jpeg;
      const topic = "/cam/image_raw/compressed";
      await recording.add(topic, "sensor_msgs/msg/CompressedImage", n * 100, {
        format: "jpeg",
        data,
      });
    }
    const faults = (await frames(recording)).map((frame) => frame.fault);
    expect(faults).toEqual([
      undefined,
      undefined,
      expect.stringMatching(/^\/cam\/image_raw\/compressed: .*truncated/),
      undefined,
      undefined,
    ]);
  });

  it("marks a message that is no image, in its place, also with simulated time", async () => {
    const recording = await Recording.create();
    const topic = "/cam/image_raw";
    // Header stamps are a million seconds before the log times.
    const early = -1e9;
    for (const n of [0, 1, 3, 4]) await recording.add(topic, IMAGE, early + n * 100, image(n), 1e9);
    await recording.raw(topic, IMAGE, 200, Uint8Array.of(0, 1, 0, 0, 1));
    const read = await frames(recording, { rateHz: 10 });
    expect(read.map((frame) => sinceStart(frame) - early)).toEqual([0, 100, 200, 300, 400]);
    expect(read.map((frame) => frame.fault !== undefined)).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
    expect(read[2]!.fault).toMatch(/^\/cam\/image_raw: /);
  });

  it("says of a frame without depth that its depth message is broken", async () => {
    const recording = await Recording.create();
    for (let n = 0; n < 4; n++) {
      await recording.add("/cam/image_raw", IMAGE, n * 100, image(n));
      if (n === 2)
        await recording.raw("/cam/depth/image", IMAGE, n * 100, Uint8Array.of(0, 1, 0, 0));
      else await recording.add("/cam/depth/image", IMAGE, n * 100, image(n, "16UC1"));
    }
    const read = await frames(recording);
    expect(read.map((frame) => frame.fault?.split(":")[0])).toEqual([
      undefined,
      undefined,
      "/cam/depth/image",
      undefined,
    ]);
  });

  it("thins to a rate on a grid from the first frame, whatever the jitter", async () => {
    const thinned = async (stamps: readonly number[], rateHz: number) => {
      const recording = await Recording.create();
      for (const ms of stamps) await recording.add("/cam/image_raw", IMAGE, ms, image(1));
      return (await frames(recording, { rateHz })).map(sinceStart);
    };
    const camera = Array.from({ length: 31 }, (_, n) => n * 33.334);
    expect(await thinned(camera, 10)).toEqual([
      0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000,
    ]);
    expect(await thinned([0, 99, 201, 299, 402], 10)).toEqual([0, 99, 201, 299, 402]);
    expect(await thinned([0, 10, 20, 480, 490, 510], 10)).toEqual([0, 480, 510]);
    expect(await thinned([0, 100, 200], 1000)).toEqual([0, 100, 200]);
  });

  it("interleaves several cameras by stamp, also where one falls silent", async () => {
    const recording = await Recording.create();
    for (let n = 0; n < 40; n++) {
      await recording.add("/left/image_raw", IMAGE, n * 100, image(1));
      if (n < 10) await recording.add("/right/image_raw", IMAGE, n * 100 + 30, image(2), 60);
    }
    const cameras = ["left", "right"].map((name) => ({ name, color: `/${name}/image_raw` }));
    const read = await frames(recording, { cameras });
    expect(read).toHaveLength(50);
    expect(read.map(sinceStart)).toEqual(read.map(sinceStart).toSorted((a, b) => a - b));
    expect(read.slice(0, 4).map(({ camera }) => camera)).toEqual([
      "left",
      "right",
      "left",
      "right",
    ]);
  });

  it("takes a time range, with the transforms and names of before", async () => {
    const recording = await Recording.create();
    for (let n = 0; n < 50; n++) {
      if (n % 5 === 0) {
        await recording.add("/tf", "tf2_msgs/msg/TFMessage", n * 100, {
          transforms: [
            {
              header: { ...header(n * 100), frame_id: "optical" },
              child_frame_id: "mug",
              transform: { translation: { x: n }, rotation: { w: 1 } },
            },
          ],
        });
      }
      await recording.add("/cam/image_raw", IMAGE, n * 100, image(n));
    }
    const read = await frames(recording, {
      tfFrames: ["mug"],
      startNs: at(2103),
      endNs: at(2303),
    });
    expect(read.map(sinceStart)).toEqual([2100, 2200, 2300]);
    expect(read.map((frame) => frame.poses?.get("mug"))).toMatchObject([
      { pose: { position: [21, 0, 0] } },
      { pose: { position: [22, 0, 0] } },
      { pose: { position: [23, 0, 0] } },
    ]);
  });

  describe("whatever the clocks", () => {
    /** Writes an image with depth of the same number; stamps and log times in ms. */
    async function pair(
      recording: Recording,
      n: number,
      { stampMs, logMs, depthMs = stampMs }: { stampMs: number; logMs: number; depthMs?: number },
    ): Promise<void> {
      await recording.add("/cam/image_raw", IMAGE, stampMs, image(n), logMs - stampMs);
      const lateMs = logMs - depthMs + 4;
      await recording.add("/cam/depth/image", IMAGE, depthMs, image(n, "16UC1"), lateMs);
    }

    const depthNumbers = (read: readonly CameraFrame[]) => read.map(({ depth }) => depth?.data[0]);
    const logMs = (read: readonly CameraFrame[]) =>
      read.map(({ logNs = 0n }) => Number((logNs - T0) / MS));

    async function framesAndNotes(recording: Recording, options: Partial<FrameSelection> = {}) {
      const bag = await recording.open();
      const notes: string[] = [];
      const read: CameraFrame[] = [];
      const cameras = findCameras(bag.info, []);
      const found = bagFrames(bag, { cameras, ...options }, (note) => notes.push(note));
      for await (const frame of found) read.push(frame);
      await bag.close();
      return { read, notes };
    }

    const UNSET = -Number(T0 / 1000n) / 1000;

    it.each([
      ["0", UNSET, /^\/cam\/image_raw: the header stamps are 0; log times are used for them$/],
      ["constant", 1234, /stand still/],
    ])("log times count where all stamps are %s", async (_, stampMs, note) => {
      for (const [rateHz, count] of [
        [undefined, 20],
        [5, 10],
      ] as const) {
        const recording = await Recording.create();
        for (let n = 0; n < 20; n++) await pair(recording, n, { stampMs, logMs: 100 * n });
        const { read, notes } = await framesAndNotes(recording, rateHz ? { rateHz } : {});
        expect(read).toHaveLength(count);
        expect(read.map(sinceStart)).toEqual(logMs(read));
        expect(depthNumbers(read)).toEqual(logMs(read).map((ms) => ms / 100));
        expect(notes).toEqual([expect.stringMatching(note)]);
      }
    });

    it("where only depth has no stamps, its log times count, on the images' clock", async () => {
      const recording = await Recording.create();
      for (let n = 0; n < 10; n++) {
        await pair(recording, n, { stampMs: 100 * n - 3.6e6, logMs: 100 * n, depthMs: UNSET });
      }
      const { read, notes } = await framesAndNotes(recording);
      expect(depthNumbers(read)).toEqual(read.map((__, n) => n));
      expect(notes).toEqual([
        expect.stringMatching(
          /image_raw are on another clock than the log times \(3600.0 s earlier/,
        ),
        expect.stringMatching(/^\/cam\/depth\/image: the header stamps are 0/),
      ]);
    });

    it("simulated time that begins at 0 is meant", async () => {
      const recording = await Recording.create();
      for (let n = 0; n < 10; n++) {
        await pair(recording, n, { stampMs: UNSET + 100 * n, logMs: 100 * n });
      }
      const { read } = await framesAndNotes(recording);
      expect(read[0]?.stampNs).toBe(0n);
      expect(depthNumbers(read)).toEqual(read.map((__, n) => n));
    });

    it("an image that lost its stamp has the time of its place", async () => {
      const recording = await Recording.create();
      for (let n = 0; n < 10; n++) {
        await pair(recording, n, { stampMs: n === 6 ? UNSET : 100 * n - 3.6e6, logMs: 100 * n });
      }
      const { read, notes } = await framesAndNotes(recording);
      expect(read.map((frame) => sinceStart(frame) + 3.6e6)).toEqual(logMs(read));
      expect(depthNumbers(read)).toEqual(read.map((__, n) => n));
      expect(notes).toHaveLength(1);
    });

    it.each([40, 1600])("waits for a part that comes %i ms after its image", async (lateMs) => {
      const recording = await Recording.create();
      const calls = Array.from({ length: 30 }, (__, n) => [
        { at: 100 * n, run: () => recording.add("/cam/image_raw", IMAGE, 100 * n, image(n), 0) },
        {
          at: 100 * n + lateMs,
          run: () => recording.add("/cam/labels", IMAGE, 100 * n, image(n, "mono8"), lateMs),
        },
      ]).flat();
      for (const { run } of calls.sort((a, b) => a.at - b.at)) await run();
      const { read, notes } = await framesAndNotes(recording);
      expect(read.map(({ labels }) => labels?.data[0])).toEqual(read.map((__, n) => n));
      expect(read).toHaveLength(30);
      expect(notes).toEqual([]);
    });

    it("a camera_info that begins late is told, with the images before it", async () => {
      const recording = await Recording.create();
      const k = [100, 0, 1.5, 0, 100, 0.5, 0, 0, 1];
      for (let n = 0; n < 20; n++) {
        await recording.add("/cam/image_raw", IMAGE, 100 * n, image(n));
        if (n < 15) continue;
        const info = { width: 4, height: 2, k };
        await recording.add("/cam/camera_info", "sensor_msgs/msg/CameraInfo", 100 * n, info);
      }
      const { read, notes } = await framesAndNotes(recording);
      const without = read.filter(({ info }) => !info).length;
      expect(without).toBeGreaterThan(3);
      expect(notes).toEqual([
        expect.stringMatching(
          new RegExp(
            `^the first ${without} images of /cam/image_raw have no lens: .* begins \\d\\.\\d s`,
          ),
        ),
      ]);
    });

    it("transforms whose rotation is all zeros are counted, by topic and frame", async () => {
      const recording = await Recording.create();
      for (let n = 0; n < 5; n++) {
        await recording.add("/cam/image_raw", IMAGE, 100 * n, image(n));
        await recording.add("/tf", "tf2_msgs/msg/TFMessage", 100 * n, {
          transforms: [
            {
              header: { ...header(100 * n), frame_id: "base" },
              child_frame_id: "tool",
              transform: {
                translation: { x: 0, y: 0, z: 1 },
                rotation: { x: 0, y: 0, z: 0, w: 0 },
              },
            },
          ],
        });
      }
      const { read, notes } = await framesAndNotes(recording, { tfFrames: ["tool"] });
      expect(read[2]?.poses?.get("tool")?.ok).toBe(false);
      expect(notes).toEqual([
        expect.stringMatching(
          /^5 transforms of TF frame tool in \/tf are left out: .*quaternion of zeros/,
        ),
      ]);
    });

    it("a camera that is not calibrated is said to be", async () => {
      const recording = await Recording.create();
      const none = { width: 4, height: 2, k: [0, 0, 0, 0, 0, 0, 0, 0, 0] };
      for (let n = 0; n < 3; n++) {
        await recording.add("/cam/camera_info", "sensor_msgs/msg/CameraInfo", 100 * n, none);
        await recording.add("/cam/image_raw", IMAGE, 100 * n, image(n));
      }
      const { read } = await framesAndNotes(recording);
      expect(read.map(({ absent }) => absent?.get("info"))).toEqual(
        Array(3).fill(expect.stringMatching(/the camera optical is not calibrated.*K is zero/)),
      );
    });
  });

  it("gives the same frames each time", async () => {
    const recording = await Recording.create();
    for (let n = 0; n < 20; n++) {
      await recording.add("/cam/image_raw", IMAGE, n * 33.3, image(n), n % 3);
      await recording.add("/cam/depth/image", IMAGE, n * 33.3 + 4, image(n, "16UC1"), n % 4);
    }
    const bag = await recording.open();
    const cameras = findCameras(bag.info, []);
    const runs: CameraFrame[][] = [[], []];
    for (const run of runs) {
      for await (const frame of bagFrames(bag, { cameras, rateHz: 15 })) run.push(frame);
    }
    expect(runs[0]!.length).toBeGreaterThan(5);
    expect(runs[0]).toEqual(runs[1]);
    await bag.close();
  });

  it("carry the robot's own kinematics, and never the frame of a thing", async () => {
    const recording = await Recording.create();
    const link = (child: string, ms: number, x: number) => ({
      header: { ...header(ms), frame_id: "world" },
      child_frame_id: child,
      transform: { translation: { x, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
    });
    for (let ms = 0; ms <= 200; ms += 10) {
      const transforms = [link("hand", ms, ms / 1000), link("mug", ms, 1), link("optical", ms, 0)];
      await recording.add("/tf", "tf2_msgs/msg/TFMessage", ms, { transforms });
      const joints = { name: ["left", "broken"], position: [ms / 1000, Number.NaN] };
      await recording.add("/joint_states", "sensor_msgs/msg/JointState", ms, joints);
      if (ms % 50 === 0) await recording.add("/color", IMAGE, ms, image(1), 1);
    }
    const kinematics = { fixedFrame: "world", frames: ["hand"], jointTopics: ["/joint_states"] };
    const found = await frames(recording, { kinematics });
    const samples = found[2]?.kinematics ?? [];
    expect(samples.map(({ stampNs }) => Number((stampNs - T0) / MS))).toEqual([
      60, 70, 80, 90, 100,
    ]);
    expect(samples[0]?.poses.get("hand")?.position[0]).toBeCloseTo(0.06, 9);
    // Those of the image's own time, though they come after its transforms in this recording.
    expect([...(samples[4]?.joints ?? [])]).toEqual([["left", 0.1]]);
    const names = found.flatMap((frame) =>
      (frame.kinematics ?? []).flatMap(({ poses }) => [...poses.keys()]),
    );
    expect(new Set(names)).toEqual(new Set(["hand", "optical"]));
    expect((await recordedAgain(recording.path)).every((frame) => !frame.kinematics)).toBe(true);
  });
});

async function recordedAgain(path: string): Promise<CameraFrame[]> {
  const bag = await openBag(path);
  const found: CameraFrame[] = [];
  for await (const frame of bagFrames(bag, { cameras: findCameras(bag.info, []) })) {
    found.push(frame);
  }
  await bag.close();
  return found;
}

describe("bagFrames of depth in an unusual unit", () => {
  it("carries the unit that the task declares and the topic's name to the decoder", async () => {
    const recordAt = async () => {
      const recording = await Recording.create();
      await recording.add("/cam/color/image_raw", IMAGE, 0, image(9));
      await recording.add("/cam/depth/image_raw", IMAGE, 0, image(0x1b, "16UC1"));
      return recording;
    };
    const [plain] = await frames(await recordAt());
    if (!plain?.depth) throw new Error("no depth");
    await expect(decodeDepth(plain.depth)).rejects.toThrow(/^\/cam\/depth\/image_raw: 16UC1 is/);
    const recording = await recordAt();
    const bag = await recording.open();
    const wanted = [{ name: "front", color: "/cam/color/image_raw", depthUnitM: 0.0001 }];
    const cameras = findCameras(bag.info, wanted);
    await bag.close();
    const [declared] = await frames(await recordAt(), { cameras });
    if (!declared?.depth) throw new Error("no depth");
    expect((await decodeDepth(declared.depth)).depthM[0]).toBeCloseTo(0x1b1b / 10_000, 6);
  });
});

describe("bagFrames with depth of another camera", () => {
  const INFO = "sensor_msgs/msg/CameraInfo";
  const info = (size: number, focal: number, height = size) => ({
    ...{ width: size, height, distortion_model: "plumb_bob", d: [0, 0, 0, 0, 0] },
    k: [focal, 0, (size - 1) / 2, 0, focal, (height - 1) / 2, 0, 0, 1],
    r: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    p: [focal, 0, (size - 1) / 2, 0, 0, focal, (height - 1) / 2, 0, 0, 0, 1, 0],
  });
  const seenBy = (frame_id: string, ms: number) => ({ header: { ...header(ms), frame_id } });
  const square = (size: number, encoding: string, bytes: number, data: Uint8Array) => ({
    ...{ width: size, height: size, encoding, step: size * bytes, data },
  });

  /** A wall at 1 m, 20x20 colour and 10x10 depth pixels of the same view, 1 cm apart. */
  async function pair(without: readonly string[] = []): Promise<Recording> {
    const recording = await Recording.create();
    const wall = new Uint8Array(new Uint16Array(100).fill(1000).buffer);
    const messages: [string, string, object][] = [
      ["/cam/color/camera_info", INFO, { ...info(20, 20), ...seenBy("color_optical", 0) }],
      ["/cam/depth/camera_info", INFO, { ...info(10, 10), ...seenBy("depth_optical", 0) }],
      [
        "/cam/extrinsics/depth_to_color",
        "realsense2_camera_msgs/msg/Extrinsics",
        { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], translation: [0.01, 0, 0.25] },
      ],
      [
        "/cam/color/image_raw",
        IMAGE,
        { ...square(20, "rgb8", 3, new Uint8Array(1200)), ...seenBy("color_optical", 0) },
      ],
      [
        "/cam/depth/image_rect_raw",
        IMAGE,
        { ...square(10, "16UC1", 2, wall), ...seenBy("depth_optical", 0) },
      ],
    ];
    const kept = messages.filter(([topic]) => !without.includes(topic));
    for (const [topic, type, content] of kept) await recording.add(topic, type, 0, content);
    return recording;
  }

  /** The frames as models see them. */
  const seen = async (recording: Recording) =>
    Promise.all((await frames(recording)).map(registerParts));

  const link = (parent: string, child: string, z: number) => ({
    transforms: [
      {
        header: { ...header(0), frame_id: parent },
        child_frame_id: child,
        transform: { translation: { x: 0, y: 0, z }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
      },
    ],
  });
  const centreDepth = async (frame: CameraFrame | undefined) =>
    frame?.depth && (await decodeDepth(frame.depth)).depthM[10 * 20 + 10];

  it("carries it over by /tf_static", async () => {
    const recording = await pair(["/cam/extrinsics/depth_to_color"]);
    const type = "tf2_msgs/msg/TFMessage";
    await recording.add("/tf_static", type, 50, link("mount", "color_optical", 0));
    await recording.add("/tf_static", type, 50, link("mount", "depth_optical", 0.5));
    const [frame] = await seen(recording);
    expect(await centreDepth(frame)).toBeCloseTo(1.5, 5);
  });

  it("carries it over by the driver's extrinsics, where there is no TF", async () => {
    const [frame] = await seen(await pair());
    expect(await centreDepth(frame)).toBeCloseTo(1.25, 5);
  });

  it("takes a point cloud of another sensor, where there is no depth image", async () => {
    const recording = await pair(["/cam/depth/image_rect_raw", "/cam/extrinsics/depth_to_color"]);
    // One point 2 m along the cloud's x, which is the camera's z.
    const data = new Uint8Array(new Float32Array([2, 0, 0, 9, Number.NaN, 0, 0, 9]).buffer);
    const fields = ["x", "y", "z"].map((name, i) => ({
      name,
      offset: 4 * i,
      datatype: 7,
      count: 1,
    }));
    await recording.add("/lidar/points", "sensor_msgs/msg/PointCloud2", 0, {
      ...{ width: 2, height: 1, fields, is_bigendian: false, point_step: 16, row_step: 32 },
      ...{ data, is_dense: false, ...seenBy("lidar", 0) },
    });
    const turned = link("color_optical", "lidar", 0);
    const rotation = { x: -0.5, y: 0.5, z: -0.5, w: -0.5 };
    const [{ transform, ...rest }] = turned.transforms as [(typeof turned.transforms)[0]];
    const turn = { transforms: [{ ...rest, transform: { ...transform, rotation } }] };
    await recording.add("/tf_static", "tf2_msgs/msg/TFMessage", 0, turn);
    const [frame] = await seen(recording);
    const depth = frame?.depth && (await decodeDepth(frame.depth)).depthM;
    const known = [...(depth ?? [])].filter((value) => value > 0);
    expect(known).toEqual([expect.closeTo(2, 5)]);
  });

  it("reads disparity as what it is", async () => {
    const stereo = await Recording.create();
    const size = { width: 4, height: 2 };
    const colorInfo = info(4, 20, 2);
    await stereo.add("/cam/color/camera_info", INFO, 0, colorInfo);
    await stereo.add("/cam/color/image_raw", IMAGE, 0, image(9));
    const px = new Float32Array([10, 4, 0, -1, 21, 8, 5, 2.5]);
    const inner = { ...size, encoding: "32FC1", step: 16, data: new Uint8Array(px.buffer) };
    await stereo.add("/cam/disparity", "stereo_msgs/msg/DisparityImage", 0, {
      image: { header: header(0), ...inner },
      ...{ f: 100, t: 0.05, min_disparity: 3, max_disparity: 20, delta_d: 0.125 },
      valid_window: { x_offset: 0, y_offset: 0, width: 4, height: 2, do_rectify: false },
    });
    const [frame] = await seen(stereo);
    const depth = frame?.depth && (await decodeDepth(frame.depth)).depthM;
    // Z = f·T / d = 5 / d within 3..20 px.
    expect([...(depth ?? [])].map((value) => Number(value.toFixed(4)))).toEqual([
      ...[0.5, 1.25, Number.NaN, Number.NaN],
      ...[Number.NaN, 0.625, 1, Number.NaN],
    ]);
  });

  it.each([
    ["with the baseline of P, sixteenths of a pixel", -5, 0.8],
    ["never as millimetres", 0, undefined],
  ])("reads a 16-bit image of disparity %s", async (_how, shift, metres) => {
    const stereo = await Recording.create();
    const words = new Uint8Array(new Uint16Array(8).fill(100).buffer);
    const disparity = { width: 4, height: 2, encoding: "16UC1", step: 8, data: words };
    // The image comes before the camera_info.
    await stereo.add("/cam/disparity/image_raw", IMAGE, 0, disparity);
    await stereo.add("/cam/color/image_raw", IMAGE, 0, image(9));
    const found = info(4, 100, 2);
    const p = found.p.map((value, i) => (i === 3 ? shift : value));
    await stereo.add("/cam/color/camera_info", INFO, 0, { ...found, p });
    const [frame] = await seen(stereo);
    const depth = frame?.depth && (await decodeDepth(frame.depth)).depthM;
    if (metres === undefined) {
      expect(depth).toBeUndefined();
      expect(frame?.fault).toMatch(
        /disparity, not depth.*P\[3\] of \/cam\/color\/camera_info is 0/,
      );
    } else {
      // Z = fx·B / d = 5 / 6.25 px.
      expect(depth?.[0]).toBeCloseTo(metres, 5);
    }
  });

  it("refuses it where neither tells, or its intrinsics lack", async () => {
    const [blind] = await seen(await pair(["/cam/extrinsics/depth_to_color"]));
    expect(blind?.depth).toBeUndefined();
    expect(blind?.absent?.get("depth")).toMatch(
      /\/cam\/depth\/image_rect_raw is an image of depth_optical, not of the colour camera color_optical/,
    );
    const [bare] = await seen(await pair(["/cam/depth/camera_info"]));
    expect(bare?.absent?.get("depth")).toMatch(/no camera_info of its own/);
  });

  it("says what is wrong with the intrinsics of the depth camera", async () => {
    const recording = await pair(["/cam/depth/camera_info"]);
    const p = info(10, 10).p.map((value, i) => (i === 2 ? 99 : value));
    const wrong = { ...info(10, 10), p, ...seenBy("depth_optical", 0) };
    await recording.add("/cam/depth/camera_info", INFO, 0, wrong);
    const [frame] = await seen(recording);
    expect(frame?.depth).toBeUndefined();
    expect(frame?.absent?.get("depth")).toMatch(
      /cannot be carried over: \/cam\/depth\/camera_info: P cannot be right: its principal point \(99, 4.5\)/,
    );
  });
});

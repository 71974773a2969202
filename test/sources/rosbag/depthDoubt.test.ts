import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rosTimeOf } from "../../../src/base/index.js";
import { decodeDepth } from "../../../src/camera/index.js";
import { BagWriter, openSource } from "../../../src/sources/index.js";
import { temporaryFolder } from "./recordings.js";

const folder = await temporaryFolder();
let made = 0;
const SIZE = { width: 64, height: 48 } as const;
const FOCAL = 60;
const IMAGES = 30;

interface Recorded {
  /** The depth image is this many times as long as it should be. */
  readonly factor: number;
  /** How far the gripper goes away from the camera, m. */
  readonly rangeM?: number;
}

/** A gripper before a wall, 6 cm thick, that goes away from the camera. */
async function record({ factor, rangeM = 0.4 }: Recorded): Promise<string> {
  const path = join(folder, `run_${made++}.mcap`);
  const writer = await BagWriter.create(path);
  const topics = [
    ["/tf", "tf2_msgs/msg/TFMessage"],
    ["/cam/color/image_raw", "sensor_msgs/msg/Image"],
    ["/cam/depth/image_raw", "sensor_msgs/msg/Image"],
    ["/cam/color/camera_info", "sensor_msgs/msg/CameraInfo"],
  ] as const;
  for (const [name, type] of topics) await writer.addTopic({ name, type });
  const [cx, cy] = [SIZE.width / 2 - 0.5, SIZE.height / 2 - 0.5];
  const k = [FOCAL, 0, cx, 0, FOCAL, cy, 0, 0, 1];
  const info = { ...SIZE, distortion_model: "", d: [], k, p: new Array(12).fill(0) };
  for (let i = 0; i < IMAGES; i++) {
    const ns = 1_700_000_000_000_000_000n + BigInt(i) * 100_000_000n;
    const stamp = rosTimeOf(ns);
    const header = { stamp, frame_id: "cam_optical" };
    const awayM = 0.5 + (rangeM * i) / IMAGES;
    const words = Uint16Array.from({ length: SIZE.width * SIZE.height }, (_, at) => {
      const [x, y] = [at % SIZE.width, Math.floor(at / SIZE.width)];
      const isGripper = Math.hypot(x - cx, y - cy) < (FOCAL * 0.05) / awayM;
      return Math.round(1000 * factor * (isGripper ? awayM - 0.06 : 1.5));
    });
    const depth = { encoding: "16UC1", step: 2 * SIZE.width, data: new Uint8Array(words.buffer) };
    const color = { encoding: "mono8", step: SIZE.width, data: new Uint8Array(words.length) };
    const translation = { x: 0, y: 0, z: awayM };
    const transform = { translation, rotation: { x: 0, y: 0, z: 0, w: 1 } };
    await writer.write("/tf", ns, { transforms: [{ header, child_frame_id: "tool", transform }] });
    await writer.write("/cam/color/camera_info", ns, { header, ...info });
    await writer.write("/cam/color/image_raw", ns, { header, ...SIZE, ...color });
    await writer.write("/cam/depth/image_raw", ns, { header, ...SIZE, ...depth });
  }
  await writer.close();
  return path;
}

/** Why the depth of the first frame is refused; undefined where it is not. */
async function refusalOf(
  recorded: Recorded,
  unitM?: number,
): Promise<{ why: string | undefined; notes: readonly string[] }> {
  await using source = await openSource(await record(recorded));
  const camera = { name: "cam", color: "/cam/color/image_raw" };
  const cameras = source.cameras([
    { ...camera, ...(unitM !== undefined && { depthUnitM: unitM }) },
  ]);
  const kinematics = { frames: ["tool"], jointTopics: [] };
  for await (const { depth } of source.frames({ cameras, kinematics, checksDepth: true })) {
    if (!depth) throw new Error("no depth");
    const why = await decodeDepth(depth).then(
      () => undefined,
      (error: Error) => error.message,
    );
    return { why, notes: source.info.notes ?? [] };
  }
  throw new Error("no frame");
}

describe("depth against the robot's transforms", () => {
  it.each([0.25, 0.3048, 0.5, 2, 2.54, 4])("of %d times the unit is refused", async (factor) => {
    const { why, notes } = await refusalOf({ factor });
    expect(why).toMatch(/gripper \(TF frame tool\)/);
    const told = Number(/ ([\d.]+) times as far/.exec(why ?? "")?.[1]);
    expect(told / factor).toBeCloseTo(1, 1);
    expect(notes.join()).toMatch(/times as far/);
  });

  it("that agrees is used", async () => {
    expect(await refusalOf({ factor: 1 })).toEqual({ why: undefined, notes: [] });
  });

  it("is used where the gripper does not move, since then nothing is certain", async () => {
    expect(await refusalOf({ factor: 2, rangeM: 0 })).toEqual({ why: undefined, notes: [] });
  });

  it("of a unit that the task declares is used, and the difference is said", async () => {
    expect(await refusalOf({ factor: 0.5 }, 0.002)).toEqual({ why: undefined, notes: [] });
    const wrong = await refusalOf({ factor: 0.5 }, 0.001);
    expect(wrong.why).toBeUndefined();
    expect(wrong.notes.join()).toMatch(/times as far .*depth_unit of the task is believed/);
  });
});

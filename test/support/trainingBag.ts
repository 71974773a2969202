import { rosTimeOf } from "../../src/base/index.js";
import { BagWriter } from "../../src/sources/index.js";

/** What of a recording is different from the usual one. */
export interface TrainingBagOptions {
  /** Seconds of recording; pictures at 30 Hz, joints and commands at 50 Hz. */
  readonly seconds?: number;
  readonly rateHz?: number;
  readonly joints?: readonly string[];
  /** Topic and type of what the robot is told; absent: /arm/joint_commands, JointState. */
  readonly command?: "joints" | "twist" | "none" | "both";
  /** A second camera, a few ms later. */
  readonly withWrist?: boolean;
  readonly size?: readonly [width: number, height: number];
  /** No picture of the first camera comes in these times, s. */
  readonly gaps?: readonly (readonly [from: number, to: number])[];
  /** Joints begin to be told at this time, s. */
  readonly jointsFromS?: number;
  /** Joints in a frame `hand` of `base`, by /tf. */
  readonly withTf?: boolean;
  /** From this time on, s, all stamps are those of a recording that begins again. */
  readonly loopsAtS?: number;
  /** What log times are ahead of stamps, ns: simulated time. */
  readonly logAheadNs?: bigint;
}

export const START_NS = 1_700_000_000_000_000_000n;

/** A brightness that tells which picture it is: all 30 of a second are far enough apart. */
export function shadeOf(index: number): number {
  return 16 + 7 * (index % 30);
}

/** The first joint at a time, rad; each further one is 0.1 more. */
export function jointAt(seconds: number): number {
  return seconds / 10;
}

/** A robot's recording: pictures of one shade each, joints that move evenly, commands. */
export async function writeTrainingBag(
  path: string,
  {
    seconds = 2,
    rateHz = 30,
    joints = ["shoulder", "elbow"],
    command = "joints",
    withWrist = false,
    size: [width, height] = [32, 24],
    gaps = [],
    jointsFromS = 0,
    withTf = false,
    logAheadNs = 0n,
    loopsAtS = Number.POSITIVE_INFINITY,
  }: TrainingBagOptions = {},
): Promise<void> {
  const writer = await BagWriter.create(path);
  const isTold = { joints: /joints|both/.test(command), twist: /twist|both/.test(command) };
  const topics: [string, string][] = [
    ["/camera/image_raw", "sensor_msgs/msg/Image"],
    ["/joint_states", "sensor_msgs/msg/JointState"],
    ...(withWrist ? [["/wrist/image_raw", "sensor_msgs/msg/Image"] as [string, string]] : []),
    ...(isTold.joints
      ? [["/arm/joint_commands", "sensor_msgs/msg/JointState"] as [string, string]]
      : []),
    ...(isTold.twist ? [["/cmd_vel", "geometry_msgs/msg/Twist"] as [string, string]] : []),
    ...(withTf ? [["/tf", "tf2_msgs/msg/TFMessage"] as [string, string]] : []),
  ];
  for (const [name, type] of topics) await writer.addTopic({ name, type });
  const events: { readonly ns: number; readonly write: () => Promise<void> }[] = [];
  const headerAt = (ns: number) => {
    const stampNs = START_NS + BigInt(ns < loopsAtS * 1e9 ? ns : Math.round(ns - loopsAtS * 1e9));
    return {
      stamp: rosTimeOf(stampNs),
      frame_id: "optical",
    };
  };
  const at = (ns: number, topic: string, message: (header: object) => object): void => {
    const write = () =>
      writer.write(topic, START_NS + BigInt(ns) + logAheadNs, message(headerAt(ns)));
    events.push({ ns, write });
  };
  const picture = (shade: number) => (header: object) => ({
    ...{ header, width, height, encoding: "rgb8", is_bigendian: 0, step: 3 * width },
    data: new Uint8Array(3 * width * height).fill(shade),
  });
  for (let i = 0; i < seconds * rateHz; i++) {
    const ns = Math.round((i * 1e9) / rateHz);
    if (!gaps.some(([from, to]) => ns / 1e9 >= from && ns / 1e9 < to)) {
      at(ns, "/camera/image_raw", picture(shadeOf(i)));
    }
    if (withWrist) at(ns + 4_000_000, "/wrist/image_raw", picture(255 - shadeOf(i)));
  }
  for (let i = 0; i < seconds * 50; i++) {
    const ns = i * 20_000_000;
    const s = ns / 1e9;
    const positions = joints.map((_, k) => jointAt(s) + 0.1 * k);
    if (s >= jointsFromS) {
      at(ns, "/joint_states", (header) => ({
        ...{ header, name: [...joints], position: positions },
        ...{ velocity: joints.map(() => 0.1), effort: [] },
      }));
    }
    if (isTold.joints) {
      // Commands come between the states, and are a tenth ahead.
      at(ns + 5_000_000, "/arm/joint_commands", (header) => ({
        ...{ header, name: [...joints], position: positions.map((value) => value + 0.1) },
        ...{ velocity: [], effort: [] },
      }));
    }
    if (isTold.twist) {
      at(ns + 5_000_000, "/cmd_vel", () => ({
        linear: { x: s, y: 0, z: 0 },
        angular: { x: 0, y: 0, z: -s },
      }));
    }
    if (withTf) {
      at(ns, "/tf", (header) => ({
        transforms: [
          {
            header: { ...header, frame_id: "base" },
            child_frame_id: "hand",
            transform: {
              translation: { x: jointAt(s), y: 0.5, z: 1 },
              rotation: { x: 0, y: 0, z: 0, w: 1 },
            },
          },
        ],
      }));
    }
  }
  events.sort((a, b) => a.ns - b.ns);
  for (const { write } of events) await write();
  await writer.close();
}

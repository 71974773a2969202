import type { Vec3 } from "../../src/base/index.js";
import type { CameraFrame, KinematicSample, Pose, Quaternion } from "../../src/camera/index.js";
import { parseTask, type Task } from "../../src/task/index.js";

/** Where the gripper is and how far it is open; what is left out stays as before. */
export interface Move {
  /** Until this time, s. */
  readonly untilS: number;
  readonly to?: Vec3;
  readonly opening?: number;
  /** The joints or the transforms are not told meanwhile. */
  readonly without?: "joints" | "tf";
  readonly rotation?: Quaternion;
}

const START_NS = 1_000_000_000_000n;
const RATE_HZ = 30;

/** A camera 1 m above the origin that looks down: x right, y to the viewer's front. */
const CAMERA: Pose = { position: [0, 0, 1], rotation: [1, 0, 0, 0] };

export function stampAt(timeS: number): bigint {
  return START_NS + BigInt(Math.round(timeS * 1e9));
}

/** A gripper that goes along straight lines, told at 30 Hz; jointsOf turns an opening into joints. */
export function recorded(
  moves: readonly Move[],
  jointsOf: (opening: number) => Readonly<Record<string, number>> = (opening) => ({
    finger_left: opening / 2,
    finger_right: opening / 2,
  }),
  start: { readonly at: Vec3; readonly opening: number } = { at: [0.3, 0, 0.3], opening: 0.1 },
): KinematicSample[] {
  const samples: KinematicSample[] = [];
  let [at, opening, timeS] = [start.at, start.opening, 0];
  for (const move of moves) {
    const { to = at, opening: wanted = opening, untilS, without, rotation } = move;
    const [fromS, from, before] = [timeS, at, opening];
    for (; timeS < untilS - 1e-9; timeS += 1 / RATE_HZ) {
      const share = Math.min(1, (timeS - fromS) / (untilS - fromS));
      const position: Vec3 = [
        from[0] + share * (to[0] - from[0]),
        from[1] + share * (to[1] - from[1]),
        from[2] + share * (to[2] - from[2]),
      ];
      const hand: Pose = { position, rotation: rotation ?? [0, 0, 0, 1] };
      const joints = Object.entries(jointsOf(before + share * (wanted - before)));
      samples.push({
        stampNs: stampAt(timeS),
        poses: new Map(
          without === "tf"
            ? []
            : [
                ["hand", hand],
                ["optical", CAMERA],
              ],
        ),
        joints: new Map(without === "joints" ? [] : joints),
        ...(without === "tf" && { missing: new Map([["hand", "the newest transform is old"]]) }),
      });
    }
    [at, opening] = [to, wanted];
  }
  return samples;
}

/** What an image at that time asks about; at a sample's own stamp. */
export function imageAt(
  samples: readonly KinematicSample[],
  timeS: number,
): Pick<CameraFrame, "stampNs" | "frameId"> {
  const stampNs = stampAt(timeS);
  const stamps = samples.map((sample) => sample.stampNs);
  const [nearest = stampNs] = stamps.toSorted((a, b) =>
    Number(abs(a - stampNs) - abs(b - stampNs)),
  );
  return { stampNs: nearest, frameId: "optical" };
}

function abs(x: bigint): bigint {
  return x < 0n ? -x : x;
}

/** Nothing but that object can be grasped. */
export const ANYHOW = ", held_at: [0 m, 1 m]";

/** A gripper, two things, a table; `grasp`, `mug` and `box` are the fields of those objects. */
export function taskOf(grasp = "{}", mug = ANYHOW, extra = "", box = ""): Task {
  return parseTask(
    `
name: pick
objects:
  gripper: { phrase: the gripper, frame: hand, grasp: ${grasp} }
  mug: { phrase: the red mug${mug} }
  box: { phrase: the box${box} }
  table: { phrase: the table }
support: table
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
  level: { kind: horizontal_distance, subject: gripper, object: mug }
  below: { kind: vertical_distance, subject: gripper, object: mug }
  left: { kind: left_difference, subject: gripper, object: mug }
  is_left: { kind: left_predicate, subject: gripper, object: mug }
  gap: { kind: gap, subject: gripper, object: mug }
  lift: { kind: elevation, subject: mug }
${extra}
reward: { terms: { near: -reach } }
`,
    "task.yaml",
  );
}

/** Comes down on a thing at (0, 0, 0), 6 cm wide, lifts it, and puts it down 20 cm further. */
export const PICK: readonly Move[] = [
  { untilS: 2, to: [0, 0, 0.2] },
  { untilS: 3, to: [0, 0, 0] },
  { untilS: 3.4, opening: 0.06 },
  { untilS: 3.8 },
  { untilS: 4.8, to: [0, 0, 0.1] },
  { untilS: 5.8, to: [0, 0.2, 0.1] },
  { untilS: 6.8, to: [0, 0.2, 0.005] },
  { untilS: 7 },
  { untilS: 7.4, opening: 0.1 },
  { untilS: 8.4, to: [0, 0.2, 0.25] },
  { untilS: 9.4, to: [0.3, 0.2, 0.3] },
];

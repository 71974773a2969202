import type { CameraFrame, CameraInfo, Pose, RawImage } from "../camera/index.js";
import type { TabletopEnvironment } from "../sim/index.js";

/** What an observation has beside numbers: each costs bytes, and the first one a drawing. */
export const PARTS = ["image", "depth", "labels"] as const;

export type Part = (typeof PARTS)[number];

/** What the robot itself knows of where things are; the rest is in `truth`. */
const KNOWN_TO_ROBOT = ["gripper", "table"];

/**
 * A moment of an environment for its client. `image`, `depth`, `labels`, `camera`, `poses`, `joints`
 * and `stamp_ns` are those of a Step of the reward server: they can be handed on as they are.
 */
export async function observationOf(
  table: TabletopEnvironment,
  parts: readonly Part[],
): Promise<Readonly<Record<string, unknown>>> {
  const { moment, kinematics } = table;
  const { truth, task } = moment;
  const now = kinematics.at(-1);
  const poses = [...(now?.poses ?? [])].map(([frame, pose]) => poseRow(frame, pose));
  return {
    stamp_ns: truth.stampNs.toString(),
    step: moment.step,
    state: [...moment.state],
    reward: task.reward,
    success: task.isSuccess,
    truncated: moment.isTruncated,
    ...(parts.length > 0 && seen(await table.frame(), parts)),
    poses,
    joints: Object.fromEntries(now?.joints ?? []),
    truth: {
      reach_m: task.reachM,
      place_m: task.placeM,
      opening_m: truth.openingM,
      held: truth.isHeld,
      poses: [...truth.poses]
        .filter(([frame]) => !KNOWN_TO_ROBOT.includes(frame))
        .map(([frame, pose]) => poseRow(frame, pose)),
    },
  };
}

function poseRow(frame: string, { position, rotation }: Pose) {
  return { frame, parent: "world", position, orientation: rotation };
}

function seen(frame: CameraFrame, parts: readonly Part[]) {
  const { image, depth, labels, labelNames = new Map(), info } = frame;
  const names = Object.fromEntries([...labelNames].map(([id, name]) => [String(id), name]));
  return {
    ...(parts.includes("image") && { image: pixels(image as RawImage, "rgb8") }),
    ...(parts.includes("depth") && { depth: pixels(depth as RawImage, "32FC1") }),
    ...(parts.includes("labels") && { labels: { ...pixels(labels as RawImage, "8UC1"), names } }),
    ...(info && { camera: cameraOf(info) }),
  };
}

function pixels({ data, width, height }: RawImage, encoding: string) {
  return { data, encoding, width, height };
}

function cameraOf({ fx, fy, cx, cy, width, height }: CameraInfo) {
  return { k: [fx, 0, cx, 0, fy, cy, 0, 0, 1], width, height };
}

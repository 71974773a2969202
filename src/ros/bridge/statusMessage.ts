import { rosTimeOf } from "../../base/index.js";
import type { RosNode } from "../RosNode.js";
import type { CameraCounts } from "./CameraCounts.js";
import type { CameraFault } from "./cameraFaults.js";
import type { Session } from "./Session.js";

const STATES = { unconfigured: 0, inactive: 1, active: 2, finalized: 3 } as const;
const MODEL_STATES = { none: 0, loading: 1, ready: 2, failed: 3 } as const;

const NO_COUNTS: CameraCounts = { in: 0, annotated: 0, dropped: 0, failed: 0, pending: 0 };

/** What is wrong at present: of each camera by name, and of the node itself. */
export interface Faults {
  readonly cameras: ReadonlyMap<string, readonly CameraFault[]>;
  readonly node: readonly CameraFault[];
  /** No camera gives a reward that can be used: why. */
  readonly unusable?: string | undefined;
}

/** spatial_reward_msgs/msg/BridgeStatus */
export type BridgeStatus = ReturnType<typeof statusMessage>;

export function statusMessage(
  node: Pick<RosNode, "now" | "lifecycleState" | "publishersOf">,
  session: Session | undefined,
  faults: Faults,
) {
  const cameras = (session?.run?.cameras ?? []).map((camera) => {
    const counts = session?.counts.of(camera.name) ?? NO_COUNTS;
    const { count = 0, usable = 0, late = 0, invalid = 0 } = session?.tallyOf(camera.name) ?? {};
    return {
      camera: camera.name,
      topic: camera.topics.color,
      publishers: node.publishersOf(camera.topics.color).length,
      input_rate: camera.arrivals.imageRateHz,
      reward_rate: session?.rewardRateHz(camera.name) ?? 0,
      newest_image: rosTimeOf(camera.newestFrame?.stampNs ?? 0n),
      silence: camera.arrivals.silenceS,
      frames_in: BigInt(counts.in),
      frames_annotated: BigInt(counts.annotated),
      frames_dropped: BigInt(counts.dropped),
      frames_failed: BigInt(counts.failed),
      frames_pending: BigInt(counts.pending),
      frames_lost: BigInt(camera.flow.lost),
      share_usable: usable / count,
      share_late: late / count,
      share_invalid: invalid / count,
      fault: faults.cameras.get(camera.name)?.[0]?.text ?? "",
    };
  });
  return {
    header: { stamp: rosTimeOf(node.now()), frame_id: "" },
    state: STATES[node.lifecycleState],
    task: session?.task.name ?? "",
    episode: session?.episode ?? "",
    episodes: session?.episodes ?? 0,
    model: session?.model.name ?? "",
    model_state: MODEL_STATES[session?.model.state ?? "none"],
    model_message: session?.model.message ?? "",
    latency_p50_ms: session?.latencies.percentile(0.5) ?? Number.NaN,
    latency_p95_ms: session?.latencies.percentile(0.95) ?? Number.NaN,
    cameras,
    warnings: [...faults.node, ...[...faults.cameras.values()].flat()].map(({ text }) => text),
  };
}

import type { BridgeStatus } from "./statusMessage.js";

const OK = 0;
const WARN = 1;
const ERROR = 2;
const STALE = 3;

const MODEL_FAILED = 3;
const MODEL_LOADING = 1;
const STATE_ACTIVE = 2;
const STATE_NAMES = ["unconfigured", "inactive", "active", "finalized"];
const MODEL_NAMES = ["none", "loading", "ready", "failed"];

/** A reward of before this long does not speak of the present. */
const STALE_MS = 5000;

export interface Health {
  /** Without leading slash. */
  readonly nodeName: string;
  /** Since the newest reward; undefined before the first. */
  readonly rewardAgeMs: number | undefined;
  /** Why no reward can be used; undefined if some can. */
  readonly unusable: string | undefined;
}

/** diagnostic_msgs/msg/DiagnosticArray of a status. */
export function diagnosticsMessage(
  status: BridgeStatus,
  { nodeName, rewardAgeMs, unusable }: Health,
) {
  const sum = (count: (camera: BridgeStatus["cameras"][number]) => bigint): string =>
    String(status.cameras.reduce((total, camera) => total + count(camera), 0n));
  const values: Record<string, string> = {
    state: STATE_NAMES[status.state] ?? "",
    model: `${status.model} (${MODEL_NAMES[status.model_state]})`,
    episode: status.episode,
    "frames in": sum((camera) => camera.frames_in),
    "frames annotated": sum((camera) => camera.frames_annotated),
    "frames dropped": sum((camera) => camera.frames_dropped),
    "frames failed": sum((camera) => camera.frames_failed),
    "frames pending": sum((camera) => camera.frames_pending),
    "frames lost before this node (estimate)": sum((camera) => camera.frames_lost),
    "latency p50 (ms)": status.latency_p50_ms.toFixed(1),
    "latency p95 (ms)": status.latency_p95_ms.toFixed(1),
    "age of the newest reward (s)":
      rewardAgeMs === undefined ? "none yet" : (rewardAgeMs / 1000).toFixed(1),
  };
  for (const camera of status.cameras) {
    values[`${camera.camera} input rate (Hz)`] = camera.input_rate.toFixed(1);
    values[`${camera.camera} reward rate (Hz)`] = camera.reward_rate.toFixed(1);
    values[`${camera.camera} rewards usable (%)`] = percent(camera.share_usable);
    values[`${camera.camera} rewards late (%)`] = percent(camera.share_late);
    values[`${camera.camera} rewards invalid (%)`] = percent(camera.share_invalid);
  }
  const [level, message] = judge(status, rewardAgeMs, unusable);
  return {
    header: status.header,
    status: [
      {
        level,
        name: `${nodeName}: ${status.task || "no task"}`,
        message,
        hardware_id: status.cameras.map(({ topic }) => topic).join(" ") || nodeName,
        values: Object.entries(values).map(([key, value]) => ({ key, value })),
      },
    ],
  };
}

function percent(share: number): string {
  return Number.isNaN(share) ? "none yet" : (share * 100).toFixed(0);
}

function judge(
  status: BridgeStatus,
  rewardAgeMs: number | undefined,
  unusable: string | undefined,
): [level: number, message: string] {
  const [warning] = status.warnings;
  if (status.model_state === MODEL_FAILED) return [ERROR, status.model_message];
  if (status.state !== STATE_ACTIVE) return [OK, STATE_NAMES[status.state] ?? ""];
  if (status.model_state === MODEL_LOADING) return [WARN, status.model_message];
  if (rewardAgeMs !== undefined && rewardAgeMs > STALE_MS) {
    return [
      STALE,
      `no reward for ${(rewardAgeMs / 1000).toFixed(1)} s${warning ? `: ${warning}` : ""}`,
    ];
  }
  if (unusable !== undefined) return [ERROR, unusable];
  if (warning !== undefined) return [WARN, warning];
  return rewardAgeMs === undefined ? [WARN, "no reward yet"] : [OK, "rewards are published"];
}

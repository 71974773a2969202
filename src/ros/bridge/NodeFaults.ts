import type { Annotation } from "../../annotate/index.js";
import { secondsOf } from "../../base/index.js";
import type { Task } from "../../task/index.js";
import type { LogLimit } from "../LogLimit.js";
import type { RosNode } from "../RosNode.js";
import type { BridgeParameters } from "./BridgeParameters.js";
import { type CameraFault, cameraFaults } from "./cameraFaults.js";
import type { RewardTally } from "./RecentRewards.js";
import type { Session } from "./Session.js";
import type { Faults } from "./statusMessage.js";

/** What was refused for longer than this before does not speak of the present. */
const RECENT_MS = 10_000;

/** ROS time that does not move for so long stands still. */
const STILL_MS = 1500;

/** Of fewer rewards nothing is said. */
const FEWEST = 3;

const NOTHING: RewardTally = { count: 0, usable: 0, late: 0, invalid: 0, failed: 0, reason: "" };

/** Finds what is wrong at present, and logs it now and then. */
export class NodeFaults {
  readonly #node: RosNode;
  readonly #log: LogLimit;
  readonly #nowMs: () => number;

  constructor(node: RosNode, log: LogLimit, nowMs: () => number) {
    this.#node = node;
    this.#nowMs = nowMs;
    this.#log = log;
  }

  /** Since when ROS time stands where it is, by the wall clock. */
  #clock = { rosNs: -1n, sinceMs: 0 };
  /** By the wall clock, when a question was refused because a transform is missing. */
  #lackedTransformAtMs = Number.NEGATIVE_INFINITY;

  /** Logs why an image failed, or a reward is invalid or late. */
  note({ frame, facts, outcome, reward, isLate, latencyMs }: Annotation, task: Task): void {
    const { camera } = frame;
    if (facts.some(({ answer }) => answer.refusal?.reason === "no_transform")) {
      this.#lackedTransformAtMs = this.#nowMs();
    }
    if (outcome === "failed") {
      this.#log.log(
        "warn",
        `${camera} failed`,
        `an image of ${camera} could not be used: ${reward.reason}`,
      );
    } else if (reward.validity === "invalid") {
      this.#log.log("warn", `${camera} invalid`, `no reward of ${camera}: ${reward.reason}`);
    } else if (isLate) {
      const isModelSlow = latencyMs / 1000 > task.stalenessS / 2;
      const advice = isModelSlow
        ? "a faster model, or a longer staleness in the task"
        : `the model took ${latencyMs.toFixed(0)} ms: the image reached this node late, or waited ` +
          "for its depth, labels or TF";
      this.#log.log("warn", `${camera} late`, `${camera}: ${reward.reason} (${advice})`);
    }
  }

  look(session: Session | undefined, { imageTimeoutS, targetFrame }: BridgeParameters): Faults {
    const cameras = new Map<string, readonly CameraFault[]>();
    const isClockDead = session?.run !== undefined && this.#isClockDead();
    const tallies: (RewardTally & { readonly camera: string })[] = [];
    for (const camera of session?.run?.cameras ?? []) {
      const tally = { camera: camera.name, ...(session?.tallyOf(camera.name) ?? NOTHING) };
      tallies.push(tally);
      cameras.set(camera.name, [
        ...cameraFaults(this.#node, camera, { imageTimeoutS, isClockDead }, session?.model.vlm),
        ...unusableRewards(tally),
      ]);
    }
    const node = this.#nodeFaults(session, isClockDead, targetFrame);
    for (const { key, text } of [...node, ...[...cameras.values()].flat()]) {
      this.#log.log("warn", key, text);
    }
    const judged = tallies.filter(({ count }) => count >= FEWEST);
    const isUnusable = judged.length > 0 && judged.every(({ usable }) => usable === 0);
    const unusable = isUnusable ? judged.flatMap(unusableRewards)[0]?.text : undefined;
    return { cameras, node, unusable };
  }

  #nodeFaults(
    session: Session | undefined,
    isClockDead: boolean,
    targetFrame: string,
  ): CameraFault[] {
    const faults: CameraFault[] = [];
    const { run, model } = session ?? {};
    if (run && this.#node.now() === 0n) {
      const text =
        "use_sim_time is set, but nothing is received on /clock: the simulated time is stuck at 0";
      faults.push({ key: "no clock", text });
    } else if (isClockDead) {
      const atS = secondsOf(this.#node.now()).toFixed(1);
      const text = `the simulated time is stuck at ${atS} s: /clock is no longer published`;
      faults.push({ key: "clock dead", text });
    }
    if (run && model?.state === "loading") {
      const hasImages = run.cameras.some(({ arrivals }) => arrivals.silenceS >= 0);
      const text = hasImages ? `images are dropped: ${model.message}` : model.message;
      faults.push({ key: "model loading", text });
    }
    if (model?.state === "failed") faults.push({ key: "model failed", text: model.message });
    const { calibrationFault } = session ?? {};
    if (calibrationFault !== undefined) faults.push({ key: "calibration", text: calibrationFault });
    for (const { measurement, sinceNs, reason } of session?.drifts ?? []) {
      const since = `since the image of ${secondsOf(sinceNs).toFixed(1)} s`;
      faults.push({ key: `drift ${measurement}`, text: `${measurement}, ${since}: ${reason}` });
    }
    return [...faults, ...this.#missingFrames(session, targetFrame), ...this.#noGrasp(session)];
  }

  /** A simulation whose time stands still is paused; one that has no clock any more is gone. */
  #isClockDead(): boolean {
    const nowMs = this.#nowMs();
    const rosNs = this.#node.now();
    if (rosNs !== this.#clock.rosNs) this.#clock = { rosNs, sinceMs: nowMs };
    const stillMs = nowMs - this.#clock.sinceMs;
    return (
      this.#node.isSimTime &&
      rosNs > 0n &&
      stillMs > STILL_MS &&
      this.#node.publishersOf("/clock").length === 0
    );
  }

  /** A grasp of which no transform can tell would never be missed. */
  #noGrasp(session: Session | undefined): CameraFault[] {
    const frames = session?.run?.missingAttachable ?? [];
    if (frames.length === 0) return [];
    const { gripper = "" } = session?.run?.kinematics ?? {};
    const text =
      `${framesInWords(frames)} not been received: until then, nothing counts as held by ${gripper} ` +
      "(attached in the task)";
    return [{ key: "no attachable frames", text }];
  }

  /** Told where a measurement suffers from it: some models find most objects without TF. */
  #missingFrames(session: Session | undefined, targetFrame: string): CameraFault[] {
    const isRecent = this.#nowMs() - this.#lackedTransformAtMs < RECENT_MS;
    const { missing = [], buffer } = session?.run?.transforms ?? {};
    const isTargetMissing = missing.includes(targetFrame);
    if (!(isRecent || isTargetMissing) || buffer === undefined || missing.length === 0) return [];
    const tf = this.#node.resolveTopic("/tf");
    const isPublished = this.#node.publishersOf(tf).length > 0;
    const there = isPublished ? `${tf} has: ${buffer.framesInWords}` : `${tf} is not published`;
    const text = `${framesInWords(missing)} not been received; ${there}`;
    return [{ key: "missing frames", text }];
  }
}

/** `TF frame a has`, `TF frames a, b have` */
function framesInWords(frames: readonly string[]): string {
  const [noun, verb] = frames.length === 1 ? ["frame", "has"] : ["frames", "have"];
  return `TF ${noun} ${frames.join(", ")} ${verb}`;
}

/** Told where most rewards of the last while can be used by nobody. */
function unusableRewards({
  camera,
  count,
  usable,
  late,
  invalid,
  failed,
  reason,
}: RewardTally & { readonly camera: string }): CameraFault[] {
  if (count < FEWEST || usable >= count / 2) return [];
  const kinds = [
    late > 0 && `${late} late`,
    invalid > 0 && `${invalid} invalid`,
    failed > 0 && `${failed} of unreadable images`,
  ].filter((kind) => kind !== false);
  const text =
    `${usable === 0 ? "none" : `only ${usable}`} of the last ${count} rewards of ${camera} are usable: ` +
    `${kinds.join(", ")}; ${reason}`;
  return [{ key: `${camera} unusable`, text }];
}

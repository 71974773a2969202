import type { Annotation } from "../../annotate/index.js";
import type { LogLimit } from "../LogLimit.js";
import type { RosNode } from "../RosNode.js";
import type { BridgeParameters } from "./BridgeParameters.js";
import { type CameraFault, cameraFaults } from "./cameraFaults.js";
import type { Session } from "./Session.js";
import type { Faults } from "./statusMessage.js";

/** What was refused for longer than this before does not speak of the present. */
const RECENT_MS = 10_000;

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

  /** By the wall clock, when a question was refused because a transform is missing. */
  #lackedTransformAtMs = Number.NEGATIVE_INFINITY;

  /** Logs why an image failed, or a reward is invalid or late. */
  note({ frame, facts, outcome, reward, isLate }: Annotation): void {
    const { camera } = frame;
    if (facts.some(({ answer }) => answer.refusal?.reason === "no_transform")) {
      this.#lackedTransformAtMs = this.#nowMs();
    }
    if (outcome === "failed") {
      this.#log.log("warn", `${camera} failed`, `an image of ${camera} is lost: ${reward.reason}`);
    } else if (reward.validity === "invalid") {
      this.#log.log("warn", `${camera} invalid`, `no reward of ${camera}: ${reward.reason}`);
    } else if (isLate) {
      const advice = "a faster model, or a longer staleness in the task";
      this.#log.log("warn", `${camera} late`, `${camera}: ${reward.reason} (${advice})`);
    }
  }

  look(session: Session | undefined, { imageTimeoutS }: BridgeParameters): Faults {
    const cameras = new Map<string, readonly CameraFault[]>();
    for (const camera of session?.run?.cameras ?? []) {
      const faults = cameraFaults(this.#node, camera, imageTimeoutS, session?.model.vlm);
      cameras.set(camera.name, faults);
    }
    const node = this.#nodeFaults(session);
    for (const { key, text } of [...node, ...[...cameras.values()].flat()]) {
      this.#log.log("warn", key, text);
    }
    return { cameras, node };
  }

  #nodeFaults(session: Session | undefined): CameraFault[] {
    const faults: CameraFault[] = [];
    if (session?.run && this.#node.now() === 0n) {
      const text = "use_sim_time is set, and no /clock has come: the simulated time stands at 0";
      faults.push({ key: "no clock", text });
    }
    if (session?.run && session.model.state === "loading") {
      faults.push({ key: "model loading", text: `images are dropped: ${session.model.message}` });
    }
    if (session?.model.state === "failed") {
      faults.push({ key: "model failed", text: session.model.message });
    }
    return [...faults, ...this.#missingFrames(session)];
  }

  /** Told where a measurement suffers from it: some models find most objects without TF. */
  #missingFrames(session: Session | undefined): CameraFault[] {
    const isRecent = this.#nowMs() - this.#lackedTransformAtMs < RECENT_MS;
    const { missing = [], buffer } = session?.run?.transforms ?? {};
    if (!isRecent || buffer === undefined || missing.length === 0) return [];
    const isPublished = this.#node.publishersOf(this.#node.resolveTopic("/tf")).length > 0;
    const frames = missing.length === 1 ? "TF frame" : "TF frames";
    const have = missing.length === 1 ? "has" : "have";
    const there = isPublished ? `/tf has: ${buffer.framesInWords}` : "nobody publishes /tf";
    const text = `${frames} ${missing.join(", ")} ${have} not come; ${there}`;
    return [{ key: "missing frames", text }];
  }
}

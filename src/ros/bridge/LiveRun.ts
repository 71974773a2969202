import type { CameraFrame, CameraTopics } from "../../camera/index.js";
import type { LogLimit } from "../LogLimit.js";
import type { RosNode, RosQos } from "../RosNode.js";
import { BridgeError } from "./BridgeError.js";
import type { BridgeParameters } from "./BridgeParameters.js";
import { LiveCamera } from "./LiveCamera.js";
import { LiveTransforms } from "./LiveTransforms.js";
import type { WantedCamera } from "./wantedCameras.js";

export interface LiveRunOptions {
  readonly node: RosNode;
  readonly log: LogLimit;
  readonly parameters: BridgeParameters;
  readonly wanted: readonly WantedCamera[];
  readonly tfFrames: readonly string[];
  readonly nowMs: () => number;
  readonly onFrame: (frame: CameraFrame) => void;
  readonly onJumpBack: (why: string) => void;
}

/** Jumps of several cameras and of the clock within this time are one and the same. */
const SAME_JUMP_MS = 1000;

/** All subscriptions of an active bridge. */
export class LiveRun {
  readonly cameras: readonly LiveCamera[];
  readonly #options: LiveRunOptions;
  readonly #transforms: LiveTransforms;
  readonly #controller = new AbortController();
  #jumpedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: LiveRunOptions) {
    const { node, log, parameters, wanted, tfFrames, nowMs, onFrame } = options;
    this.#options = options;
    this.#transforms = new LiveTransforms(node, log);
    const qos: RosQos = {
      reliability: parameters.reliability === "reliable" ? "reliable" : "best_effort",
      durability: "volatile",
      depth: parameters.queueDepth,
    };
    this.cameras = wanted.map(
      (camera) =>
        new LiveCamera({
          ...{ node, log, qos, tfFrames, nowMs, onFrame },
          wanted: camera,
          isOnly: wanted.length === 1,
          transport: parameters.imageTransport,
          transforms: this.#transforms,
          rateHz: parameters.rateHz,
          onJumpBack: (live, toNs) => this.#cameraJumped(live, toNs),
        }),
    );
  }

  /** Aborts when the bridge is deactivated. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get topics(): readonly CameraTopics[] {
    return this.cameras.map(({ topics }) => topics);
  }

  /** The camera of that name; the first one where the name is empty. */
  camera(name: string): LiveCamera | undefined {
    return name === "" ? this.cameras[0] : this.cameras.find((camera) => camera.name === name);
  }

  /** ROS time has jumped back. */
  clockJumped(toNs: bigint): void {
    this.#transforms.restartAt(toNs);
    for (const camera of this.cameras) camera.restart();
    this.#tell("ROS time jumped back");
  }

  scan(): void {
    for (const camera of this.cameras) camera.scan();
  }

  close(): void {
    this.#controller.abort(new BridgeError("the node was deactivated meanwhile"));
    for (const camera of this.cameras) camera.close();
    this.#transforms.close();
  }

  #cameraJumped(camera: LiveCamera, toNs: bigint): void {
    this.#transforms.restartAt(toNs);
    camera.restart();
    this.#tell(`the stamps of ${camera.topics.color} jumped back`);
  }

  #tell(why: string): void {
    const nowMs = this.#options.nowMs();
    const isNew = nowMs - this.#jumpedAtMs > SAME_JUMP_MS;
    this.#jumpedAtMs = nowMs;
    if (isNew) this.#options.onJumpBack(why);
  }
}

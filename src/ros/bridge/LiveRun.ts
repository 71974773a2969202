import { filter, finalize, merge, type Observable, Subject, tap } from "rxjs";
import type { CameraTopics, KinematicSelection } from "../../camera/index.js";
import type { LogLimit } from "../LogLimit.js";
import type { RosNode, RosQos } from "../RosNode.js";
import { BridgeError } from "./BridgeError.js";
import type { BridgeParameters } from "./BridgeParameters.js";
import { GraphTopics } from "./GraphTopics.js";
import { type CameraEvent, LiveCamera } from "./LiveCamera.js";
import { LiveKinematics } from "./LiveKinematics.js";
import { LiveTransforms } from "./LiveTransforms.js";
import { CAMERA_TYPES } from "./locateCamera.js";
import type { WantedCamera } from "./wantedCameras.js";

export interface LiveRunOptions {
  readonly node: RosNode;
  readonly log: LogLimit;
  readonly parameters: BridgeParameters;
  readonly wanted: readonly WantedCamera[];
  /** What is followed of the robot; nothing where absent. */
  readonly kinematics?: KinematicSelection | undefined;
  readonly nowMs: () => number;
}

/** Jumps of several cameras and of the clock within this time are one and the same. */
const SAME_JUMP_MS = 1000;

/** All subscriptions of an active bridge. */
export class LiveRun {
  readonly cameras: readonly LiveCamera[];
  /** Of the robot, where it is followed. */
  readonly kinematics: LiveKinematics | undefined;
  /**
   * The frames of all cameras, and one reset where time jumps back, however many of the cameras and
   * the clock report it. Subscribe it once; the teardown ends the run.
   */
  readonly events$: Observable<CameraEvent>;
  readonly #nowMs: () => number;
  readonly #transforms: LiveTransforms;
  readonly #topics: GraphTopics;
  readonly #clockJumps = new Subject<CameraEvent>();
  readonly #controller = new AbortController();
  #jumpedAtMs = Number.NEGATIVE_INFINITY;

  constructor({ node, log, parameters, wanted, kinematics, nowMs }: LiveRunOptions) {
    this.#nowMs = nowMs;
    this.#transforms = new LiveTransforms(node, log);
    this.kinematics = kinematics && new LiveKinematics(node, log, this.#transforms, kinematics);
    const qos: RosQos = {
      reliability: parameters.reliability === "reliable" ? "reliable" : "best_effort",
      durability: "volatile",
      depth: parameters.queueDepth,
    };
    const topics = new GraphTopics(node, CAMERA_TYPES, nowMs);
    this.#topics = topics;
    this.cameras = wanted.map(
      (camera) =>
        new LiveCamera({
          ...{ node, log, qos, nowMs, topics },
          wanted: camera,
          isOnly: wanted.length === 1,
          transport: parameters.imageTransport,
          transforms: this.#transforms,
          rateHz: parameters.rateHz,
          joinToleranceS: parameters.joinToleranceS,
          joinWaitS: parameters.joinWaitS,
        }),
    );
    topics.news$.subscribe(() => {
      for (const camera of this.cameras) camera.relocate();
    });
    topics.look();
    // A frame that waited for its poses must not wait for the next image too.
    this.#transforms.arrivals$.subscribe(() => {
      for (const camera of this.cameras) camera.takeComplete();
    });
    this.events$ = merge(this.#clockJumps, ...this.cameras.map(({ events$ }) => events$)).pipe(
      tap((event) => event.kind === "reset" && this.#restart(event.toNs)),
      filter((event) => event.kind === "frame" || this.#isNewJump()),
      finalize(() => this.#close()),
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
    for (const camera of this.cameras) camera.restart();
    this.#clockJumps.next({ kind: "reset", toNs, why: "ROS time jumped back" });
  }

  /** Gives every image the poses of these TF frames. */
  wantPoses(frames: readonly string[]): void {
    this.#transforms.want(frames);
  }

  get transforms(): Pick<LiveTransforms, "buffer" | "missing"> {
    return this.#transforms;
  }

  /** The frames that tell what the gripper holds, where none of them has come; else none. */
  get missingAttachable(): readonly string[] {
    const frames = this.kinematics?.attachable ?? [];
    return frames.some((frame) => this.#transforms.buffer.knows(frame)) ? [] : frames;
  }

  scan(): void {
    this.#topics.look();
    for (const camera of this.cameras) camera.scan();
    this.kinematics?.scan();
  }

  #restart(toNs: bigint): void {
    this.#transforms.restartAt(toNs);
    this.kinematics?.restart();
  }

  #close(): void {
    this.#topics.close();
    this.kinematics?.close();
    this.#controller.abort(new BridgeError("the node was deactivated meanwhile"));
    this.#transforms.close();
  }

  #isNewJump(): boolean {
    const nowMs = this.#nowMs();
    const isNew = nowMs - this.#jumpedAtMs > SAME_JUMP_MS;
    this.#jumpedAtMs = nowMs;
    return isNew;
  }
}

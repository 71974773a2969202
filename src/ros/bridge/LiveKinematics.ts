import { defer, filter, map, type Observable, type Subscription } from "rxjs";
import {
  type CameraFrame,
  FrameRate,
  JOINT_TYPES,
  jointsFromMessage,
  KinematicHistory,
  type KinematicSample,
  type KinematicSelection,
} from "../../camera/index.js";
import { cdrReader, knownDefinition } from "../../sources/cdr.js";
import { fromTopic, rawFromTopic } from "../fromTopic.js";
import type { LogLimit } from "../LogLimit.js";
import { SENSOR_QOS } from "../qos.js";
import type { RosNode, RosQos } from "../RosNode.js";
import type { LiveTransforms } from "./LiveTransforms.js";

const JOINT_STATE = "sensor_msgs/msg/JointState";
/** Works with every publisher. */
const JOINT_QOS: RosQos = { ...SENSOR_QOS, depth: 100 };

interface JointTopic {
  readonly type: string;
  readonly subscription: Subscription;
}

/** The robot's own kinematics on the graph: the transforms of its frames, and its joints. */
export class LiveKinematics {
  readonly #transforms: LiveTransforms;
  readonly #selection: KinematicSelection;
  readonly #node: RosNode;
  readonly #log: LogLimit;
  readonly #following: Subscription;
  /** By topic. */
  readonly #joints = new Map<string, JointTopic>();
  #history: KinematicHistory;

  /** Subscribes the topics with the joints until it is closed. */
  constructor(
    node: RosNode,
    log: LogLimit,
    transforms: LiveTransforms,
    selection: KinematicSelection,
  ) {
    this.#node = node;
    this.#log = log;
    this.#transforms = transforms;
    this.#selection = selection;
    this.#history = new KinematicHistory(selection);
    this.#following = transforms.arrivals$.subscribe(({ transforms, isStatic }) =>
      this.#history.addTransforms(transforms, isStatic),
    );
    for (const topic of selection.jointTopics) this.#listen(topic, JOINT_STATE);
  }

  /** The frames of objects that tell by their transforms whether the gripper holds them. */
  get attachable(): readonly string[] {
    return this.#selection.attachable ?? [];
  }

  /** The frame of the gripper. */
  get gripper(): string {
    return this.#selection.frames[0] ?? "";
  }

  /** Looks at the graph again: a topic may speak another type than the usual one. Once a second. */
  scan(): void {
    for (const [topic, { type, subscription }] of this.#joints) {
      const types = this.#node.publishersOf(topic).map((publisher) => publisher.type);
      if (types.length === 0 || types.includes(type)) continue;
      const spoken = types.find((each) => JOINT_TYPES.includes(each));
      if (spoken === undefined) {
        const text = `${topic}: ${types[0]} tells no joints; ${JOINT_TYPES.join(", ")} do`;
        this.#log.log("warn", `${topic} of no use`, text);
        continue;
      }
      subscription.unsubscribe();
      this.#listen(topic, spoken);
    }
  }

  #listen(topic: string, type: string): void {
    const take = (decode: () => unknown): void => {
      try {
        const logNs = this.#node.now();
        this.#history.addJoints(jointsFromMessage({ topic, type, logNs, decode }));
      } catch (error) {
        this.#log.log("warn", `${topic} unreadable`, `${topic}: ${(error as Error).message}`);
      }
    };
    const error = ({ message }: Error) =>
      this.#log.log("error", `${topic} not subscribed`, message);
    const subscription =
      knownDefinition(type) === undefined
        ? fromTopic(this.#node, topic, type, JOINT_QOS).subscribe({
            next: (message) => take(() => message),
            error,
          })
        : this.#raw(topic, type).subscribe({ next: take, error });
    this.#joints.set(topic, { type, subscription });
  }

  /** Of a type whose definition is the same everywhere, which is read faster so. */
  #raw(topic: string, type: string): Observable<() => unknown> {
    const decode = cdrReader(type);
    return rawFromTopic(this.#node, topic, type, JOINT_QOS).pipe(map((cdr) => () => decode(cdr)));
  }

  /** The frame with the kinematics since its camera's frame before that was given any. */
  carry(frame: CameraFrame): CameraFrame {
    return this.#history.carry(frame);
  }

  /**
   * The robot as it goes on, at most so many times a second by the stamps of its transforms, Hz.
   * Emits synchronously as transforms come; never completes.
   */
  samples(rateHz: number): Observable<KinematicSample> {
    return defer(() => {
      const rate = new FrameRate(rateHz);
      const periodNs = BigInt(Math.round(1e9 / rateHz));
      let lastNs: bigint | undefined;
      return this.#transforms.arrivals$.pipe(
        map(() => {
          const newestNs = this.#history.newestStampNs;
          if (newestNs === undefined) return undefined;
          const aheadNs = newestNs - (lastNs ?? 0n);
          // Transforms come far more often than rewards are wanted.
          if (aheadNs >= 0n && aheadNs < periodNs / 2n) return undefined;
          const sample = this.#history.newest();
          if (sample === undefined || !rate.keeps(sample.stampNs)) return undefined;
          lastNs = sample.stampNs;
          return sample;
        }),
        filter((sample) => sample !== undefined),
      );
    });
  }

  /** Forgets what the transforms have forgotten: time jumped back. */
  restart(): void {
    this.#history = new KinematicHistory(this.#selection);
    for (const { transforms, isStatic } of this.#transforms.known()) {
      this.#history.addTransforms(transforms, isStatic);
    }
  }

  close(): void {
    this.#following.unsubscribe();
    for (const { subscription } of this.#joints.values()) subscription.unsubscribe();
  }
}

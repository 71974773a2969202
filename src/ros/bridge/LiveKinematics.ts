import { defer, filter, map, type Observable, Subscription } from "rxjs";
import {
  type CameraFrame,
  FrameRate,
  jointsFromRos,
  KinematicHistory,
  type KinematicSample,
  type KinematicSelection,
} from "../../camera/index.js";
import { cdrReader } from "../../sources/cdr.js";
import { rawFromTopic } from "../fromTopic.js";
import type { LogLimit } from "../LogLimit.js";
import { SENSOR_QOS } from "../qos.js";
import type { RosNode, RosQos } from "../RosNode.js";
import type { LiveTransforms } from "./LiveTransforms.js";

const JOINT_STATE = "sensor_msgs/msg/JointState";
/** Works with every publisher. */
const JOINT_QOS: RosQos = { ...SENSOR_QOS, depth: 100 };

/** The robot's own kinematics on the graph: the transforms of its frames, and its joints. */
export class LiveKinematics {
  readonly #transforms: LiveTransforms;
  readonly #selection: KinematicSelection;
  readonly #listening = new Subscription();
  #history: KinematicHistory;

  /** Subscribes the topics with the joints until it is closed. */
  constructor(
    node: RosNode,
    log: LogLimit,
    transforms: LiveTransforms,
    selection: KinematicSelection,
  ) {
    this.#transforms = transforms;
    this.#selection = selection;
    this.#history = new KinematicHistory(selection);
    this.#listening.add(
      transforms.arrivals$.subscribe(({ transforms, isStatic }) =>
        this.#history.addTransforms(transforms, isStatic),
      ),
    );
    const decode = cdrReader(JOINT_STATE);
    for (const topic of selection.jointTopics) {
      const take = (cdr: Uint8Array): void => {
        try {
          this.#history.addJoints(jointsFromRos(decode(cdr)));
        } catch (error) {
          log.log("warn", `${topic} unreadable`, `${topic}: ${(error as Error).message}`);
        }
      };
      const error = ({ message }: Error) => log.log("error", `${topic} not subscribed`, message);
      const joints$ = rawFromTopic(node, topic, JOINT_STATE, JOINT_QOS);
      this.#listening.add(joints$.subscribe({ next: take, error }));
    }
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
    this.#listening.unsubscribe();
  }
}

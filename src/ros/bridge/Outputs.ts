import type { Annotation } from "../../annotate/index.js";
import { denseRewardMessage, spatialFactsMessage } from "../../sinks/index.js";
import type { Task } from "../../task/index.js";
import { DEFAULT_QOS } from "../qos.js";
import type { RosNode, RosPublisher } from "../RosNode.js";
import type { Recording } from "./Recording.js";

/** What the bridge publishes, below its own name; `/diagnostics` is everybody's. */
const TOPICS = {
  reward: { name: "~/reward", type: "spatial_reward_msgs/msg/DenseReward" },
  rewardValue: { name: "~/reward_value", type: "std_msgs/msg/Float64" },
  rewardCorrected: { name: "~/reward_corrected", type: "spatial_reward_msgs/msg/DenseReward" },
  facts: { name: "~/facts", type: "spatial_reward_msgs/msg/SpatialFacts" },
  status: { name: "~/status", type: "spatial_reward_msgs/msg/BridgeStatus" },
  diagnostics: { name: "/diagnostics", type: "diagnostic_msgs/msg/DiagnosticArray" },
  image: { name: "~/image/compressed", type: "sensor_msgs/msg/CompressedImage" },
  objects: { name: "~/objects", type: "vision_msgs/msg/Detection3DArray" },
  objectPoses: { name: "~/object_poses", type: "geometry_msgs/msg/PoseArray" },
  tf: { name: "/tf", type: "tf2_msgs/msg/TFMessage" },
  markers: { name: "~/markers", type: "visualization_msgs/msg/MarkerArray" },
} as const;

export type OutputTopic = keyof typeof TOPICS;

/** Publishes, and records what is published. */
export class Outputs {
  readonly #node: Pick<RosNode, "now">;
  readonly #publishers: Readonly<Record<Exclude<OutputTopic, "tf">, RosPublisher>>;
  readonly #advertiseTf: () => RosPublisher;
  /** A publisher of /tf that says nothing would be a puzzle to others. */
  #tf: RosPublisher | undefined;
  #recording: Recording | undefined;

  constructor(node: RosNode) {
    this.#node = node;
    const advertise = ({ name, type }: (typeof TOPICS)[OutputTopic]): RosPublisher =>
      node.advertise(name, type, DEFAULT_QOS);
    this.#advertiseTf = () => advertise(TOPICS.tf);
    this.#publishers = {
      reward: advertise(TOPICS.reward),
      rewardValue: advertise(TOPICS.rewardValue),
      rewardCorrected: advertise(TOPICS.rewardCorrected),
      facts: advertise(TOPICS.facts),
      status: advertise(TOPICS.status),
      diagnostics: advertise(TOPICS.diagnostics),
      image: advertise(TOPICS.image),
      markers: advertise(TOPICS.markers),
      objects: advertise(TOPICS.objects),
      objectPoses: advertise(TOPICS.objectPoses),
    };
  }

  set recording(recording: Recording | undefined) {
    this.#recording = recording;
  }

  publish(topic: OutputTopic, message: unknown): void {
    const publisher = this.#publisherOf(topic);
    publisher.publish(message);
    const nowNs = this.#node.now();
    // Before a simulation's first /clock, there is no time at which it could be recorded.
    if (nowNs > 0n) this.#recording?.write(publisher.topic, TOPICS[topic].type, nowNs, message);
  }

  /** Whether someone looks at a topic: what is dear to make is made for readers only. */
  isWanted(topic: OutputTopic): boolean {
    return this.#recording !== undefined || this.#publisherOf(topic).subscriberCount > 0;
  }

  /** @param corrects rewards of images go to the corrections as well: the best known of each stamp */
  publishAnnotation(annotation: Annotation, task: Task, corrects: boolean): void {
    const reward = denseRewardMessage(annotation, task);
    if (corrects && (annotation.isCorrection || annotation.outcome !== "predicted")) {
      this.publish("rewardCorrected", reward);
    }
    if (annotation.isCorrection) return;
    this.publish("reward", reward);
    // This message has no stamp: what is late would pass for the present.
    const value = annotation.isLate ? null : annotation.reward.reward;
    this.publish("rewardValue", { data: value ?? Number.NaN });
    if (annotation.outcome !== "predicted") this.publish("facts", spatialFactsMessage(annotation));
  }

  #publisherOf(topic: OutputTopic): RosPublisher {
    if (topic !== "tf") return this.#publishers[topic];
    this.#tf ??= this.#advertiseTf();
    return this.#tf;
  }

  close(): void {
    this.#tf?.close();
    for (const publisher of Object.values(this.#publishers)) publisher.close();
  }
}

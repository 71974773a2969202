import type { MessageWriter } from "../../sim/index.js";
import { DEFAULT_QOS, SENSOR_QOS } from "../qos.js";
import type { RosNode, RosPublisher, RosQos } from "../RosNode.js";

const QOS: Readonly<Record<"sensor" | "reliable" | "latched", RosQos>> = {
  sensor: SENSOR_QOS,
  reliable: DEFAULT_QOS,
  latched: { reliability: "reliable", durability: "transient_local", depth: 1 },
};

/** Publishes what a recording would hold, with the QoS that the recording would name. */
export class TopicWriter implements MessageWriter {
  readonly #node: Pick<RosNode, "advertise">;
  readonly #publishers = new Map<string, RosPublisher>();

  constructor(node: Pick<RosNode, "advertise">) {
    this.#node = node;
  }

  /** A topic that is there already is kept. */
  async addTopic({
    name,
    type,
    qos = "reliable",
  }: Parameters<MessageWriter["addTopic"]>[0]): Promise<void> {
    if (this.#publishers.has(name)) return;
    this.#publishers.set(name, this.#node.advertise(name, type, QOS[qos]));
  }

  async write(topic: string, _logNs: bigint, message: unknown): Promise<void> {
    this.#publishers.get(topic)!.publish(message);
  }
}

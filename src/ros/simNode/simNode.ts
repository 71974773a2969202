import { setTimeout as sleep } from "node:timers/promises";
import { LiveTabletop, type MessageWriter, type Outcome } from "../../sim/index.js";
import { DEFAULT_QOS, SENSOR_QOS } from "../qos.js";
import type { RosNode, RosPublisher, RosQos } from "../RosNode.js";
import { Pacer } from "./Pacer.js";
import { declareSimParameters } from "./simParameters.js";

const IDLE_MS = 20;

interface Twist {
  readonly linear: { readonly x: number; readonly y: number; readonly z: number };
}

/**
 * The table top as a ROS 2 simulator: publishes the topics of a recording live until the signal
 * aborts, episode after episode.
 *
 * - `~/reset` (std_srvs/Trigger): the next episode, with the parameters `seed` and `outcome`
 * - `~/pause` (std_srvs/SetBool): the simulated time stands still
 * - `~/cmd_vel` (geometry_msgs/Twist, linear, m/s in `world`) and `~/opening` (std_msgs/Float64,
 *   metres between the fingers): a policy takes over from the script until the next reset
 *
 * @throws SimError, ParameterError for parameters out of range
 */
export async function runSimNode(node: RosNode, signal: AbortSignal): Promise<void> {
  const { live, ...fixed } = declareSimParameters(node);
  const scene = { ...fixed, seed: live.nextSeed++, outcome: live.outcome };
  const sim = await LiveTabletop.create(new TopicWriter(node), scene);
  const pacer = new Pacer();
  let isPaused = false;
  let resets: Array<() => void> = [];

  node.serve("~/pause", "std_srvs/srv/SetBool", async (request) => {
    isPaused = (request as { data: boolean }).data;
    pacer.restart();
    return {
      success: true,
      message: isPaused ? "the simulated time is paused" : "the simulated time continues",
    };
  });
  node.serve("~/reset", "std_srvs/srv/Trigger", async () => {
    await new Promise<void>((resolve) => resets.push(resolve));
    return { success: true, message: sim.name };
  });
  const action = { velocity: [0, 0, 0] as [number, number, number], openingM: 0.1 };
  node.subscribe("~/cmd_vel", "geometry_msgs/msg/Twist", DEFAULT_QOS, (message) => {
    const { x, y, z } = (message as Twist).linear;
    action.velocity = [x, y, z];
    sim.drive({ ...action });
  });
  node.subscribe("~/opening", "std_msgs/msg/Float64", DEFAULT_QOS, (message) => {
    action.openingM = (message as { data: number }).data;
    sim.drive({ ...action });
  });

  const nextEpisode = async (): Promise<void> => {
    const waiting = resets;
    resets = [];
    await sim.reset(live.nextSeed++, live.outcome);
    pacer.restart();
    node.log("info", `episode ${sim.name}`);
    for (const resolve of waiting) resolve();
  };

  node.log("info", `episode ${sim.name}`);
  let outcome: Outcome | undefined;
  let endedMs = 0;
  try {
    while (!signal.aborted) {
      const isOver =
        outcome !== undefined &&
        live.pauseS >= 0 &&
        performance.now() - endedMs >= live.pauseS * 1000;
      if (resets.length > 0 || isOver) {
        outcome = undefined;
        await nextEpisode();
      } else if (isPaused || outcome !== undefined) {
        await sleep(IDLE_MS, undefined, { signal });
      } else {
        await pacer.until(sim.nextS, live.speed, signal);
        outcome = await sim.advance();
        endedMs = performance.now();
        if (outcome !== undefined) node.log("info", `episode ${sim.name} ended: ${outcome}`);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    sim.close();
  }
}

const QOS: Readonly<Record<"sensor" | "reliable" | "latched", RosQos>> = {
  sensor: SENSOR_QOS,
  reliable: DEFAULT_QOS,
  latched: { reliability: "reliable", durability: "transient_local", depth: 1 },
};

/** Publishes what a recording would hold, with the QoS that the recording would name. */
class TopicWriter implements MessageWriter {
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
    const publisher = this.#publishers.get(topic);
    if (publisher === undefined) throw new Error(`${topic} is not declared: addTopic first`);
    publisher.publish(message);
  }
}

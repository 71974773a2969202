import { describe, expect, it } from "vitest";
import { DEFAULT_QOS, type RosQos } from "../../src/ros/index.js";
import { RclMiddleware } from "../../src/ros/rclnodejs/RclMiddleware.js";
import type { RclNative, RclNode, Rclnodejs } from "../../src/ros/rclnodejs/Rclnodejs.js";

/** A publisher on an rclnodejs that notes what it is given. */
function publisherOf(type: string, listeners: number, qos: RosQos = DEFAULT_QOS) {
  const published: unknown[] = [];
  const publisher = {
    topic: "/reward",
    subscriptionCount: listeners,
    publish: (message: unknown) => void published.push(message),
  };
  const node: Partial<RclNode> = {
    createPublisher: () => publisher,
    getFullyQualifiedName: () => "/spatial_reward",
  };
  const rclnodejs = { QoS: class {} } as unknown as Rclnodejs;
  const middleware = new RclMiddleware({
    rclnodejs,
    native: {} as RclNative,
    context: { shutdown: () => undefined },
    node: node as RclNode,
  });
  return { published, ...middleware.advertise("reward", type, qos) };
}

describe("what rclnodejs is given to publish", () => {
  it("is CDR for our own messages, with texts in UTF-8", () => {
    const { published, publish } = publisherOf("spatial_reward_msgs/msg/DenseReward", 1);
    publish({ task: "Größe", reward: 1.5 });
    expect(Buffer.isBuffer(published[0])).toBe(true);
    const bytes = published[0] as Buffer;
    // Encapsulation: little-endian CDR.
    expect([...bytes.subarray(0, 4)]).toEqual([0, 1, 0, 0]);
    expect(bytes.includes("Größe")).toBe(true);
  });

  it("is a message of rclnodejs for any other type", () => {
    const { published, publish } = publisherOf("std_msgs/msg/Float64", 1);
    publish({ data: 2 });
    expect(published).toEqual([{ data: 2 }]);
  });

  it("is nothing while nobody listens, unless it is kept for those who come later", () => {
    const volatile = publisherOf("std_msgs/msg/Float64", 0);
    volatile.publish({ data: 2 });
    expect(volatile.published).toEqual([]);
    const latched: RosQos = { ...DEFAULT_QOS, durability: "transient_local" };
    const kept = publisherOf("std_msgs/msg/Float64", 0, latched);
    kept.publish({ data: 2 });
    expect(kept.published).toEqual([{ data: 2 }]);
  });
});

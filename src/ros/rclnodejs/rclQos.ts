import * as z from "zod";
import type { RosEndpoint, RosQos } from "../RosNode.js";
import type { Rclnodejs, RclQos } from "./Rclnodejs.js";

/** Numbers of rmw/types.h. */
const KEEP_LAST = 1;
const RELIABILITY = { reliable: 1, best_effort: 2 } as const;
const DURABILITY = { transient_local: 1, volatile: 2 } as const;

export function toRclQos({ QoS }: Rclnodejs, qos: RosQos): RclQos {
  return new QoS(KEEP_LAST, qos.depth, RELIABILITY[qos.reliability], DURABILITY[qos.durability]);
}

const endpointSchema = z.object({
  node_name: z.string(),
  node_namespace: z.string(),
  topic_type: z.string(),
  qos_profile: z.object({
    depth: z.number(),
    reliability: z.number(),
    durability: z.number(),
  }),
});

/** rmw_topic_endpoint_info_t as rclnodejs has it. */
export function toEndpoint(info: unknown): RosEndpoint {
  const { node_name, node_namespace, topic_type, qos_profile } = endpointSchema.parse(info);
  return {
    node: `${node_namespace.replace(/\/$/, "")}/${node_name}`,
    type: topic_type,
    qos: {
      reliability: qos_profile.reliability === RELIABILITY.best_effort ? "best_effort" : "reliable",
      durability:
        qos_profile.durability === DURABILITY.transient_local ? "transient_local" : "volatile",
      depth: qos_profile.depth,
    },
  };
}

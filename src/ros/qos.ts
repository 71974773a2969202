import type { RosEndpoint, RosQos } from "./RosNode.js";

/** What consumers of sensors ask for: the newest of what comes, nothing sent again. */
export const SENSOR_QOS: RosQos = { reliability: "best_effort", durability: "volatile", depth: 5 };

/** What topics have where nobody says otherwise. */
export const DEFAULT_QOS: RosQos = { reliability: "reliable", durability: "volatile", depth: 10 };

/** How many publishers of a topic a subscription gets messages from. */
export function matchedCount(
  publishers: readonly RosEndpoint[],
  type: string,
  wanted: RosQos,
): number {
  return publishers.filter((it) => it.type === type && qosMismatch(it.qos, wanted) === undefined)
    .length;
}

/**
 * Whether a publisher offers what a subscription asks for; DDS connects them only then. Undefined
 * if they fit, else the policy that does not, as a reader knows it.
 */
export function qosMismatch(offered: RosQos, wanted: RosQos): string | undefined {
  if (offered.reliability === "best_effort" && wanted.reliability === "reliable") {
    return "the publisher is best effort, but the subscription requests reliable";
  }
  if (offered.durability === "volatile" && wanted.durability === "transient_local") {
    return "the publisher is volatile, but the subscription requests transient local";
  }
  return undefined;
}

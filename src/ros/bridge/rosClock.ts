import type { LiveClock } from "../../annotate/index.js";
import type { RosNode } from "../RosNode.js";

/** builtin_interfaces/Time of ns. */
export function rosTime(stampNs: bigint): { readonly sec: number; readonly nanosec: number } {
  return {
    sec: Number(stampNs / 1_000_000_000n),
    nanosec: Number(stampNs % 1_000_000_000n),
  };
}

/** An image that seems to come from longer ago, or from the future, is stamped by another clock. */
const LONGEST_WAY_S = 10;

/**
 * ROS time for answers to grow old by: it follows a simulation's or a replay's clock, and counts
 * what an image took on its way, where its stamp is of the same clock.
 */
export function rosClock(node: Pick<RosNode, "now">): LiveClock {
  return {
    nowS: () => Number(node.now()) / 1e9,
    ageOnArrivalS({ stampNs }) {
      const wayS = Number(node.now() - stampNs) / 1e9;
      return wayS >= 0 && wayS <= LONGEST_WAY_S ? wayS : 0;
    },
  };
}

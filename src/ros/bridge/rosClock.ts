import type { LiveClock } from "../../annotate/index.js";
import { secondsOf } from "../../base/index.js";
import type { RosNode } from "../RosNode.js";

/** An image that seems to come from longer ago, or from the future, is stamped by another clock. */
const LONGEST_WAY_S = 10;

/**
 * ROS time for answers to grow old by: it follows a simulation's or a replay's clock, and counts
 * what an image took on its way, where its stamp is of the same clock.
 */
export function rosClock(node: Pick<RosNode, "now">): LiveClock {
  return {
    nowS: () => secondsOf(node.now()),
    ageOnArrivalS({ stampNs }) {
      const wayS = secondsOf(node.now() - stampNs);
      return wayS >= 0 && wayS <= LONGEST_WAY_S ? wayS : 0;
    },
  };
}

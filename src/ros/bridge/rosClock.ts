import type { LiveClock } from "../../annotate/index.js";
import { secondsOf } from "../../base/index.js";
import type { RosNode } from "../RosNode.js";

const LONGEST_WAY_S = 10;
/** Clocks that are set alike differ by less. */
const ALIKE_S = 1;

/** An image that seems to come from so long ago, or from the future, is stamped by another clock. */
export function isOtherClock(wayS: number): boolean {
  return wayS > LONGEST_WAY_S || wayS < -ALIKE_S;
}

/**
 * ROS time for answers to grow old by: it follows a simulation's or a replay's clock, and counts
 * what an image took on its way, where its stamp is of the same clock.
 */
export function rosClock(node: Pick<RosNode, "now">): LiveClock {
  return {
    nowS: () => secondsOf(node.now()),
    ageOnArrivalS({ stampNs }) {
      const wayS = secondsOf(node.now() - stampNs);
      return isOtherClock(wayS) ? 0 : Math.max(0, wayS);
    },
  };
}

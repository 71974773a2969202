import type { BagTopic } from "./Bag.js";

const TF = "/tf";
const TF_STATIC = "/tf_static";

/**
 * The topics of a recording's transforms. ROS has one name for those that move and one for those
 * that never do; Foxglove's transforms lie on topics of any name, and what is sent once is meant
 * to hold.
 */
export function transformTopics(topics: readonly BagTopic[]): {
  readonly moving: ReadonlySet<string>;
  readonly fixed: ReadonlySet<string>;
} {
  const moving = new Set<string>();
  const fixed = new Set<string>();
  for (const { name, type, messageCount, recordedAs } of topics) {
    if (messageCount === 0) continue;
    if (name === TF_STATIC) fixed.add(name);
    else if (name === TF) moving.add(name);
    else if (type === "tf2_msgs/msg/TFMessage" && recordedAs && recordedAs.encoding !== "ros1") {
      (messageCount === 1 || name.endsWith("static") ? fixed : moving).add(name);
    }
  }
  return { moving, fixed };
}

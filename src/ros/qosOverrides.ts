import type { RosNode, RosQos } from "./RosNode.js";

/**
 * The QoS of a subscription with what the standard parameters say of its topic:
 * `qos_overrides./camera/color/image_raw.subscription.reliability`, likewise `depth`. They are
 * declared here, as rclcpp does, and cannot change at run time.
 *
 * @param topic full name
 * @throws ParameterError for a value that it cannot have
 */
export function overriddenQos(
  node: Pick<RosNode, "parameterOf">,
  topic: string,
  qos: RosQos,
): RosQos {
  const prefix = `qos_overrides.${topic}.subscription`;
  const reliability = node.parameterOf<string>({
    name: `${prefix}.reliability`,
    defaultValue: qos.reliability,
    description: `QoS of ${topic}: best_effort or reliable`,
    choices: ["best_effort", "reliable"],
    readOnly: true,
  });
  const depth = node.parameterOf<number>({
    name: `${prefix}.depth`,
    defaultValue: qos.depth,
    description: `QoS of ${topic}: messages kept until the node takes them`,
    integer: true,
    range: [1, 1000],
    readOnly: true,
  });
  return { ...qos, reliability: reliability === "reliable" ? "reliable" : "best_effort", depth };
}

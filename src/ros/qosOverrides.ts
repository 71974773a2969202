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
    defaultValue: "",
    description: `QoS of ${topic}: best_effort or reliable. Empty: as of all camera topics`,
    choices: ["", "best_effort", "reliable"],
    readOnly: true,
  });
  const depth = node.parameterOf<number>({
    name: `${prefix}.depth`,
    defaultValue: 0,
    description: `QoS of ${topic}: messages kept until the node takes them. 0: as of all camera topics`,
    integer: true,
    range: [0, 1000],
    readOnly: true,
  });
  return {
    ...qos,
    ...(reliability !== "" && {
      reliability: reliability === "reliable" ? ("reliable" as const) : ("best_effort" as const),
    }),
    ...(depth > 0 && { depth }),
  };
}

import { parse } from "yaml";
import * as z from "zod";

/**
 * How a topic was offered: `sensor` best effort (images), `reliable` (rewards, facts), `latched`
 * reliable and kept for late subscribers (/tf_static, label names).
 */
export type TopicQos = "sensor" | "reliable" | "latched";

/** rmw: history 1 keep last; reliability 1 reliable, 2 best effort; durability 1 transient local, 2 volatile. */
const policies = {
  sensor: { depth: 5, reliability: 2, durability: 2 },
  reliable: { depth: 10, reliability: 1, durability: 2 },
  latched: { depth: 1, reliability: 1, durability: 1 },
} as const;

/** rmw's infinite duration, as rosbag2 of Humble writes it. */
const FOREVER = "\n    sec: 9223372036\n    nsec: 854775807";

/** The YAML that rosbag2 keeps of a publisher's QoS, for `ros2 bag play` to offer the same. */
export function qosProfiles(qos: TopicQos): string {
  const { depth, reliability, durability } = policies[qos];
  return `- history: 1
  depth: ${depth}
  reliability: ${reliability}
  durability: ${durability}
  deadline:${FOREVER}
  lifespan:${FOREVER}
  liveliness: 1
  liveliness_lease_duration:${FOREVER}
  avoid_ros_namespace_conventions: false`;
}

/** Policies are numbers up to Iron, words from Jazzy on. */
const profilesSchema = z
  .array(
    z.object({
      reliability: z.union([z.number(), z.string()]),
      durability: z.union([z.number(), z.string()]),
    }),
  )
  .min(1);

/**
 * What a recorded `offered_qos_profiles` comes to: late subscribers are served if any publisher did
 * so, and reliably if all did. Undefined if nothing, or nothing readable, was recorded.
 */
export function topicQosOf(offered: string): TopicQos | undefined {
  let recorded: unknown;
  try {
    recorded = parse(offered, { logLevel: "silent" });
  } catch {
    return undefined;
  }
  const profiles = profilesSchema.safeParse(recorded);
  if (!profiles.success) return undefined;
  const has = (name: "reliability" | "durability", ...values: (number | string)[]): boolean =>
    profiles.data.some((profile) => values.includes(profile[name]));
  if (has("durability", policies.latched.durability, "transient_local")) return "latched";
  return has("reliability", policies.sensor.reliability, "best_effort") ? "sensor" : "reliable";
}

import { readdirSync, readFileSync } from "node:fs";
import type { MessageDefinition } from "@foxglove/message-definition";
import { parse, stringify } from "@foxglove/rosmsg";
import { ros2galactic, ros2humble, ros2iron, ros2jazzy } from "@foxglove/rosmsg-msgs-common";
import { packageFile } from "../../../base/index.js";
import { videoMsgs } from "./videoMsgs.js";
import { visionMsgs } from "./visionMsgs.js";

const OWN_MSGS = packageFile("msgs/msg/");
const OWN_PACKAGE = "spatial_reward_msgs";
const SEPARATOR = `\n${"=".repeat(80)}\n`;

const distributions: Readonly<Record<string, Readonly<Record<string, MessageDefinition>>>> = {
  // Foxy's common interfaces are Galactic's.
  foxy: ros2galactic,
  galactic: ros2galactic,
  humble: ros2humble,
  iron: ros2iron,
  jazzy: ros2jazzy,
};

/**
 * The ros2msg definition of a type that this package knows, with the definitions of all types
 * inside it: std_msgs, sensor_msgs and the other common interfaces of ROS 2, tf2_msgs, the useful
 * part of vision_msgs, messages of video, and spatial_reward_msgs. Undefined for any other type.
 *
 * @param type `pkg/msg/Type`
 * @param distribution Whose version of the common interfaces; newer ones than Jazzy are Jazzy's.
 */
export function knownDefinition(type: string, distribution = "humble"): string | undefined {
  const root = typeText(shortName(type), distribution);
  if (root === undefined) return undefined;
  const texts = new Map([[shortName(type), root]]);
  // A Map visits what is added to it while it is walked.
  for (const [name, text] of texts) {
    for (const part of partsOf(name, text)) {
      const partText = texts.has(part) ? undefined : typeText(part, distribution);
      if (partText !== undefined) texts.set(part, partText);
    }
  }
  texts.delete(shortName(type));
  return [
    root.trimEnd(),
    ...[...texts].map(([name, text]) => `MSG: ${name}\n${text.trimEnd()}`),
  ].join(SEPARATOR);
}

/** `pkg/msg/Type` → `pkg/Type`, as definition texts name types. */
function shortName(type: string): string {
  return type.replace("/msg/", "/");
}

function typeText(name: string, distribution: string): string | undefined {
  const own = ownMessages().get(name) ?? visionMsgs[name] ?? videoMsgs[name];
  if (own !== undefined) return own;
  const common: Readonly<Record<string, MessageDefinition>> =
    distributions[distribution] ?? ros2jazzy;
  const definition = common[name];
  if (!definition) return undefined;
  // The library keeps ROS 1's built-in names for these two.
  return stringify([definition])
    .replace(/^time\b/gm, "builtin_interfaces/Time")
    .replace(/^duration\b/gm, "builtin_interfaces/Duration");
}

/** Names of the types of the fields of a definition. */
function partsOf(name: string, text: string): string[] {
  const own = name.split("/")[0];
  const fields = parse(text, { ros2: true, skipTypeFixup: true })[0]?.definitions ?? [];
  return fields.flatMap((field) => {
    if (field.type === "time") return ["builtin_interfaces/Time"];
    if (field.type === "duration") return ["builtin_interfaces/Duration"];
    if (field.isComplex !== true) return [];
    return [field.type.includes("/") ? shortName(field.type) : `${own}/${field.type}`];
  });
}

let own: ReadonlyMap<string, string> | undefined;

function ownMessages(): ReadonlyMap<string, string> {
  own ??= new Map(
    readdirSync(OWN_MSGS)
      .filter((file) => file.endsWith(".msg"))
      .map((file) => [
        `${OWN_PACKAGE}/${file.slice(0, -".msg".length)}`,
        readFileSync(new URL(file, OWN_MSGS), "utf8"),
      ]),
  );
  return own;
}

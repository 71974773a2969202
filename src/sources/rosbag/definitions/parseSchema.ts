import type { MessageDefinition, MessageDefinitionField } from "@foxglove/message-definition";
import { parseRos2idl } from "@foxglove/ros2idl-parser";
import { parse } from "@foxglove/rosmsg";
import { BagError } from "../BagError.js";
import type { RecordedSchema } from "../BagFile.js";
import { spelledType } from "../rosType.js";

/**
 * The fields of a recorded type and of all types in it, the type itself first. Throws a BagError
 * that names the type where its definition cannot be read.
 */
export function parseSchema({ type, encoding, text }: RecordedSchema): MessageDefinition[] {
  try {
    // Constants are not data, and a definition of nothing else is taken for an IDL module.
    if (encoding === "ros2msg") return parse(text, { ros2: true }).map(withoutConstants);
    if (encoding === "ros2idl") {
      const definitions = parseRos2idl(text).map(withoutConstants).map(withRosNames);
      const root = definitions.find((definition) => definition.name === type);
      if (!root) throw new Error("the definition holds other types only");
      return [root, ...definitions.filter((definition) => definition !== root)];
    }
  } catch (error) {
    throw new BagError(
      `The recording's definition of ${type} cannot be read: ${(error as Error).message}`,
      { cause: error },
    );
  }
  throw new BagError(
    `The recording describes ${type} in "${encoding}"; ros2msg and ros2idl can be read.`,
  );
}

function withoutConstants(definition: MessageDefinition): MessageDefinition {
  const definitions = definition.definitions.filter((field) => field.isConstant !== true);
  return { ...definition, definitions };
}

/** Types by ROS 2's names, also in the IDL that DDS has of them. */
function withRosNames({ name, definitions }: MessageDefinition): MessageDefinition {
  return {
    ...(name !== undefined && { name: spelledType(name) }),
    definitions: definitions.map((field) =>
      plainTime(field.isComplex ? { ...field, type: spelledType(field.type) } : field),
    ),
  };
}

/** Stamps as ros2msg gives them: the IDL parser would call their fields sec and nsec. */
function plainTime(field: MessageDefinitionField): MessageDefinitionField {
  if (field.type === "builtin_interfaces/msg/Time") {
    return { ...field, type: "time", isComplex: false };
  }
  if (field.type === "builtin_interfaces/msg/Duration") {
    return { ...field, type: "duration", isComplex: false };
  }
  return field;
}

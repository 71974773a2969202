import type { MessageDefinition } from "@foxglove/message-definition";
import { parse, stringify } from "@foxglove/rosmsg";
import { MessageReader } from "@foxglove/rosmsg-serialization";
import { knownDefinition } from "../definitions/knownDefinition.js";
import { parseSchema } from "../definitions/parseSchema.js";

const SEPARATOR = `\n${"=".repeat(80)}\n`;
const NAME = /^[A-Za-z_]\w*$/;
const TYPE_NAME = /^[A-Za-z]\w*(\/[A-Za-z]\w*)?$/;

/**
 * Reads ROS 1 messages of a type as the ROS 2 message of that name: `D` of CameraInfo is `d`,
 * times have nanosec, headers no seq. Byte arrays are views.
 *
 * @param text the type's ROS 1 definition, with those of all types inside it
 * @param ros2Text what `ros2Definition` made of it
 */
export function ros1Reader(
  type: string,
  text: string,
  ros2Text: string,
): (data: Uint8Array) => unknown {
  const reader = new MessageReader(ros1Definitions(text));
  const definitions = parseSchema({ type, encoding: "ros2msg", text: ros2Text });
  const convert = converter(definitions);
  return (data) => convert(reader.readMessage(data));
}

/**
 * A ROS 1 definition as ROS 2's: that of the type of the same name where it is a known one, and
 * the same fields with ROS 2's times and headers where it is not.
 */
export function ros2Definition(type: string, text: string, distribution?: string): string {
  const known = knownDefinition(type, distribution);
  if (known !== undefined) return known;
  const [root, ...others] = ros1Definitions(text);
  const texts = new Map<string, string>();
  const addKnown = (name: string): boolean => {
    const found = knownDefinition(name.replace("/", "/msg/"), distribution);
    if (found === undefined) return false;
    const [own = "", ...parts] = found.split(SEPARATOR);
    texts.set(name, own);
    for (const part of parts) {
      const [, partName = "", body = ""] = /^MSG: (\S+)\n([\s\S]*)$/.exec(part) ?? [];
      if (!texts.has(partName)) texts.set(partName, body);
    }
    return true;
  };
  for (const definition of others) {
    const name = definition.name ?? "";
    if (!texts.has(name) && !addKnown(name)) texts.set(name, ros2Text(definition));
  }
  const all = [root, ...others].flatMap((definition) => definition?.definitions ?? []);
  for (const builtin of ["time", "duration"] as const) {
    const name = `builtin_interfaces/${builtin === "time" ? "Time" : "Duration"}`;
    if (!texts.has(name) && all.some((field) => field.type === builtin)) addKnown(name);
  }
  return [
    root ? ros2Text(root).trimEnd() : "",
    ...[...texts].map(([name, body]) => `MSG: ${name}\n${body.trimEnd()}`),
  ].join(SEPARATOR);
}

function ros2Text(definition: MessageDefinition): string {
  return stringify([{ ...definition, name: undefined } as unknown as MessageDefinition])
    .replace(/^time\b/gm, "builtin_interfaces/Time")
    .replace(/^duration\b/gm, "builtin_interfaces/Duration");
}

/**
 * The reader is code that is made of the definition's names, and a definition comes with the file:
 * nothing but names may be in it.
 */
function ros1Definitions(text: string): MessageDefinition[] {
  const definitions = parse(text);
  const empty = new Set(
    definitions.filter(({ definitions: fields }) => fields.every((field) => field.isConstant)),
  );
  for (const definition of definitions) {
    const { name, definitions: fields } = definition;
    if (name !== undefined && !TYPE_NAME.test(name)) throw new Error(`"${name}" is not a type`);
    for (const field of fields) {
      if (!NAME.test(field.name)) throw new Error(`"${field.name}" is not a field`);
      if (!TYPE_NAME.test(field.type)) throw new Error(`"${field.type}" is not a type`);
      const length = field.arrayLength;
      if (length !== undefined && !Number.isSafeInteger(length)) {
        throw new Error(`${field.name} has no length`);
      }
      // Any number of them takes no byte: a length of four billion would be believed.
      if (field.isArray && [...empty].some((each) => each.name === field.type)) {
        throw new Error(`${field.name} is a list of nothing`);
      }
    }
  }
  return definitions;
}

type Fields = Readonly<Record<string, unknown>>;
type Convert = (message: unknown) => unknown;

/** Copies messages field by field into what the definitions say; large values are not copied. */
function converter(definitions: readonly MessageDefinition[]): Convert {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const made = new Map<MessageDefinition, Convert>();
  const convertAs = (definition: MessageDefinition | undefined): Convert => {
    if (definition === undefined) return (value) => value;
    const before = made.get(definition);
    if (before) return before;
    const fields = definition.definitions
      .filter((field) => field.isConstant !== true)
      .map(({ name, type, isComplex, isArray }) => {
        const isTime = type === "time" || type === "duration";
        const single: Convert = isTime
          ? timeOf
          : isComplex === true
            ? (value) => convertAs(byName.get(type))(value)
            : (value) => value;
        const isPlain = !isTime && isComplex !== true;
        const convert: Convert =
          isArray === true && !isPlain
            ? (value) => (Array.isArray(value) ? value.map(single) : value)
            : single;
        return { name, otherName: name.toUpperCase(), convert };
      });
    const convert: Convert = (message) => {
      const source = message as Fields;
      const target: Record<string, unknown> = {};
      for (const { name, otherName, convert } of fields) {
        const value = source[name] ?? source[otherName];
        if (value !== undefined) target[name] = convert(value);
      }
      return target;
    };
    made.set(definition, convert);
    return convert;
  };
  return convertAs(definitions[0]);
}

function timeOf(value: unknown): unknown {
  const { sec, nsec } = value as { readonly sec: number; readonly nsec: number };
  return { sec, nanosec: nsec };
}

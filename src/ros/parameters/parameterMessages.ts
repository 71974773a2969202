import * as z from "zod";
import type { ParameterSpec, ParameterValue } from "../RosNode.js";
import { wantedWords } from "./checkParameter.js";

/** rcl_interfaces/msg/ParameterType */
export const PARAMETER_TYPE = {
  notSet: 0,
  bool: 1,
  integer: 2,
  double: 3,
  string: 4,
  byteArray: 5,
  boolArray: 6,
  integerArray: 7,
  doubleArray: 8,
  stringArray: 9,
} as const;

const list = <T extends z.ZodType>(item: T) => z.array(item).default([]);

const valueSchema = z.object({
  type: z.number().int(),
  bool_value: z.boolean().default(false),
  integer_value: z.union([z.bigint(), z.number()]).default(0n),
  double_value: z.number().default(0),
  string_value: z.string().default(""),
  bool_array_value: list(z.boolean()),
  integer_array_value: list(z.union([z.bigint(), z.number()])),
  string_array_value: list(z.string()),
});

/** rcl_interfaces/msg/Parameter[], limited to values that this node's parameters can have. */
export const parametersSchema = z.array(z.object({ name: z.string(), value: valueSchema }));

/** The value in an rcl_interfaces/msg/ParameterValue; undefined if none is set. */
export function valueFromMessage(message: z.infer<typeof valueSchema>): unknown {
  switch (message.type) {
    case PARAMETER_TYPE.bool:
      return message.bool_value;
    case PARAMETER_TYPE.integer:
      return message.integer_value;
    case PARAMETER_TYPE.double:
      return message.double_value;
    case PARAMETER_TYPE.string:
      return message.string_value;
    case PARAMETER_TYPE.boolArray:
      return message.bool_array_value;
    case PARAMETER_TYPE.integerArray:
      return message.integer_array_value;
    case PARAMETER_TYPE.stringArray:
      return message.string_array_value;
    case PARAMETER_TYPE.notSet:
      return undefined;
    default:
      return { type: message.type };
  }
}

/** rcl_interfaces/msg/ParameterType of a parameter. */
export function parameterType({ defaultValue, integer }: ParameterSpec<ParameterValue>): number {
  switch (typeof defaultValue) {
    case "boolean":
      return PARAMETER_TYPE.bool;
    case "number":
      return integer ? PARAMETER_TYPE.integer : PARAMETER_TYPE.double;
    case "string":
      return PARAMETER_TYPE.string;
    default:
      return PARAMETER_TYPE.stringArray;
  }
}

/** rcl_interfaces/msg/ParameterValue */
export function valueToMessage(spec: ParameterSpec<ParameterValue>, value: ParameterValue) {
  const type = parameterType(spec);
  switch (typeof value) {
    case "boolean":
      return { type, bool_value: value };
    case "number":
      return spec.integer ? { type, integer_value: BigInt(value) } : { type, double_value: value };
    case "string":
      return { type, string_value: value };
    default:
      return { type, string_array_value: [...value] };
  }
}

/** rcl_interfaces/msg/ParameterDescriptor */
export function descriptorMessage(spec: ParameterSpec<ParameterValue>) {
  return {
    name: spec.name,
    type: parameterType(spec),
    description: spec.description,
    additional_constraints: spec.choices === undefined ? "" : wantedWords(spec),
    read_only: spec.readOnly ?? false,
    dynamic_typing: false,
    ...rangeFields(spec),
  };
}

function rangeFields({ range, integer }: ParameterSpec<ParameterValue>) {
  if (range === undefined) return {};
  const [least, most] = range;
  if (!integer) {
    return { floating_point_range: [{ from_value: least, to_value: most, step: 0 }] };
  }
  const ends = { from_value: int64(least), to_value: int64(most) };
  return { integer_range: [{ ...ends, step: 1n }] };
}

const INT64_MAX = 2n ** 63n - 1n;

function int64(value: number): bigint {
  if (Number.isFinite(value)) return BigInt(Math.trunc(value));
  return value > 0 ? INT64_MAX : -INT64_MAX - 1n;
}

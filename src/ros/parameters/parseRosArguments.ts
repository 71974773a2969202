import { ParameterError } from "./ParameterError.js";
import { type ParameterAssignment, parseYaml, readParameterFile } from "./parameterFile.js";

/** A ROS 2 command line, taken apart. */
export interface RosArguments {
  /** What rcl is to read: remapping, log level, enclave, with the markers around them. */
  readonly rcl: readonly string[];
  /** In the order in which they were given: the last one that speaks of a parameter counts. */
  readonly parameters: readonly ParameterAssignment[];
  /** What stands outside of `--ros-args … --`. */
  readonly others: readonly string[];
}

/**
 * Takes a command line's ROS 2 arguments apart. Parameters are read here and not by rcl, because
 * rclnodejs drops those of namespaced nodes and stumbles over lists of numbers.
 *
 * @throws ParameterError
 */
export function parseRosArguments(args: readonly string[]): RosArguments {
  const rcl: string[] = [];
  const parameters: ParameterAssignment[] = [];
  const others: string[] = [];
  let isRos = false;
  const rest = args.values();
  for (const arg of rest) {
    if (arg === "--ros-args") {
      isRos = true;
    } else if (!isRos) {
      others.push(arg);
    } else if (arg === "--") {
      isRos = false;
    } else if (arg === "-p" || arg === "--param") {
      parameters.push(parseAssignment(wantValue(arg, rest.next())));
    } else if (arg === "--params-file") {
      parameters.push(...readParameterFile(wantValue(arg, rest.next())));
    } else {
      rcl.push(arg);
    }
  }
  return { rcl: rcl.length === 0 ? [] : ["--ros-args", ...rcl], parameters, others };
}

function wantValue(option: string, { value }: IteratorResult<string, undefined>): string {
  if (value === undefined) throw new ParameterError(`${option} needs a value after it`);
  return value;
}

/** `name:=value`, `node:name:=value`; the value is YAML. */
function parseAssignment(text: string): ParameterAssignment {
  const at = text.indexOf(":=");
  const [, node, name] = /^(?:([^:]+):)?([^:]+)$/.exec(text.slice(0, Math.max(0, at))) ?? [];
  if (name === undefined) throw new ParameterError(`-p ${text}: must be name:=value`);
  try {
    const value = parseYaml(text.slice(at + 2));
    return { node: node ?? "/**", name, value: value ?? "", origin: `-p ${text}` };
  } catch (error) {
    throw new ParameterError(`-p ${text}: ${(error as Error).message}`);
  }
}

import { MessageError } from "../camera/index.js";

/** Named numbers that one message tells, in its own order. */
export type Numbers = ReadonlyMap<string, number>;

/** Arrays of one number for each joint, by the suffix that their numbers get. */
const JOINT_FIELDS: Readonly<Record<string, string>> = {
  position: "",
  positions: "",
  velocity: ".vel",
  velocities: ".vel",
  effort: ".effort",
  accelerations: ".acc",
};
/** What says of a message how it was made, and not what it tells. */
const ASIDE = /^(header|stamp|layout|covariance|\w+_covariance|covariance_\w+)$/;
/** A message with more numbers than this is an image or a map, and no state. */
const MOST = 256;

/**
 * The numbers of a message: positions of joints by their names (`joint_names` or `name` beside
 * them), else all of its numbers by their paths, without header and covariances. Truth values are 0
 * and 1. A message of one number has that of its topic.
 *
 * @param fields only what lies at these paths
 * @throws MessageError where a path leads nowhere, or there is no number
 */
export function messageNumbers(
  message: unknown,
  topic: string,
  fields?: readonly string[],
): Numbers {
  const found = new Map<string, number>();
  if (fields === undefined) {
    const joints = jointNumbers(message, JOINT_DEFAULTS);
    if (joints) return joints;
    collect(message, "", found, true);
  }
  for (const field of fields ?? []) {
    const joints = jointNumbers(message, [field]);
    if (joints) {
      for (const [name, value] of joints) found.set(name, value);
      continue;
    }
    const value = field.split(".").reduce<unknown>(childOf, message);
    if (value === undefined) throw new MessageError(`${topic}: a message has no ${field}`);
    collect(value, field, found, false);
  }
  if (found.size === 0) throw new MessageError(`${topic}: a message has no numbers`);
  if (found.size > MOST) {
    throw new MessageError(
      `${topic}: a message has ${found.size} numbers: name those that are meant by \`fields\``,
    );
  }
  const [only] = found;
  if (found.size === 1 && only?.[0] === "data") return new Map([[leafOf(topic), only[1]]]);
  return found;
}

/** Where joints' positions stand: JointState, a command to joints, a controller's state. */
const JOINT_DEFAULTS = ["position", "points.0.positions", "feedback.positions", "actual.positions"];

function jointNumbers(message: unknown, fields: readonly string[]): Numbers | undefined {
  const names = childOf(message, "joint_names") ?? childOf(message, "name");
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) return undefined;
  for (const field of fields) {
    const suffix = JOINT_FIELDS[field.split(".").at(-1) ?? ""];
    const values = numbersIn(field.split(".").reduce<unknown>(childOf, message));
    if (suffix === undefined || values === undefined || values.length === 0) continue;
    return new Map(
      names.flatMap((name, i): [string, number][] => {
        const value = values[i];
        return value === undefined || !Number.isFinite(value) ? [] : [[name + suffix, value]];
      }),
    );
  }
  return undefined;
}

function numbersIn(value: unknown): readonly number[] | undefined {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as unknown as ArrayLike<number | bigint>, Number);
  }
  return Array.isArray(value) && value.every((each) => typeof each === "number")
    ? value
    : undefined;
}

function childOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return /^\d+$/.test(key) ? (value as unknown as unknown[])[Number(key)] : undefined;
  }
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

function collect(value: unknown, path: string, into: Map<string, number>, skips: boolean): void {
  if (into.size > MOST) return;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    const number = Number(value);
    if (Number.isFinite(number)) into.set(path, number);
    return;
  }
  const numbers = numbersIn(value);
  const entries = numbers
    ? [...numbers.entries()].map(([i, each]) => [String(i), each] as const)
    : typeof value === "object" && value !== null
      ? Object.entries(value)
      : [];
  for (const [key, child] of entries) {
    if (skips && ASIDE.test(key)) continue;
    collect(child, path === "" ? key : `${path}.${key}`, into, skips);
  }
}

/** The last part of a topic's name. */
export function leafOf(topic: string): string {
  return topic.split("/").at(-1) ?? topic;
}

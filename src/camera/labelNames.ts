import * as z from "zod";
import { stampOf } from "../base/index.js";
import type { TopicInfo } from "./CameraTopics.js";
import { MessageError } from "./FrameError.js";
import { parseMessage } from "./messagesFromRos.js";

const LABEL_INFO = "vision_msgs/msg/LabelInfo";
const STRING = "std_msgs/msg/String";

/** What tells the names of label ids: LabelInfo, or Isaac Sim's JSON in a string. */
export const LABEL_NAME_TYPES = [LABEL_INFO, STRING] as const;

/** How sure it is that a topic tells the names of label ids: of a string only its name says so. */
export function labelNamesRank({ name, type }: TopicInfo): 0 | 1 | 2 {
  if (type === LABEL_INFO) return 2;
  return type === STRING && /labels?$/i.test(name) ? 1 : 0;
}

/** The names of the ids in a label image, and of which image; of all where `stampNs` is absent. */
export interface LabelNames {
  readonly names: ReadonlyMap<number, string>;
  readonly stampNs?: bigint;
}

/**
 * Reads a vision_msgs/LabelInfo, or the string that Isaac Sim publishes with each label image:
 * `{"0": {"class": "BACKGROUND"}, "2": {"class": "mug"}, "time_stamp": {"sec": 1, "nanosec": 5}}`.
 * Isaac Sim numbers anew when things come and go, so that its names hold from that stamp on.
 *
 * @throws MessageError
 */
export function labelNamesFromRos(message: unknown, type: string): LabelNames {
  if (type === STRING) return namesFromJson(message);
  const { class_map } = parseMessage(labelInfoSchema, "vision_msgs/LabelInfo", message);
  return { names: new Map(class_map.map(({ class_id, class_name }) => [class_id, class_name])) };
}

const labelInfoSchema = z.object({
  class_map: z.array(z.object({ class_id: z.number().int(), class_name: z.string() })),
});

const stringSchema = z.object({ data: z.string() });
const count = z.coerce.number().int().nonnegative();
const jsonSchema = z.looseObject({
  time_stamp: z.object({ sec: count, nanosec: count }).transform(stampOf).optional(),
});
const className = z.union([
  z.string(),
  z.object({ class: z.string() }).transform(({ class: name }) => name),
]);

function namesFromJson(message: unknown): LabelNames {
  const { data } = parseMessage(stringSchema, "std_msgs/String", message);
  const { time_stamp: stampNs, ...entries } = parseMessage(jsonSchema, "label names", json(data));
  const names = new Map<number, string>();
  for (const [key, value] of Object.entries(entries)) {
    const name = className.safeParse(value);
    if (/^\d+$/.test(key) && name.success) names.set(Number(key), name.data);
  }
  if (names.size === 0) throw new MessageError("a string without names of label ids");
  return { names, ...(stampNs !== undefined && { stampNs }) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MessageError("a string that is not JSON, where names of label ids were expected");
  }
}

/** A source that numbers anew with each image shall not fill the memory. */
const MOST_CHANGES = 100_000;

/** The names of label ids over time. */
export class LabelNameHistory {
  /** By stamp, each other than the one before; those that hold always have the stamp 0. */
  readonly #changes: { readonly stampNs: bigint; readonly names: ReadonlyMap<number, string> }[] =
    [];

  add({ names, stampNs = 0n }: LabelNames): void {
    const after = this.#changes.findIndex((change) => change.stampNs > stampNs);
    const at = after < 0 ? this.#changes.length : after;
    const before = this.#changes[at - 1];
    if (before?.stampNs === stampNs) this.#changes.splice(at - 1, 1, { stampNs, names });
    else if (!before || !isSame(before.names, names))
      this.#changes.splice(at, 0, { stampNs, names });
    if (this.#changes.length > MOST_CHANGES) this.#changes.shift();
  }

  /** The newest names that are not newer than the label image; else the first that came. */
  at(stampNs: bigint): ReadonlyMap<number, string> | undefined {
    const newest = this.#changes.findLast((change) => change.stampNs <= stampNs);
    return (newest ?? this.#changes[0])?.names;
  }
}

function isSame(a: ReadonlyMap<number, string>, b: ReadonlyMap<number, string>): boolean {
  return a.size === b.size && [...a].every(([id, name]) => b.get(id) === name);
}

import * as z from "zod";
import { itemAt, stampOf, UserError } from "../base/index.js";

/** The messages of an annotated bag do not look as spatial_reward_msgs defines them. */
export class RewardMessageError extends UserError {
  override readonly code = "recording.rewards";
}

const NUMBERS = z.custom<ArrayLike<number>>(
  (value) => Array.isArray(value) || ArrayBuffer.isView(value),
  "not an array of numbers",
);

/** NaN where there is no value. Nobody can judge an infinite one. */
const FINITE_OR_NAN = z
  .custom<number>((value) => typeof value === "number", "not a number")
  .transform((value) => (Number.isFinite(value) ? value : Number.NaN));

const HEADER = z.object({
  stamp: z.union([
    z.object({ sec: z.number(), nanosec: z.number() }).transform(stampOf),
    z
      .object({ sec: z.number(), nsec: z.number() })
      .transform(({ sec, nsec }) => stampOf({ sec, nanosec: nsec })),
  ]),
  frame_id: z.string(),
});

const DENSE_REWARD = z.object({
  header: HEADER,
  task: z.string(),
  episode: z.string(),
  camera: z.string(),
  reward: FINITE_OR_NAN,
  progress: FINITE_OR_NAN,
  stage: z.string(),
  ended: z.string(),
  measurement_names: z.array(z.string()),
  measurement_values: NUMBERS,
  measurement_sigmas: NUMBERS,
  measurement_bases: z.array(z.string()).default([]),
  /** Of no image: see DenseReward.msg. */
  predicted: z.boolean().default(false),
  validity: z.number(),
  reason: z.string().default(""),
  model: z.string(),
});

const SPATIAL_FACTS = z.object({
  header: HEADER,
  camera: z.string(),
  facts: z.array(z.object({ name: z.string(), valid: z.boolean(), value: FINITE_OR_NAN })),
});

export const REWARD_TYPE = "spatial_reward_msgs/msg/DenseReward";
export const FACTS_TYPE = "spatial_reward_msgs/msg/SpatialFacts";

/** The fields of a DenseReward that its evaluation needs; `header.stamp` in ns. */
export type RewardMessage = z.infer<typeof DENSE_REWARD>;
export type FactsMessage = z.infer<typeof SPATIAL_FACTS>;

export function parseReward(message: unknown, where: string): RewardMessage {
  return parse(DENSE_REWARD, message, REWARD_TYPE, where);
}

export function parseFacts(message: unknown, where: string): FactsMessage {
  return parse(SPATIAL_FACTS, message, FACTS_TYPE, where);
}

function parse<T>(schema: z.ZodType<T>, message: unknown, type: string, where: string): T {
  const result = schema.safeParse(message);
  if (result.success) return result.data;
  const { path, message: what } = itemAt(result.error.issues, 0);
  throw new RewardMessageError(
    `${where}: a ${type} message has an unexpected field ${path.join(".")} (${what}): ` +
      "it was recorded with different message definitions; annotate the recording again",
  );
}

import * as z from "zod";
import { kindInfo } from "../language/index.js";
import type { Bag } from "../sources/index.js";
import { parseRecordedTask } from "../task/index.js";
import { parseLine, readRows } from "./answers/jsonLines.js";
import { isAnnotated, NotAnnotatedError } from "./readEpisodes.js";
import { parseReward, REWARD_TYPE, RewardMessageError } from "./rewardMessages.js";

/** What was said of one image of one camera: a line of an annotated recording. */
export interface RewardRow {
  readonly stampNs: bigint;
  readonly camera: string;
  readonly episode: string;
  /** NaN where it is not valid. */
  readonly reward: number;
  readonly progress: number;
  readonly stage: string;
  /** `success`, `failure` or `timeout` from the end of the attempt on; empty before it. */
  readonly ended: string;
  readonly validity: "ok" | "stale" | "invalid";
  readonly reason: string;
  /** Measured values, in the order of the task; NaN where there is none. */
  readonly values: readonly {
    readonly name: string;
    readonly value: number;
    readonly sigma: number;
    /** `m`, or `1` for what is 0 or 1; empty where it is not known. */
    readonly unit: string;
  }[];
}

const VALIDITIES = ["ok", "stale", "invalid"] as const;

/** The rewards of an annotated bag, by their message type. @throws NotAnnotatedError */
export async function rewardRowsOfBag(bag: Bag): Promise<RewardRow[]> {
  if (!isAnnotated(bag)) throw new NotAnnotatedError(bag.info.path);
  const topics = bag.info.topics.filter(({ type }) => type === REWARD_TYPE);
  const task = bag.metadata("spatial_reward")?.get("task");
  const measured =
    task === undefined ? [] : parseRecordedTask(task, `the task in ${bag.info.path}`).measurements;
  const units = new Map(
    measured.map(({ name, kind }) => [name, kindInfo(kind).shape === "quantity" ? "m" : "1"]),
  );
  const rows: RewardRow[] = [];
  for await (const message of bag.messages({ topics: topics.map(({ name }) => name) })) {
    const {
      header,
      measurement_names: names,
      ...said
    } = parseReward(message.decode(), bag.info.path);
    rows.push({
      ...said,
      stampNs: header.stamp,
      validity: VALIDITIES[said.validity] ?? "invalid",
      values: names.map((name, i) => ({
        name,
        value: said.measurement_values[i] ?? Number.NaN,
        sigma: said.measurement_sigmas[i] ?? Number.NaN,
        unit: units.get(name) ?? "",
      })),
    });
  }
  return rows;
}

const orNaN = z
  .number()
  .nullish()
  .transform((value) => value ?? Number.NaN);
const lineSchema = z.object({
  stamp_ns: z.string().regex(/^-?\d+$/),
  camera: z.string(),
  episode: z.string(),
  reward: orNaN,
  progress: orNaN,
  stage: z.string(),
  ended: z.string().nullish(),
  validity: z.enum(VALIDITIES),
  reason: z.string(),
  measurements: z.record(z.string(), z.object({ value: orNaN, sigma: orNaN, unit: z.string() })),
});

/** The rewards of a file of JSON lines, as `annotate` writes them. @throws RewardMessageError */
export async function rewardRowsOfLines(path: string): Promise<RewardRow[]> {
  const rows: RewardRow[] = [];
  for await (const { number, text } of readRows(path)) {
    const { value: line, fault } = parseLine(text, lineSchema);
    if (line === undefined) {
      throw new RewardMessageError(
        `${path}, line ${number}: ${fault}; annotate again with -o x.jsonl`,
      );
    }
    const { stamp_ns: stampNs, measurements, ended, ...said } = line;
    rows.push({
      ...said,
      stampNs: BigInt(stampNs),
      ended: ended ?? "",
      values: Object.entries(measurements).map(([name, measured]) => ({ name, ...measured })),
    });
  }
  return rows;
}

import { UserError } from "../base/index.js";
import { transformsFromRos } from "../camera/index.js";
import type { Bag } from "../sources/index.js";
import { parseTask, type Task } from "../task/index.js";
import { EpisodeColumns } from "./EpisodeColumns.js";
import type { EvaluatedEpisode, KnownOutcome } from "./EvaluatedEpisode.js";
import {
  FACTS_TYPE,
  type FactsMessage,
  parseFacts,
  parseReward,
  REWARD_TYPE,
} from "./rewardMessages.js";
import { TruthSource } from "./TruthSource.js";

/** A recording without rewards was given where an annotated one is needed. */
export class NotAnnotatedError extends UserError {
  override readonly code = "recording.unannotated";

  constructor(path: string) {
    super(
      `${path}: no rewards in this recording (no topic of type ${REWARD_TYPE}); annotate it first: ` +
        `spatial-reward annotate ${path} --task TASK.yaml --vlm rgbd -o annotated/`,
    );
  }
}

/** Whether a recording has rewards to judge. */
export function isAnnotated(bag: Bag): boolean {
  return bag.info.topics.some(({ type }) => type === REWARD_TYPE);
}

/**
 * Reads the episodes of an annotated bag: rewards and facts by their message types, the truth
 * from /tf and /tf_static at each image's stamp. One pass; memory grows with the number of
 * rewards, not with the bag.
 *
 * @param task judges by this task where the bag carries none (a live recording). Without either
 *   the rewards are read and no measurement has a truth.
 * @throws NotAnnotatedError, RewardMessageError, and what reading the bag or the task throws.
 */
export async function readEpisodes(bag: Bag, task?: Task): Promise<EvaluatedEpisode[]> {
  if (!isAnnotated(bag)) throw new NotAnnotatedError(bag.info.path);
  const made = bag.metadata("spatial_reward");
  const taskText = made?.get("task");
  const judged =
    taskText === undefined ? task : parseTask(taskText, `the task recorded in ${bag.info.path}`);

  const reading = new Reading(bag.info.path, judged);
  const types = new Set([REWARD_TYPE, FACTS_TYPE]);
  const ours = bag.info.topics.filter(({ type }) => types.has(type)).map(({ name }) => name);
  for await (const message of bag.messages({ topics: [...ours, "/tf", "/tf_static"] })) {
    if (message.type === REWARD_TYPE) reading.addReward(message.decode());
    else if (message.type === FACTS_TYPE) reading.addFacts(message.decode());
    else reading.addTransforms(message.decode(), message.topic === "/tf_static");
  }
  return reading.finish(statedOutcome(bag));
}

/** What the simulator, or whoever recorded the bag, says about the attempt. */
function statedOutcome(bag: Bag): KnownOutcome {
  const word = bag.metadata("simulation")?.get("outcome");
  return word === undefined
    ? { success: undefined, from: "unknown", word: "" }
    : { success: word === "success", from: "stated", word };
}

interface EpisodeInReading {
  readonly name: string;
  readonly camera: string;
  readonly model: string;
  readonly task: string;
  readonly columns: EpisodeColumns;
}

interface ImageInReading {
  readonly columns: EpisodeColumns;
  readonly index: number;
  readonly frameId: string;
  readonly stampNs: bigint;
}

class Reading {
  readonly #where: string;
  readonly #task: Task | undefined;
  readonly #truth: TruthSource | undefined;
  readonly #episodes = new Map<string, EpisodeInReading>();
  /** Rewards and facts find each other by camera and stamp, whichever comes first. */
  readonly #images = new Map<string, ImageInReading>();
  readonly #facts = new Map<string, FactsMessage>();
  /** Images whose poses may still come, oldest first. */
  #waiting: ImageInReading[] = [];

  constructor(where: string, task: Task | undefined) {
    this.#where = where;
    this.#task = task;
    this.#truth = task && new TruthSource(task);
  }

  addReward(message: unknown): void {
    const reward = parseReward(message, this.#where);
    const { episode: name, camera, model, task } = reward;
    const key = JSON.stringify([name, camera]);
    let episode = this.#episodes.get(key);
    if (!episode) {
      episode = { name, camera, model, task, columns: new EpisodeColumns() };
      this.#episodes.set(key, episode);
    }
    const { stamp: stampNs, frame_id: frameId } = reward.header;
    const { columns } = episode;
    const image = { columns, index: columns.add(reward), frameId, stampNs };
    this.#waiting.push(image);
    const imageKey = `${camera}@${stampNs}`;
    this.#images.set(imageKey, image);
    const facts = this.#facts.get(imageKey);
    if (facts) columns.addFacts(image.index, facts);
    this.#facts.delete(imageKey);
  }

  addFacts(message: unknown): void {
    const facts = parseFacts(message, this.#where);
    const key = `${facts.camera}@${facts.header.stamp}`;
    const image = this.#images.get(key);
    if (image) image.columns.addFacts(image.index, facts);
    else this.#facts.set(key, facts);
  }

  addTransforms(message: unknown, isStatic: boolean): void {
    if (!this.#truth) return;
    this.#truth.add(transformsFromRos(message), isStatic);
    const truth = this.#truth;
    const open = this.#waiting.findIndex(
      ({ frameId, stampNs }) => !truth.isSettled(frameId, stampNs),
    );
    this.#resolve(open < 0 ? this.#waiting.length : open);
  }

  finish(outcome: KnownOutcome): EvaluatedEpisode[] {
    this.#resolve(this.#waiting.length);
    return [...this.#episodes.values()].map(({ name, camera, model, task, columns }) =>
      columns.finish({ name, camera, model, source: this.#where }, task, this.#task, outcome),
    );
  }

  #resolve(count: number): void {
    const images = this.#waiting.splice(0, count);
    if (!this.#truth || !this.#task) return;
    for (const { columns, index, frameId, stampNs } of images) {
      const poses = this.#truth.posesAt(frameId, stampNs);
      columns.addTruth(index, this.#task, poses, this.#truth.decoysOf);
    }
  }
}

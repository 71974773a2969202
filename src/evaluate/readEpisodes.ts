import { posix } from "node:path";
import { UserError } from "../base/index.js";
import {
  type Attempt,
  EpisodeSplitter,
  type JointMessage,
  jointsFromMessage,
  transformsFromRos,
} from "../camera/index.js";
import type { Bag } from "../sources/index.js";
import { parseRecordedTask, type Task } from "../task/index.js";
import { EpisodeColumns, type EvaluatedEpisode, type KnownOutcome } from "./EpisodeColumns.js";
import { KinematicImages } from "./KinematicImages.js";
import {
  FACTS_TYPE,
  type FactsMessage,
  parseFacts,
  parseReward,
  REWARD_TYPE,
  type RewardMessage,
} from "./rewardMessages.js";
import { type PosedImage, TruthSource } from "./TruthSource.js";

/** A recording without rewards was given where an annotated one is needed. */
export class NotAnnotatedError extends UserError {
  override readonly code = "recording.unannotated";

  constructor(path: string, damage: readonly string[] = []) {
    super(
      `${path}: no rewards in this recording (no messages of type ${REWARD_TYPE}); annotate it first: ` +
        `spatial-reward annotate ${path} --task TASK.yaml --vlm rgbd -o annotated/` +
        damage.map((line) => `\n  damage   ${line}`).join(""),
    );
  }
}

/** Kinematics shall judge a recording whose task does not name the robot's gripper. */
export class NoRobotError extends UserError {
  override readonly code = "task.robot";

  constructor(where: string) {
    super(
      `${where}: its task has no gripper, or is a map of tasks, so the robot's kinematics cannot give ` +
        "the truth: add `grasp` to the gripper in the task file (docs/task-file.md), and give that file " +
        "with --task",
    );
  }
}

/** Where the truth comes from: TF frames of the task's objects, or the robot's own kinematics. */
export const TRUTHS = ["tf", "kinematics"] as const;
export type TruthKind = (typeof TRUTHS)[number];

export interface ReadEpisodesOptions {
  /** Judges by this task where the bag carries none (a live recording). */
  readonly task?: Task;
  /**
   * Default `tf`. `kinematics` needs no frame of any object: see KinematicTruth. The given task,
   * where there is one, then goes before the recorded one, which may be older than its `grasp`.
   */
  readonly truth?: TruthKind;
}

/** Whether a recording has rewards to judge. */
export function isAnnotated(bag: Bag): boolean {
  return bag.info.topics.some(({ type }) => type === REWARD_TYPE);
}

/**
 * Reads the episodes of an annotated bag: rewards and facts by their message types, the truth
 * from /tf and /tf_static at each image's stamp, and from the joints. One pass; memory grows with
 * the number of rewards, not with the bag. Without a task, recorded or given, and with a map of tasks,
 * the rewards are read and no measurement has a truth.
 *
 * @throws NotAnnotatedError, NoRobotError, RewardMessageError, and what reading the bag or the task
 *   throws.
 */
export async function readEpisodes(
  bag: Bag,
  { task, truth = "tf" }: ReadEpisodesOptions = {},
): Promise<EvaluatedEpisode[]> {
  if (!isAnnotated(bag)) throw new NotAnnotatedError(bag.info.path);
  const made = bag.metadata("spatial_reward");
  const taskText = truth === "kinematics" && task ? undefined : made?.get("task");
  const judged =
    taskText === undefined
      ? task
      : parseRecordedTask(taskText, `the task recorded in ${bag.info.path}`);
  // Of one name, the tasks of a map may measure different things: which is meant is not recorded.
  const isMap = judged?.episodes !== undefined;
  if (truth === "kinematics" && (isMap || !judged?.robot)) throw new NoRobotError(bag.info.path);

  const reading = new Reading(bag.info.path, judged, isMap ? undefined : truth);
  const joints = new Set(truth === "kinematics" ? judged?.robot?.grip.topics : []);
  const ours = bag.info.topics.flatMap(({ name, type }) =>
    type === REWARD_TYPE || type === FACTS_TYPE ? [name] : [],
  );
  const rewardTopics = bag.info.topics.filter(({ type }) => type === REWARD_TYPE);
  // Several nodes may have run at once; topics of one may have been renamed.
  const nodeOf = (topic: string) => (rewardTopics.length > 1 ? posix.dirname(topic) : "");
  for await (const message of bag.messages({
    topics: [...ours, ...joints, "/tf", "/tf_static"],
  })) {
    if (message.type === REWARD_TYPE) {
      reading.addReward(message.decode(), nodeOf(message.topic));
    } else if (message.type === FACTS_TYPE) {
      reading.addFacts(message.decode(), nodeOf(message.topic));
    } else if (joints.has(message.topic)) reading.addJoints(message);
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
  readonly stamps: Set<bigint>;
  /** Names of its measurements that its rewards have. */
  readonly measured: Set<string>;
  doubled: number;
}

interface ImageInReading extends PosedImage {
  readonly columns: EpisodeColumns;
  readonly index: number;
  /** Whether its facts have come. */
  hasFacts: boolean;
}

/** Images within so much of each other may be recorded in another order than they were taken. */
const REORDER_NS = 200_000_000n;

class Reading {
  readonly #where: string;
  readonly #task: Task | undefined;
  readonly #truth: TruthSource | undefined;
  readonly #kinematics: KinematicImages | undefined;
  readonly #splitter = new EpisodeSplitter(REORDER_NS);
  readonly #episodes = new Map<string, EpisodeInReading>();
  /** Of a camera's newest attempt, the run of the source. */
  readonly #runs = new Map<string, { readonly attempt: Attempt; readonly run: number }>();
  /** Rewards and facts find each other by camera and stamp, whichever comes first. */
  readonly #images = new Map<string, ImageInReading>();
  readonly #facts = new Map<string, FactsMessage>();
  /** Images whose poses may still come, oldest first. */
  #waiting: ImageInReading[] = [];

  /** @param truth none where absent: the rewards are read, and nothing is held against them */
  constructor(where: string, task: Task | undefined, truth: TruthKind | undefined) {
    this.#where = where;
    this.#task = task;
    if (task && truth === "tf") this.#truth = new TruthSource(task);
    if (task && truth === "kinematics") this.#kinematics = new KinematicImages(task);
  }

  /** @param from the namespace of the node that published it */
  addReward(message: unknown, from: string): void {
    const reward = parseReward(message, this.#where);
    // What was predicted between images is judged by no image.
    if (reward.predicted) return;
    const { camera } = reward;
    const { stamp: stampNs, frame_id: frameId } = reward.header;
    const eye = JSON.stringify([from, camera]);
    const attempt = this.#splitter.attemptOf({ camera: eye, episode: reward.episode, stampNs });
    const episode = this.#episodeOf(reward, eye, attempt);
    if (episode.stamps.has(stampNs)) {
      episode.doubled += 1;
      return;
    }
    episode.stamps.add(stampNs);
    for (const name of reward.measurement_names) episode.measured.add(name);
    const { columns, name } = episode;
    const image: ImageInReading = {
      ...{ columns, index: columns.add(reward), frameId, stampNs, hasFacts: false },
      ...{ run: this.#runOf(eye, attempt, stampNs), sinceNs: this.#truth?.newestNs },
    };
    const imageKey = `${eye}@${stampNs}`;
    this.#images.set(imageKey, image);
    const facts = this.#facts.get(imageKey);
    if (facts) addFacts(image, facts);
    this.#facts.delete(imageKey);
    if (!this.#isJudged(episode)) return;
    this.#kinematics?.add({ ...image, camera, episode: name });
    if (!this.#settle(image, false)) this.#waiting.push(image);
  }

  addFacts(message: unknown, from: string): void {
    const facts = parseFacts(message, this.#where);
    const key = `${JSON.stringify([from, facts.camera])}@${facts.header.stamp}`;
    const image = this.#images.get(key);
    // Where time jumps back, another image may have the stamp, and its reward may come after its facts.
    if (image && !image.hasFacts) addFacts(image, facts);
    else this.#facts.set(key, facts);
  }

  addJoints(message: JointMessage): void {
    this.#kinematics?.addJoints(jointsFromMessage(message));
  }

  addTransforms(message: unknown, isStatic: boolean): void {
    const truth = this.#truth;
    if (truth === undefined && this.#kinematics === undefined) return;
    const transforms = transformsFromRos(message);
    this.#kinematics?.addTransforms(transforms, isStatic);
    truth?.add(transforms, isStatic);
    this.#resolve(false);
  }

  finish(outcome: KnownOutcome): EvaluatedEpisode[] {
    this.#resolve(true);
    const truths = this.#kinematics?.judge();
    return [...this.#episodes.values()].map((episode) => {
      const { name, camera, model, task, columns } = episode;
      const about = { name, camera, model, source: this.#where };
      const judged = this.#isJudged(episode) ? this.#task : undefined;
      const notes = this.#notesOf(episode);
      return columns.finish(about, task, judged, outcome, truths?.get(name) ?? [], notes);
    });
  }

  #episodeOf(
    { episode, camera, model, task }: RewardMessage,
    eye: string,
    attempt: Attempt,
  ): EpisodeInReading {
    const key = JSON.stringify([eye, episode, attempt.number, task]);
    const known = this.#episodes.get(key);
    if (known) return known;
    const name = attempt.number === 1 ? episode : `${episode} (${attempt.number})`;
    const about = { name, camera, model, task };
    const columns = new EpisodeColumns();
    const made = { ...about, columns, stamps: new Set<bigint>(), measured: new Set<string>() };
    const found = { ...made, doubled: 0 };
    this.#episodes.set(key, found);
    return found;
  }

  /** A measurement of another task may have the same name and ask for another thing. */
  #isJudged({ task }: EpisodeInReading): boolean {
    return (
      this.#task !== undefined && (this.#task.episodes !== undefined || task === this.#task.name)
    );
  }

  #notesOf({ task, measured, stamps, doubled }: EpisodeInReading): string[] {
    const notes: string[] = [];
    if (this.#task === undefined) {
      notes.push(
        "the recording does not contain its task, so nothing is compared with a truth: give the task file with --task",
      );
    } else if (task !== this.#task.name && this.#task.episodes === undefined) {
      notes.push(
        `its rewards are of the task "${task}", and are not compared with a truth of "${this.#task.name}": ` +
          "give their own task file with --task",
      );
    } else {
      const missing = this.#task.measurements.filter(({ name }) => !measured.has(name));
      if (missing.length > 0 && stamps.size > 0) {
        notes.push(
          `its rewards have no ${missing.map(({ name }) => name).join(", ")}, which the task asks for, but ` +
            `${[...measured].join(", ") || "no measurement"}: they were made with other questions`,
        );
      }
    }
    if (doubled > 0) {
      notes.push(
        `${doubled} rewards at a stamp that had one already were passed over: the topic was recorded twice, or stamps are not set`,
      );
    }
    return notes;
  }

  #runOf(eye: string, attempt: Attempt, stampNs: bigint): number {
    const before = this.#runs.get(eye);
    if (before?.attempt === attempt) return before.run;
    const run = this.#truth?.runOf(stampNs, before?.run) ?? 0;
    this.#runs.set(eye, { attempt, run });
    return run;
  }

  /** @param isEnd whether no transform comes any more */
  #resolve(isEnd: boolean): void {
    this.#waiting = this.#waiting.filter((image) => !this.#settle(image, isEnd));
  }

  /** Adds the truth of an image; false where it has to wait for more transforms. */
  #settle(image: ImageInReading, isEnd: boolean): boolean {
    const [truth, task] = [this.#truth, this.#task];
    if (!truth || !task) return true;
    if (!isEnd && !truth.isSettled(image)) return false;
    image.columns.addTruth(image.index, task, truth.posesAt(image), truth.decoysOf);
    return true;
  }
}

function addFacts(image: ImageInReading, facts: FactsMessage): void {
  image.columns.addFacts(image.index, facts);
  image.hasFacts = true;
}

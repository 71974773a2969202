import { UserError } from "../base/index.js";
import {
  type FramePose,
  type JointMessage,
  jointsFromMessage,
  type StampedTransform,
  TransformBuffer,
  transformsFromRos,
} from "../camera/index.js";
import type { Bag } from "../sources/index.js";
import { type Measurement, parseRecordedTask, type Task } from "../task/index.js";
import {
  type Decoy,
  EpisodeColumns,
  type EvaluatedEpisode,
  type KnownOutcome,
} from "./EpisodeColumns.js";
import { KinematicImages } from "./KinematicImages.js";
import {
  FACTS_TYPE,
  type FactsMessage,
  parseFacts,
  parseReward,
  REWARD_TYPE,
} from "./rewardMessages.js";

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
  const types = new Set([REWARD_TYPE, FACTS_TYPE]);
  const ours = bag.info.topics.filter(({ type }) => types.has(type)).map(({ name }) => name);
  for await (const message of bag.messages({
    topics: [...ours, ...joints, "/tf", "/tf_static"],
  })) {
    if (message.type === REWARD_TYPE) reading.addReward(message.decode());
    else if (message.type === FACTS_TYPE) reading.addFacts(message.decode());
    else if (joints.has(message.topic)) reading.addJoints(message);
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
  readonly #kinematics: KinematicImages | undefined;
  readonly #episodes = new Map<string, EpisodeInReading>();
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
    if (this.#truth) this.#waiting.push(image);
    this.#kinematics?.add({ ...image, camera, episode: name });
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

  addJoints(message: JointMessage): void {
    this.#kinematics?.addJoints(jointsFromMessage(message));
  }

  addTransforms(message: unknown, isStatic: boolean): void {
    const truth = this.#truth;
    if (truth === undefined && this.#kinematics === undefined) return;
    const transforms = transformsFromRos(message);
    this.#kinematics?.addTransforms(transforms, isStatic);
    if (truth === undefined) return;
    truth.add(transforms, isStatic);
    const open = this.#waiting.findIndex(
      ({ frameId, stampNs }) => !truth.isSettled(frameId, stampNs),
    );
    this.#resolve(open < 0 ? this.#waiting.length : open);
  }

  finish(outcome: KnownOutcome): EvaluatedEpisode[] {
    this.#resolve(this.#waiting.length);
    const notes = this.#kinematics?.judge();
    return [...this.#episodes.values()].map(({ name, camera, model, task, columns }) => {
      const about = { name, camera, model, source: this.#where };
      return columns.finish(about, task, this.#task, outcome, notes?.get(name) ?? []);
    });
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

/** How far behind the newest transform an image may be and still find its poses. */
const KEEP_NS = 30_000_000_000n;
/** Poses that have not come by then will not come. */
const PATIENCE_NS = 2_000_000_000n;

/** The poses of a task's objects from /tf, and what else in the scene a question could be about. */
export class TruthSource {
  readonly #buffer = new TransformBuffer({ keepNs: KEEP_NS });
  readonly #parents = new Map<string, string>();
  readonly #moving = new Set<string>();
  readonly #task: Task;
  #newestNs = 0n;

  constructor(task: Task) {
    this.#task = task;
  }

  add(transforms: readonly StampedTransform[], isStatic: boolean): void {
    this.#buffer.add(transforms, isStatic);
    for (const { parentFrame, childFrame, stampNs } of transforms) {
      this.#parents.set(childFrame, parentFrame);
      if (isStatic) continue;
      this.#moving.add(childFrame);
      if (stampNs > this.#newestNs) this.#newestNs = stampNs;
    }
  }

  /** Whether waiting for more transforms can no longer change `posesAt`. */
  isSettled(frameId: string, stampNs: bigint): boolean {
    return (
      this.#newestNs > stampNs + PATIENCE_NS ||
      this.#taskFrames().every((frame) => this.#buffer.isSettled(frameId, frame, stampNs))
    );
  }

  /** Poses in the optical frame at the stamp, of the task's objects and all decoys. */
  posesAt(frameId: string, stampNs: bigint): ReadonlyMap<string, FramePose> {
    const decoys = this.#task.measurements.flatMap((measurement) => this.decoysOf(measurement));
    const frames = new Set([...this.#taskFrames(), ...decoys.map(({ frame }) => frame)]);
    return new Map(
      [...frames].map((frame) => [frame, this.#buffer.lookup(frameId, frame, stampNs)]),
    );
  }

  /**
   * The other objects of the task that have a frame; if it has none, the moving frames beside the
   * object's own in the TF tree, which are the scene's other objects.
   */
  decoysOf = (measurement: Measurement): readonly Decoy[] => {
    const { subject, object } = measurement;
    if (object?.frame === undefined) return [];
    const asked = new Set([subject.frame, object.frame, this.#task.support?.frame]);
    const named = [...this.#task.objects.values()].flatMap(({ name, frame }) =>
      frame === undefined || asked.has(frame) ? [] : [{ name, frame }],
    );
    if (named.length > 0) return named;
    const parent = this.#parents.get(object.frame);
    return [...this.#moving]
      .filter((frame) => this.#parents.get(frame) === parent && !asked.has(frame))
      .map((frame) => ({ name: frame, frame }));
  };

  #taskFrames(): string[] {
    const objects = [...this.#task.objects.values(), this.#task.support];
    return [...new Set(objects.flatMap((object) => object?.frame ?? []))];
  }
}

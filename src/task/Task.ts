import type { Vec3 } from "../base/index.js";
import type { CameraTopics, StateFrames } from "../camera/index.js";
import type { RewardExpression } from "../expression/index.js";
import type { ObjectRef, QuestionKind } from "../language/index.js";
import type { EpisodeWording } from "./readWording.js";

/** A task file, loaded and checked. */
export interface Task {
  readonly name: string;
  readonly description?: string;
  /** The file's text, kept so that outputs can carry the task they were made with. */
  readonly source: string;
  readonly objects: ReadonlyMap<string, ObjectRef>;
  /** The table top or floor: gives "up" to the questions that need it. */
  readonly support?: ObjectRef;
  /** Empty if the file names none: a source with one colour camera then takes that. */
  readonly cameras: readonly CameraTopics[];
  /** The robot's own kinematics, where the task names its gripper (`grasp`). */
  readonly robot?: RobotSpec;
  /** Where phrases have places for the words of an episode's task. */
  readonly wording?: EpisodeWording;
  /** How a data set's states tell where the robot's frames are. */
  readonly states?: StateFrames;
  readonly measurements: readonly Measurement[];
  /** The registered estimator that the task chooses; absent: the one that suits it. */
  readonly estimator?: string;
  readonly reward: RewardSpec;
  /** In order; empty for a task without stages. */
  readonly stages: readonly Stage[];
  /** Condition that ends an episode as a success. If the file has none: all stages done. */
  readonly success?: RewardExpression;
  /** Condition that ends an episode badly. */
  readonly failure?: RewardExpression;
  /** An episode that lasts longer ends as failed by time-out. */
  readonly timeoutS?: number;
  /** How long a missing measurement's last value may stand in for it. */
  readonly stalenessS: number;
  /**
   * What may be meant otherwise, each with its place: `pick.yaml:8:66: stages[0].until: 5 has no unit …`.
   * `loadTask` tells them as warnings of the process.
   */
  readonly warnings?: readonly string[];
  /**
   * Of a map of tasks (`loadTasks`): the task for what an episode is about. The rest is then what some
   * of them have: the columns of outputs.
   */
  readonly episodes?: readonly EpisodeTask[];
}

/** An entry of a map of tasks. */
export interface EpisodeTask {
  /** What an episode is said to be about: `pick up the <thing>`. */
  readonly pattern: string;
  readonly file: string;
  readonly task: Task;
}

/** What estimates may know of the robot: its own frames and joints, never those of objects. */
export interface RobotSpec {
  /** The object that is the robot's gripper. */
  readonly gripper: ObjectRef;
  /** Its TF frame. */
  readonly gripperFrame: string;
  /** The TF frame in which objects at rest stay at rest; absent: the root of the gripper's tree. */
  readonly fixedFrame?: string;
  /** Where the centre of a held object is, in the gripper's frame, m. */
  readonly graspPointM: Vec3;
  readonly grip: GripSpec;
  /** Names of objects whose own TF frame is evidence: they carry a tracked marker. */
  readonly tracked: readonly string[];
  /** Lowest and highest position of the grip's joints while the gripper holds an object, by name. */
  readonly heldAt: ReadonlyMap<string, readonly [number, number]>;
  /**
   * By object on which others are put: the height over the support of the surface on which they stand
   * then, m.
   */
  readonly topM: ReadonlyMap<string, number>;
}

/**
 * How to find out from a gripper's joints whether it holds something. Its opening is the sum of the
 * joints' positions, with its sign turned where they grow as the gripper closes.
 */
export interface GripSpec {
  /** Topics with the joints' positions (sensor_msgs/JointState). */
  readonly topics: readonly string[];
  /**
   * Objects of which transforms tell that they are held, by name, with their frames; absent: the
   * joints tell.
   */
  readonly attachable?: ReadonlyMap<string, string>;
  /** Joints whose positions add up; empty: those that are named like fingers. */
  readonly joints: readonly string[];
  /** The joints grow as the gripper closes; absent: told by their names. */
  readonly closesUpwards?: boolean;
  /** Opening up to which the gripper is fully closed and holds nothing, m or rad; absent: learnt. */
  readonly closedBelow?: number;
  /** Opening from which it is open and holds nothing, m or rad; absent: learnt. */
  readonly openAbove?: number;
}

/** A named question; its filtered value is a variable of the expressions. */
export interface Measurement {
  readonly name: string;
  readonly kind: QuestionKind;
  readonly subject: ObjectRef;
  readonly object?: ObjectRef;
  /** The words to ask instead of the kind's own phrasing. */
  readonly question?: string;
  readonly filter: FilterSpec;
}

/** How a measurement is smoothed; see reward/MeasurementFilter. */
export interface FilterSpec {
  /** Samples of the median that judges outliers. 1 switches the gate off. */
  readonly medianWindow: number;
  /** A sample further than this many sigmas from both prediction and median is an outlier. */
  readonly gateSigma: number;
  /**
   * Standard deviation of the acceleration of the measured quantity, m/s²: the process noise of
   * the constant-velocity Kalman filter. Infinity: no smoothing.
   */
  readonly accelerationSigma: number;
}

/** The reward of a step is the sum of its terms. */
export interface RewardSpec {
  /** Compiled, by name. */
  readonly terms: ReadonlyMap<string, RewardExpression>;
  readonly shaping?: ShapingSpec;
  /** Added once, at the step that ends the episode in success. */
  readonly successBonus: number;
  /** Added once, at the step that ends the episode in failure (usually negative). */
  readonly failurePenalty: number;
}

/** Potential-based shaping (Ng, Harada, Russell 1999): F = scale · (gamma · Φ(s') − Φ(s)). */
export interface ShapingSpec {
  /** 0 < gamma ≤ 1: the discount of the learner. */
  readonly gamma: number;
  readonly scale: number;
  /** Φ; `progress` where the file says nothing. */
  readonly potential: RewardExpression;
}

/** A part of the task. Stage i of N covers progress i/N … (i+1)/N. */
export interface Stage {
  readonly name: string;
  /** Clamped to 0..1: how far the stage has come. */
  readonly progress: RewardExpression;
  /** Condition that ends the stage. A stage that has ended stays so, but for `lost`. */
  readonly until: RewardExpression;
  /** Condition that takes a task which is past this stage back to it: "the mug is on the table". */
  readonly lost?: RewardExpression;
}

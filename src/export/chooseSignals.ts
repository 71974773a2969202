import { closestName, UserError } from "../base/index.js";
import type { Bag, BagTopic } from "../sources/index.js";
import type { Task } from "../task/index.js";
import type { ExportMap, Signal } from "./ExportMap.js";

/** It is not clear which topics are the state or the action, or they are not there. */
class SignalChoiceError extends UserError {
  override readonly code = "export.signals";
  override readonly exitCode = 2;
}

/** Where the numbers of a data set's rows come from. */
export interface ChosenSignals {
  readonly state: readonly Signal[];
  readonly action: readonly Signal[] | "next_state";
}

/** Names that people give to what a robot is told to do. */
const COMMAND =
  /(?:^|[/_])(?:cmd|cmd_vel|commands?|actions?|targets?|goals?|setpoints?|joint_trajectory|references?|desired)(?=[/_]|$)/;

/** Types that commands have. */
const COMMAND_TYPES: ReadonlySet<string> = new Set([
  "sensor_msgs/msg/JointState",
  "trajectory_msgs/msg/JointTrajectory",
  "trajectory_msgs/msg/JointTrajectoryPoint",
  "std_msgs/msg/Float64MultiArray",
  "std_msgs/msg/Float32MultiArray",
  "std_msgs/msg/Float64",
  "std_msgs/msg/Float32",
  "geometry_msgs/msg/Twist",
  "geometry_msgs/msg/TwistStamped",
  "geometry_msgs/msg/Pose",
  "geometry_msgs/msg/PoseStamped",
  "control_msgs/msg/GripperCommand",
  "control_msgs/msg/JointJog",
]);

/**
 * The topics that the map names; where it names none, the joints that the task's gripper is read
 * from (`/joint_states`) as the state, and the only topic that is named and typed like a command as
 * the action.
 *
 * @throws SignalChoiceError that says what to give
 */
export function chooseSignals(
  { state, action }: ExportMap,
  task: Pick<Task, "robot">,
  recording: Bag | undefined,
): ChosenSignals {
  if (recording === undefined) return chooseWithoutTopics({ state, action });
  const { topics, path } = recording.info;
  const recorded = topics.filter(({ messageCount }) => messageCount > 0);
  for (const signal of [...state, ...(action === "next_state" ? [] : action)]) {
    if (signal.kind === "topic") checkTopic(signal.topic, recorded, path);
  }
  const chosen = state.length > 0 ? state : defaultState(task, recorded, path);
  if (action === "next_state" || action.length > 0) return { state: chosen, action };
  const taken = new Set(chosen.flatMap((each) => (each.kind === "topic" ? [each.topic] : [])));
  return { state: chosen, action: defaultAction(recorded, taken, path) };
}

/** A data set, a simulator: they tell joints and poses, and no commands. */
function chooseWithoutTopics({
  state,
  action,
}: Pick<ExportMap, "state" | "action">): ChosenSignals {
  const topics = [...state, ...(action === "next_state" ? [] : action)].flatMap((each) =>
    each.kind === "topic" ? [each.topic] : [],
  );
  if (topics.length > 0) {
    throw new SignalChoiceError(
      `the map names topics (${topics.join(", ")}), but only bags have topics: leave \`state\` away ` +
        "for the joints that the recording tells, or name a `frame`",
    );
  }
  if (action !== "next_state" && action.length === 0) {
    throw new SignalChoiceError(
      "the recording has no command topics: take the state of the next row as the action " +
        "(--action next-state)",
    );
  }
  return { state: state.length > 0 ? state : [{ kind: "joints" }], action };
}

function checkTopic(topic: string, recorded: readonly BagTopic[], path: string): void {
  if (recorded.some(({ name }) => name === topic)) return;
  const near = closestName(
    topic,
    recorded.map(({ name }) => name),
  );
  throw new SignalChoiceError(
    `${path} has no messages on ${topic}.` +
      (near === undefined ? "" : ` Did you mean ${near}?`) +
      ` Its topics: ${listed(recorded)}`,
  );
}

function defaultState(
  { robot }: Pick<Task, "robot">,
  recorded: readonly BagTopic[],
  path: string,
): readonly Signal[] {
  const wanted = robot?.grip.topics ?? ["/joint_states"];
  const found = wanted.filter((topic) => recorded.some(({ name }) => name === topic));
  if (found.length > 0) return found.map((topic) => ({ kind: "topic", topic }));
  const joints = recorded.filter(({ type }) => type === "sensor_msgs/msg/JointState");
  const [only, ...others] = joints.filter(({ name }) => !COMMAND.test(name));
  if (only && others.length === 0) return [{ kind: "topic", topic: only.name }];
  throw new SignalChoiceError(
    `${path}: no messages on ${wanted.join(", ")}, and so no observation.state. Name the robot's ` +
      "state in a file for --map, as\n  state: /my/joint_states\nor, where it is a TF frame,\n" +
      `  state: { frame: tool0, in: base_link }\nTopics there: ${listed(recorded)}`,
  );
}

function defaultAction(
  recorded: readonly BagTopic[],
  taken: ReadonlySet<string>,
  path: string,
): readonly Signal[] {
  const found = recorded.filter(
    ({ name, type }) => COMMAND.test(name) && COMMAND_TYPES.has(type) && !taken.has(name),
  );
  const [only, ...others] = found;
  if (only && others.length === 0) return [{ kind: "topic", topic: only.name }];
  const what =
    found.length === 0
      ? `${path} has no topic that is named and typed like a command, and so no action.`
      : `${path} has ${found.length} topics that could be the action: ${listed(found)}.`;
  throw new SignalChoiceError(
    `${what} Name it in a file for --map, as\n  action: ${only?.name ?? "/arm/joint_commands"}\n` +
      "or take the state of the next row as the action: --action next-state" +
      (found.length === 0 ? `\nTopics there: ${listed(recorded)}` : ""),
  );
}

function listed(topics: readonly BagTopic[]): string {
  return topics.map(({ name, type }) => `${name} (${type})`).join(", ");
}

import { Command } from "commander";
import { median } from "d3-array";
import { type CameraFrame, type FramePart, registerParts } from "../camera/index.js";
import type { CameraNote } from "../consistency/index.js";
import { askQuestion, isRobot, type ObjectRef, onSupport } from "../language/index.js";
import { createVlm } from "../models/index.js";
import { onlyRecording } from "../sources/index.js";
import { chosenCameras, loadTask, type Task, taskFrames } from "../task/index.js";
import {
  MODELS_TRIED,
  neverAnswers,
  sampleFrames,
  type Trial,
  tryModel,
  works,
} from "./chooseModel.js";
import { interruptible } from "./interrupt.js";
import { cameraOption } from "./options.js";

interface DoctorOptions {
  readonly task: string;
  readonly vlm?: readonly string[];
  readonly camera?: string;
}

/** `spatial-reward doctor` */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description(
      "Looks at a few images of a recording: which parts are there (depth, masks, transforms, lens), " +
        "which models answer the task's questions about them, how exact those are by our " +
        "measurements, and what one thing would improve it. Writes nothing.",
    )
    .argument("<recording>", "a recording or another source, as for `annotate`")
    .requiredOption("-t, --task <file>", "task file (YAML)")
    .option("--vlm <spec...>", "other models to try: a server or a local model")
    .addOption(cameraOption())
    .addHelpText(
      "after",
      `
Examples:
  spatial-reward doctor run1.mcap -t tasks/pick_mug.yaml
  spatial-reward doctor run1.mcap -t pick.yaml --vlm http://127.0.0.1:8000/v1#my-model

The first line that says "works" names the model that \`annotate\` uses without --vlm.`,
    )
    .action((recording: string, options: DoctorOptions) =>
      interruptible((signal) => diagnose(recording, options, signal)),
    );
}

async function diagnose(named: string, options: DoctorOptions, signal: AbortSignal): Promise<void> {
  const loaded = await loadTask(options.task);
  const task = { ...loaded, cameras: chosenCameras(loaded.cameras, options.camera) };
  const recording = await onlyRecording(named);
  const { fault, notes, silent, noDepth, remarks, ...sampled } = await sampleFrames(
    recording,
    task,
    signal,
  );
  // Depth of another camera is there if it can be carried over, masks if they can be unpacked.
  const frames = await Promise.all(sampled.frames.map(registerParts));
  const trials: Trial[] = [];
  // Clusters find what has no mask.
  const clusters = frames.every(({ labels }) => labels !== undefined) ? [] : [CLUSTERS];
  for (const spec of [...MODELS_TRIED, ...clusters, ...(options.vlm ?? [])]) {
    trials.push(await tryModel(spec, frames, task, signal));
  }
  const doubts = [
    ...notes.map(({ text }) => text),
    ...(await misplacedFrames(frames, task, notes, signal)),
  ];
  const lines = [
    `${recording}: ${frames.length} images looked at, ${task.measurements.length} questions each`,
    ...(fault === undefined ? [] : [`  an image cannot be read: ${fault}`]),
    ...(silent.length > 0 ? [`  without a single message: ${silent.join(", ")}`] : []),
    ...partLines(frames, task),
    ...remarks.map((remark) => `  note       ${remark}`),
    "",
    ...trials.flatMap(trialLines),
    "",
    ...doubts,
    ...adviceOn(trials, frames, task, doubts.length > 0, fault, noDepth),
    ...(await withoutFrames(trials, frames, task, signal)),
  ];
  console.log(lines.join("\n"));
}

type Parts = readonly (readonly [part: string, found: string])[];

/** What is there; of several cameras, under the name of each. */
function partLines(frames: readonly CameraFrame[], task: Task): readonly string[] {
  const lines = (parts: Parts, indent: string) =>
    parts.map(([part, found]) => `${indent}${part.padEnd(11)}${found}`);
  const cameras = camerasOf(frames);
  return [
    ...(cameras.length > 1
      ? cameras.flatMap((camera) => {
          const own = frames.filter((frame) => frame.camera === camera);
          return [`  ${camera}: ${own.length} images`, ...lines(imageParts(own), "    ")];
        })
      : lines(imageParts(frames), "  ")),
    ...lines(robotParts(frames, task), "  "),
  ];
}

function camerasOf(frames: readonly CameraFrame[]): readonly string[] {
  return [...new Set(frames.map(({ camera }) => camera))];
}

/** What images have, and where it is missing what the source says of that. */
function imageParts(frames: readonly CameraFrame[]): Parts {
  const count = (has: (frame: CameraFrame) => boolean) => {
    const found = frames.filter(has).length;
    if (frames.length === 0) return "no image can be read";
    return found === frames.length ? "in every image" : `in ${found} of ${frames.length} images`;
  };
  const [first] = frames;
  const why = (part: "depth" | "labels" | "info") => absence(first, part);
  return [
    ["depth", `${count(({ depth }) => depth !== undefined)}${why("depth")}`],
    ["masks", `${count(({ labels }) => labels !== undefined)}${why("labels")}`],
    ["detections", count(({ detections }) => detections !== undefined)],
    ["lens", `${count(({ info }) => info !== undefined)}${why("info")}`],
  ];
}

function absence(frame: CameraFrame | undefined, part: FramePart): string {
  const said = frame?.absent?.get(part);
  return said === undefined ? "" : `: ${said}`;
}

/** The same of what the robot tells. */
function robotParts(frames: readonly CameraFrame[], task: Task): Parts {
  const [first] = frames;
  const poses = taskFrames(task).map((name): string => {
    const found = frames.filter(({ poses }) => poses?.get(name)?.ok).length;
    return `${name} ${found}/${frames.length}`;
  });
  return [
    [
      "transforms",
      poses.length > 0
        ? `${poses.join(", ")}${absence(first, "poses")}`
        : "the task names no TF frame",
    ],
    ...(isOpeningTold(frames, task)
      ? [["gripper", openingLacked(frames, task) ?? "its joints tell how far it is open"] as const]
      : []),
  ];
}

/** Whether a source carries the robot's joints, and a task wants them. */
function isOpeningTold(frames: readonly CameraFrame[], { robot }: Task): boolean {
  const isOfJoints = robot !== undefined && robot.grip.attachable === undefined;
  return isOfJoints && frames.some(({ kinematics }) => kinematics !== undefined);
}

/** What is not told of the gripper's opening, by which the estimates know what it holds. */
function openingLacked(frames: readonly CameraFrame[], task: Task): string | undefined {
  const { robot } = task;
  if (robot === undefined || !isOpeningTold(frames, task)) return undefined;
  const { topics, joints } = robot.grip;
  const told = new Set(
    frames.flatMap(({ kinematics = [] }) => kinematics.flatMap((it) => [...it.joints.keys()])),
  );
  const of = `of ${robot.gripper.name}'s \`grasp\``;
  if (told.size === 0) {
    return `no position of a joint on ${topics.join(", ")} (\`topic\` ${of}); without it nothing tells what the gripper holds`;
  }
  const absent = joints.filter((joint) => !told.has(joint));
  return absent.length === 0
    ? undefined
    : `no joint ${absent.join(", ")} (\`joints\` ${of}) on ${topics.join(", ")}, which has ${[...told].join(", ")}; without it nothing tells what the gripper holds`;
}

/** What a TF frame may be off from the middle of its object, metres: it may be at its foot or rim. */
const OFF_M = 0.08;

/**
 * Objects whose TF frame is not where masks and depth show them: then the camera's place in TF is
 * wrong, or its joints are.
 */
async function misplacedFrames(
  frames: readonly CameraFrame[],
  task: Task,
  notes: readonly CameraNote[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const support = task.support;
  const pairs = [...task.objects.values()].flatMap(({ frame, heightM, ...seen }) =>
    frame !== undefined &&
    heightM === undefined &&
    seen.labels?.length &&
    seen.name !== support?.name
      ? [[seen, { name: `${seen.name} in TF`, phrase: `TF frame ${frame}`, frame }] as const]
      : [],
  );
  const questions = onSupport(
    pairs.map(([seen, told]) => askQuestion("distance", seen, told)),
    support,
  );
  await using vlm = await createVlm("rgbd", { signal, onNotice: () => {} });
  const offs = pairs.map((): number[] => []);
  for (const frame of frames) {
    const answers = await vlm.ask(frame, questions, signal);
    answers.forEach(({ value }, i) => {
      if (value?.shape !== "quantity" || value.sigmaM > OFF_M / 2) return;
      offs[i]?.push(value.valueM);
    });
  }
  // The gripper's is told with its axis, where the recording shows it.
  const told = notes.some(({ kind }) => kind === "gripper frame") && task.robot?.gripperFrame;
  return pairs.flatMap(([seen, { frame }], i) => {
    const offM = median(offs[i] ?? []) ?? 0;
    return offM > OFF_M && frame !== told
      ? [
          `TF frame ${frame} is ${(100 * offM).toFixed(0)} cm from where depth and masks show ${seen.phrase}: is the camera's place in TF right, and is ${frame} at the object's middle?`,
        ]
      : [];
  });
}

/** Never chosen by itself: a colour word may name the wrong thing. */
const CLUSTERS = "rgbd?masks=clusters";

/** How exact each model is by our measurements: training/RESULTS.md, on simulated tables. */
const MEASURED: Readonly<Record<string, string>> = {
  rgbd: "distances to 1 mm in exact depth, 7 mm median in a real depth camera's",
  embedded: "distances to 3 to 4 mm (median) on tables like its own; nothing is known of others",
  plane: "distances to 1 cm, 3 % median; what is lifted or on something is vague",
  [CLUSTERS]: "as rgbd, but names by colour words alone are right for about 6 of 10 things",
};

function trialLines(trial: Trial): readonly string[] {
  const { spec, asked, answered, never, sigmaM, refusals, byCamera } = trial;
  const verdict = works(trial) ? "works" : "does not work";
  const sigma = sigmaM === undefined ? "" : `, median sigma ${(100 * sigmaM).toFixed(1)} cm`;
  const measured = MEASURED[spec] ?? "its accuracy is unknown: see `calibrate`";
  return [
    `${spec.padEnd(20)} ${verdict}: ${answered} of ${asked} answered${sigma} (${measured})`,
    ...(byCamera.size > 1 && answered > 0 && answered < asked
      ? [
          `  ${[...byCamera].map(([camera, it]) => `${camera} ${it.answered} of ${it.asked}`).join(", ")}`,
        ]
      : []),
    ...(never && answered > 0 ? [`  ${neverAnswers(never)}`] : []),
    ...refusals.slice(0, 3).map(({ reason, count, detail }) => `  ${count} x ${reason}: ${detail}`),
  ];
}

/** What to use, and the one thing that would help most. */
function adviceOn(
  trials: readonly Trial[],
  frames: readonly CameraFrame[],
  task: Task,
  hasDoubts: boolean,
  fault: string | undefined,
  noDepth: readonly string[],
): readonly string[] {
  const usable = trials.find(works);
  const use = usable ? `Use --vlm ${usable.spec}.` : "No model that was tried works.";
  const rgbd = trials.find(({ spec }) => spec === "rgbd");
  const contradiction = trials
    .flatMap(({ refusals }) => refusals)
    .find(({ reason }) => reason === "contradiction");
  if (contradiction)
    return [`First set right what contradicts itself: ${ended(contradiction.detail)}`, use];
  if (hasDoubts) return [`${use} First see to what is said above.`];
  if (rgbd && rgbd.answered === rgbd.asked && rgbd.asked > 0) {
    const opening = openingLacked(frames, task);
    const [lacks] = [
      ...(task.support ? [] : ["a `support` in the task, on which centres are more exact"]),
      ...transformsLacked(frames, task),
      ...(opening === undefined ? [] : [`what tells the gripper's opening: ${opening}`]),
    ];
    return lacks === undefined
      ? [`${use} Nothing is missing.`]
      : [use, `What would help most: ${ended(lacks)}`];
  }
  const [lacking, ...all] = [...camerasOf(frames)].sort(
    (a, b) => answeredOf(rgbd, a) - answeredOf(rgbd, b),
  );
  const own = frames.filter(({ camera }) => camera === lacking);
  const [best, ...others] = missingParts(own, trials, task, fault, noDepth);
  const of = all.length > 0 ? ` ${lacking}` : "";
  return [
    use,
    `What would help${of} most: ${ended(best ?? "a calibration (`calibrate`)")}`,
    ...others.map((other) => `  Or: ${ended(other)}`),
  ];
}

function answeredOf(trial: Trial | undefined, camera: string): number {
  return trial?.byCamera.get(camera)?.answered ?? 0;
}

/** TF comes before clusters and tells no size: whether clusters would answer without the TF frames of things. */
async function withoutFrames(
  trials: readonly Trial[],
  frames: readonly CameraFrame[],
  task: Task,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const clusters = trials.find(({ spec }) => spec === CLUSTERS);
  const things = [...task.objects.values()].filter(
    (ref) => ref.frame !== undefined && ref.name !== task.support?.name && !isRobot(ref),
  );
  if (!clusters || works(clusters) || things.length === 0) return [];
  const names = new Set(things.map(({ name }) => name));
  const bare = ({ frame, ...ref }: ObjectRef): ObjectRef =>
    frame === undefined || names.has(ref.name) ? ref : { ...ref, frame };
  const measurements = task.measurements.map(({ subject, object, ...it }) => ({
    ...{ ...it, subject: bare(subject) },
    ...(object && { object: bare(object) }),
  }));
  const trial = await tryModel(CLUSTERS, frames, { ...task, measurements }, signal);
  if (!works(trial)) return [];
  return [
    `  Or: --vlm '${CLUSTERS}', which answers ${trial.answered} of ${trial.asked} where the task gives ` +
      `${[...names].join(", ")} no \`frame\`.`,
  ];
}

/** With a full stop, where it does not end a sentence yet. */
function ended(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

/** The best first, then what helps instead. */
function missingParts(
  frames: readonly CameraFrame[],
  trials: readonly Trial[],
  task: Task,
  fault: string | undefined,
  noDepth: readonly string[],
): readonly string[] {
  const [frame] = frames;
  if (frame === undefined)
    return [fault === undefined ? "a recording with images" : `to mend this: ${fault}`];
  const model =
    "a vision-language model (--vlm http://HOST:PORT/v1#MODEL), whose lengths are rough";
  // A data set holds what was put in: nothing can be recorded beside it.
  if (frame.row && !(frame.depth && frame.info)) {
    const maps = frame.depth ? "" : "depth maps of the camera in the data set and ";
    return [
      `${maps}the camera's field of view, with a detector: --vlm 'rgbd?masks=FOLDER&fov=DEGREES'`,
      "without depth, --vlm 'plane?boxes=FOLDER&fov=DEGREES&camera_height=METRES&tilt=DEGREES' for what stands on a table",
      model,
    ];
  }
  const byName = (name: string) => trials.find(({ spec }) => spec === name);
  // What is there in some images is missing for a reason, which rgbd says.
  if (!frames.some(({ depth }) => depth)) {
    const lens = frame.info ? "its" : "the color image's and its";
    const plane = byName("plane");
    return [
      frame.absent?.get("depth") ??
        (noDepth.length > 0
          ? `depth as 16UC1 (mm) or 32FC1 (m): no depth is ${noDepth.join(", ")}`
          : undefined) ??
        `record the depth image, aligned to the color image, with ${lens} camera_info`,
      ...(plane && !works(plane)
        ? [`without depth, --vlm plane${planeLacks(frames, task, plane)}`]
        : []),
      model,
    ];
  }
  if (!frame.info) {
    const given = "give the field of view: --vlm 'rgbd?fov=69'";
    const why = frame.absent?.get("info");
    return why === undefined ? [`record camera_info, or ${given}`] : [why, given];
  }
  const rgbd = byName("rgbd");
  const why = rgbd?.never ?? rgbd?.refusals[0];
  const clusters = byName(CLUSTERS);
  const byClusters = clusters && works(clusters) ? [`until then --vlm '${CLUSTERS}'`] : [];
  if (!frame.labels && !frame.detections)
    return [
      ...(clusters?.refusals.every(({ reason }) => reason === "no_transform")
        ? transformsLacked(frames, task).map((lacked) => `${lacked}; with them --vlm '${CLUSTERS}'`)
        : []),
      "instance masks or detections of the objects, or their own TF frames in the task, if they are tracked",
      ...byClusters,
    ];
  if (rgbd?.refusals[0]?.reason === "no_plane")
    return task.support
      ? [rgbd.refusals[0].detail, ...byClusters]
      : ["a `support` in the task, with its label or detector class"];
  return why ? [why.detail, ...byClusters] : [];
}

/**
 * TF frames of the task that no image has, else those that some have not, and why; of a source that
 * can hold transforms.
 */
function transformsLacked(frames: readonly CameraFrame[], task: Task): readonly string[] {
  if (frames[0]?.absent?.has("poses")) return [];
  const without = (name: string) => frames.filter(({ poses }) => !poses?.get(name)?.ok);
  const lost = taskFrames(task).filter((name) => without(name).length > 0);
  const never = lost.filter((name) => without(name).length === frames.length);
  const named = never.length > 0 ? never : lost;
  const [first] = named;
  if (first === undefined) return [];
  const some = without(first);
  const pose = some[0]?.poses?.get(first);
  const why = pose && !pose.ok ? ` (${pose.reason})` : "";
  const where = never.length > 0 ? "" : `, missing in ${some.length} of ${frames.length} images`;
  return [`the transforms of ${named.join(", ")}${where}${why}`];
}

/** What `plane` has not got, or what it says where nothing is missing. */
function planeLacks(frames: readonly CameraFrame[], { support }: Task, plane: Trial): string {
  const hasPlane = frames.some(({ poses }) => {
    const pose = support?.frame === undefined ? undefined : poses?.get(support.frame);
    return pose?.ok && support?.heightM !== undefined;
  });
  const isTold = support?.frame !== undefined && support.heightM !== undefined;
  const told = isTold
    ? `the transform of ${support.frame} (the support's frame) in the recording, or camera_height and tilt`
    : "the support's `frame` and `height` in the task, or camera_height and tilt";
  const lacks = [
    ...(frames.some(({ info }) => info) ? [] : ["camera_info (or fov=)"]),
    ...(hasPlane ? [] : [told]),
    ...(frames.some(({ labels, detections }) => labels ?? detections)
      ? []
      : ["boxes of a detector (its topic, or boxes=FOLDER)"]),
  ];
  const [refusal] = plane.refusals;
  if (lacks.length > 0) return ` with ${lacks.join("; and ")}`;
  return `, if this is mended: ${plane.never?.detail ?? refusal?.detail}`;
}

import { extname } from "node:path";
import { Command } from "commander";
import { type Bag, bagFrames, findCameras, openBag } from "../bag/index.js";
import { type CameraFrame, readImageFile } from "../camera/index.js";
import {
  describeFact,
  factOf,
  interpretQuestion,
  type ObjectRef,
  type SpatialQuestion,
} from "../spatial/index.js";
import { loadTask, type Task } from "../task/index.js";
import { UserError } from "../UserError.js";
import { createVlm } from "../vlm/index.js";
import { interruptible } from "./interrupt.js";
import { durationNs } from "./options.js";
import { vlmHelp } from "./vlmHelp.js";

interface AskOptions {
  readonly vlm: string;
  readonly at?: bigint;
  readonly task?: string;
  readonly camera?: string;
  readonly json?: boolean;
}

/** A question, or the image that it is about, cannot be made out. */
export class AskError extends UserError {}

const IMAGE_FILE = /^\.(jpe?g|png|webp)$/i;

/** `spatial-reward ask` */
export function askCommand(): Command {
  return new Command("ask")
    .summary("ask one question about an image, or an image of a recording")
    .description("Asks a spatial model one question about an image and prints the answer.")
    .argument("<input>", "an image (.jpg, .png, .webp) or a recording")
    .argument("<question>", '"How far is the gripper from the red mug?"')
    .option("--vlm <spec>", "the model that is asked, see below", "rgbd")
    .option(
      "--at <time>",
      "of a recording: the image at this time from its start (default: the first)",
      durationNs,
    )
    .option("-t, --task <file>", "task file whose objects the question speaks of")
    .option("--camera <topic>", "colour topic, where a recording has several cameras")
    .option("--json", "print a JSON object")
    .addHelpText(
      "after",
      `
${vlmHelp()}

Examples:
  spatial-reward ask photo.jpg "How far is the gripper from the red mug?" --vlm http://127.0.0.1:8000/v1#my-model
  spatial-reward ask run1.mcap "How high is the red mug above the table?" --at 3.2 --vlm rgbd

The exit code is 1 where the model gives no value.`,
    )
    .action((input: string, question: string, options: AskOptions) =>
      interruptible((signal) => ask(input, question, options, signal)),
    );
}

async function ask(
  input: string,
  text: string,
  options: AskOptions,
  signal: AbortSignal,
): Promise<void> {
  const task = options.task === undefined ? undefined : await loadTask(options.task);
  const frame = await frameOf(input, task, options);
  if (frame.fault !== undefined) throw new AskError(frame.fault);
  const objects = task ? [...task.objects.values()] : namedObjects(frame);
  const understood = interpretQuestion(text, objects);
  // What names no known object is still a question to a model that reads words.
  const question: SpatialQuestion =
    understood.kind === "problem" ? { kind: "open", text } : understood;
  const support = task?.support ?? objects.find(({ phrase }) => /\b(table|floor)\b/.test(phrase));

  const vlm = await createVlm(options.vlm, { support });
  try {
    const [answer] = await vlm.ask(frame, [question], signal);
    if (understood.kind === "problem" && answer!.refusal?.reason === "unsupported_question") {
      throw new AskError(`"${text}": ${understood.detail}`);
    }
    const fact = factOf(frame, "", answer!);
    console.log(
      options.json
        ? JSON.stringify({
            stamp_ns: frame.stampNs.toString(),
            camera: frame.camera,
            question: text,
            kind: fact.relation,
            subject: fact.subject,
            object: fact.object,
            answer: answer!.text,
            value: answer!.value ?? null,
            refusal: answer!.refusal ?? null,
            model: answer!.model,
            latency_ms: answer!.latencyMs,
          })
        : describeFact(fact),
    );
    if (answer!.refusal) process.exitCode = 1;
  } finally {
    await vlm.close();
  }
}

async function frameOf(
  input: string,
  task: Task | undefined,
  options: AskOptions,
): Promise<CameraFrame> {
  if (IMAGE_FILE.test(extname(input))) return readImageFile(input);
  const bag = await openBag(input);
  try {
    return await frameAt(bag, task, options);
  } finally {
    await bag.close();
  }
}

/** How long before the wanted time reading begins, so that latched and slow topics are there. */
const RUN_UP_NS = 2_000_000_000n;

/** The last image at or before a time from the recording's start; else the first after it. */
async function frameAt(
  bag: Bag,
  task: Task | undefined,
  options: AskOptions,
): Promise<CameraFrame> {
  const wanted =
    options.camera === undefined
      ? (task?.cameras ?? [])
      : [{ name: options.camera, color: options.camera }];
  const cameras = findCameras(bag.info, wanted);
  const atNs = bag.info.startNs + (options.at ?? 0n);
  if (atNs > bag.info.endNs) {
    const seconds = Number(bag.info.endNs - bag.info.startNs) / 1e9;
    throw new AskError(`${bag.info.path} ends after ${seconds.toFixed(1)} s, before --at`);
  }
  const tfFrames = [...(task?.objects.values() ?? [])].flatMap(({ frame }) => frame ?? []);
  let last: CameraFrame | undefined;
  for await (const frame of bagFrames(bag, { cameras, tfFrames, startNs: atNs - RUN_UP_NS })) {
    if (frame.stampNs > atNs && last) break;
    last = frame;
    if (frame.stampNs > atNs) break;
  }
  if (!last) throw new AskError(`${bag.info.path}: no image on ${cameras[0]!.color}`);
  return last;
}

/** The objects that the source itself names (vision_msgs/LabelInfo). */
function namedObjects(frame: CameraFrame): ObjectRef[] {
  return [...(frame.labelNames ?? [])].map(([id, name]) => ({
    name: name.replaceAll(/\W+/g, "_"),
    phrase: `the ${name}`,
    labels: [id],
  }));
}

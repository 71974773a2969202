import { Command } from "commander";
import { UserError } from "../base/index.js";
import {
  describeFact,
  factOf,
  interpretQuestion,
  onSupport,
  type SpatialQuestion,
} from "../language/index.js";
import { DEFAULT_VLM } from "../models/index.js";
import { loadTask } from "../task/index.js";
import { interruptible } from "./interrupt.js";
import { makeVlm } from "./makeVlm.js";
import { type ImageChoice, openImage, thingsIn } from "./openImage.js";
import { durationNs } from "./options.js";
import { vlmHelp } from "./vlmHelp.js";

interface AskOptions extends ImageChoice {
  readonly vlm: string;
  readonly task?: string;
  readonly json?: boolean;
}

/** A question that cannot be made out. */
export class AskError extends UserError {
  override readonly code = "question.unclear";
}

/** `spatial-reward ask` */
export function askCommand(): Command {
  return new Command("ask")
    .description("Asks a spatial model one question about an image and prints the answer.")
    .argument("<input>", "an image (.jpg, .png, .webp) or a recording")
    .argument("<question>", '"How far is the gripper from the red mug?"')
    .option("--vlm <spec>", "the model that is asked, see below", DEFAULT_VLM)
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
  const frame = await openImage(input, task, options);
  const { objects, support } = thingsIn(frame, task);
  const understood = interpretQuestion(text, objects);
  // What names no known object is still a question to a model that reads words.
  const question: SpatialQuestion =
    understood.kind === "problem" ? { kind: "open", text } : understood;

  const vlm = await makeVlm(options.vlm, { signal });
  try {
    const [answer] = await vlm.ask(frame, onSupport([question], support), signal);
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

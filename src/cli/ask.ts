import { Command } from "commander";
import { UserError } from "../base/index.js";
import { type CalibratedLength, type Calibration, calibrated } from "../estimate/index.js";
import {
  describeFact,
  factOf,
  formatQuantity,
  interpretQuestion,
  isQuestionKind,
  kindInfo,
  onSupport,
  type QuantityKind,
  type SpatialAnswer,
  type SpatialQuestion,
} from "../language/index.js";
import { DEFAULT_VLM } from "../models/index.js";
import { loadTask, thingsIn } from "../task/index.js";
import { interruptible } from "./interrupt.js";
import { calibrationFor, makeVlm } from "./makeVlm.js";
import { type ImageChoice, openImage } from "./openImage.js";
import { cameraOption, durationNs } from "./options.js";
import { vlmHelp } from "./vlmHelp.js";

interface AskOptions extends ImageChoice {
  readonly vlm: string;
  readonly task?: string;
  readonly calibration?: string;
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
    .option("--vlm <spec>", "the model to ask, see below", DEFAULT_VLM)
    .option(
      "--at <time>",
      "for a recording: the image at this time after its start (default: the first)",
      durationNs,
    )
    .option("-t, --task <file>", "task file with the objects of the question")
    .addOption(cameraOption())
    .option(
      "--calibration <file>",
      "what the model's lengths mean and are worth: made by `calibrate` for this model and prompt",
    )
    .option("--json", "print a JSON object")
    .addHelpText(
      "after",
      () => `
${vlmHelp()}

Examples:
  spatial-reward ask photo.jpg "How far is the gripper from the red mug?" --vlm http://127.0.0.1:8000/v1#my-model
  spatial-reward ask run1.mcap "How high is the red mug above the table?" --at 3.2 --vlm rgbd

The exit code is 1 if the model gives no value.`,
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

  const vlm = await makeVlm(options.vlm, { signal, waits: true });
  try {
    const calibration = await calibrationFor(vlm, options.calibration);
    const [answer] = await vlm.ask(frame, onSupport([question], support), signal);
    if (understood.kind === "problem" && answer!.refusal?.reason === "unsupported_question") {
      throw new AskError(`"${text}": ${understood.detail}`);
    }
    const fact = factOf(frame, "", answer!);
    const length = calibration && lengthOf(calibration, answer!);
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
            ...(calibration && { calibrated: length ? jsonOf(length) : null }),
            model: answer!.model,
            latency_ms: answer!.latencyMs,
          })
        : [
            describeFact(fact),
            ...(length ? [inWords(length, fact.relation.endsWith("_difference"))] : []),
          ].join("\n"),
    );
    if (answer!.refusal) process.exitCode = 1;
  } finally {
    await vlm.close();
  }
}

/** What the answer means by the calibration, where it is a length. */
function lengthOf(
  calibration: Calibration,
  { question, value, reliability }: SpatialAnswer,
): CalibratedLength | undefined {
  const { kind } = question;
  if (value?.shape !== "quantity" || !isQuestionKind(kind)) return undefined;
  if (kindInfo(kind).shape !== "quantity") return undefined;
  const ownSigmaM = reliability ? 0 : value.sigmaM;
  return calibrated(calibration, kind as QuantityKind, value.valueM, ownSigmaM);
}

function inWords(
  { valueM, sigmaM, width95M, isInRange }: CalibratedLength,
  isSigned: boolean,
): string {
  const low = isSigned ? valueM - width95M : Math.max(0, valueM - width95M);
  const range = isInRange ? "" : "; outside of the lengths that it was calibrated with";
  return (
    `calibrated: ${formatQuantity(valueM, sigmaM)} (95 %: ` +
    `${formatQuantity(low)} to ${formatQuantity(valueM + width95M)}${range})`
  );
}

function jsonOf({ valueM, sigmaM, width68M, width95M, isInRange }: CalibratedLength) {
  return {
    value_m: valueM,
    sigma_m: sigmaM,
    width_68_m: width68M,
    width_95_m: width95M,
    in_range: isInRange,
  };
}

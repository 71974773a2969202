import { Command } from "commander";
import { claimOutputs, keepInputs, writeWhole } from "../base/index.js";
import { DEFAULT_VLM } from "../models/index.js";
import { settingNames } from "../models/specs.js";
import {
  createReasoner,
  DEFAULT_REASON_LIMITS,
  PLANNER,
  reason,
  reasonerSettings,
  sayEnding,
  sayTurn,
  type Transcript,
  transcriptDocument,
} from "../reason/index.js";
import { loadTask, thingsIn } from "../task/index.js";
import { interruptible } from "./interrupt.js";
import { makeVlm } from "./makeVlm.js";
import { type ImageChoice, openImage } from "./openImage.js";
import { cameraOption, durationNs, overwriteOption, wholeNumber } from "./options.js";
import { vlmHelp } from "./vlmHelp.js";

interface ReasonCommandOptions extends ImageChoice {
  readonly llm: string;
  readonly vlm: string;
  readonly task?: string;
  readonly output?: string;
  readonly overwrite: boolean;
  readonly turns: number;
  readonly tokens: number;
  readonly time: number;
  readonly json?: boolean;
}

const { turns, tokens, timeS } = DEFAULT_REASON_LIMITS;

/** `spatial-reward reason` */
export function reasonCommand(): Command {
  return new Command("reason")
    .description(
      "A language model that does not see the image splits the question into steps, asks the spatial\n" +
        "model turn by turn, uses a calculator, and draws a conclusion. Prints every step.",
    )
    .argument("<input>", "an image (.jpg, .png, .webp) or a recording")
    .argument("<question>", '"Do the three cans form an isosceles triangle, to within 10 cm?"')
    .requiredOption("--llm <spec>", "the language model, see below")
    .option("--vlm <spec>", "the spatial model that sees the image, see below", DEFAULT_VLM)
    .option(
      "--at <time>",
      "for a recording: the image at this time after its start (default: the first)",
      durationNs,
    )
    .option("-t, --task <file>", "task file with the objects of the questions")
    .addOption(cameraOption())
    .option("-o, --output <file>", "write the transcript as JSON")
    .addOption(overwriteOption())
    .option("--turns <n>", "maximum number of turns of the language model", wholeNumber(1), turns)
    .option(
      "--tokens <n>",
      "maximum number of tokens in all prompts and replies",
      wholeNumber(1),
      tokens,
    )
    .option("--time <seconds>", "time limit, seconds", wholeNumber(1), timeS)
    .option("--json", "print only the transcript, as JSON")
    .addHelpText(
      "after",
      () => `
Language models (--llm):
  http://HOST:PORT/v1[#MODEL]
      behind an OpenAI-compatible server; tools=auto|on|off says whether it calls tools or writes
      plain text (default: tools if the server supports them)
      settings: ${settingNames(reasonerSettings).join(", ")}
  ${PLANNER}
      no language model: rules that know only the questions of \`evaluate reasoning\`

${vlmHelp()}

Examples:
  spatial-reward reason run1.mcap "Do the three cans form an isosceles triangle, to within 10 cm?" --llm http://127.0.0.1:8000/v1#qwen3 -t cans.yaml --at 3.2
  spatial-reward reason photo.jpg "Which of the mug, the can and the box is nearest to the plate?" --llm http://127.0.0.1:8000/v1#qwen3 --vlm http://127.0.0.1:8001/v1#space-model -o transcript.json

The exit code is 1 if there is no answer.`,
    )
    .action((input: string, question: string, options: ReasonCommandOptions) =>
      interruptible((signal) => runReason(input, question, options, signal)),
    );
}

async function runReason(
  input: string,
  question: string,
  options: ReasonCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  if (options.output !== undefined) {
    await keepInputs(
      [input, options.vlm, ...(options.task === undefined ? [] : [options.task])],
      [options.output],
    );
    await claimOutputs([options.output], { by: "reason", overwrite: options.overwrite });
  }
  const task = options.task === undefined ? undefined : await loadTask(options.task);
  const reasoner = await createReasoner(options.llm, signal);
  const frame = await openImage(input, task, options);
  const { objects, support } = thingsIn(frame, task);
  const vlm = await makeVlm(options.vlm, { signal, waits: true });
  const { turns, tokens, time: timeS, json } = options;
  const print = (text: string) => void (json || process.stdout.write(text));
  let transcript: Transcript;
  try {
    print(`${question}\n\n`);
    transcript = await reason(
      question,
      {
        frame,
        vlm,
        reasoner,
        objects,
        support,
        limits: { turns, tokens, timeS },
        onTurn: (turn, number) => print(sayTurn(turn, number)),
      },
      signal,
    );
  } finally {
    await vlm.close();
  }
  print(`\n${sayEnding(transcript)}`);
  const document = JSON.stringify(transcriptDocument(transcript), undefined, 2);
  if (json) console.log(document);
  if (options.output !== undefined) await writeWhole(options.output, `${document}\n`);
  if (!transcript.conclusion) process.exitCode = 1;
}

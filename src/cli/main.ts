#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { UserError } from "../base/index.js";
import { annotateCommand } from "./annotate.js";
import { askCommand } from "./ask.js";
import { bagInfoCommand } from "./bagInfo.js";
import { datasetInspectCommand } from "./datasetInspect.js";
import { datasetSynthesizeCommand } from "./datasetSynthesize.js";
import { demoCommand } from "./demo.js";
import { evaluateAnswersCommand } from "./evaluateAnswers.js";
import { evaluateReasoningCommand } from "./evaluateReasoning.js";
import { evaluateRewardsCommand } from "./evaluateRewards.js";
import { INTERRUPTED_EXIT_CODE, Interrupted } from "./interrupt.js";
import { nodeCommand } from "./node.js";
import { reasonCommand } from "./reason.js";
import { simNodeCommand } from "./simNode.js";
import { simRecordCommand } from "./simRecord.js";
import { taskCheckCommand } from "./taskCheck.js";

const { version } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string };

/** Exit code of a command line that makes no sense. */
const USAGE_EXIT_CODE = 2;

const program = new Command("spatial-reward")
  .description(
    "Dense rewards and spatial facts from camera images: asks a spatial vision-language model " +
      "metric questions about the images of recordings and simulators.",
  )
  .version(version)
  .showHelpAfterError("(see --help)")
  .configureHelp({ showGlobalOptions: false })
  .addCommand(demoCommand())
  .addCommand(annotateCommand())
  .addCommand(askCommand())
  .addCommand(reasonCommand())
  .addCommand(nodeCommand())
  .addCommand(
    new Command("task").description("work with task files").addCommand(taskCheckCommand()),
  )
  .addCommand(new Command("bag").description("look into recordings").addCommand(bagInfoCommand()))
  .addCommand(
    new Command("sim")
      .description("simulate episodes")
      .addCommand(simRecordCommand())
      .addCommand(simNodeCommand()),
  )
  .addCommand(
    new Command("dataset")
      .description("make and look into question-answer data")
      .addCommand(datasetSynthesizeCommand())
      .addCommand(datasetInspectCommand()),
  )
  .addCommand(
    new Command("evaluate")
      .description("measure quality")
      .addCommand(evaluateRewardsCommand())
      .addCommand(evaluateAnswersCommand())
      .addCommand(evaluateReasoningCommand()),
  );

// A reader that goes away (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

for (const command of withSubcommands(program)) command.exitOverride();
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
  } else if (error instanceof Interrupted) {
    console.error(error.message);
    process.exitCode = INTERRUPTED_EXIT_CODE;
  } else if (error instanceof UserError) {
    console.error(`error: ${error.message}`);
    process.exitCode = error.exitCode;
  } else {
    throw error;
  }
}

function* withSubcommands(command: Command): Generator<Command> {
  yield command;
  for (const subcommand of command.commands) yield* withSubcommands(subcommand);
}

#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { UserError } from "../base/index.js";
import { addCommands } from "./commands.js";
import { INTERRUPTED_EXIT_CODE, Interrupted } from "./interrupt.js";

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
  .showHelpAfterError("(see --help)");

await addCommands(program, process.argv.slice(2));

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

import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { UserError } from "../base/index.js";
import { addCommands } from "./commands.js";
import { INTERRUPTED_EXIT_CODE, Interrupted } from "./interrupt.js";

/** Exit code of a command line that makes no sense. */
const USAGE_EXIT_CODE = 2;

/**
 * Runs one command line to its end and leaves its exit code in `process.exitCode`. An error that
 * a user can do something about is printed; any other is thrown.
 *
 * @param args the words after the program's name
 */
export async function runCli(args: readonly string[]): Promise<void> {
  const program = new Command("spatial-reward")
    .description(
      "Dense rewards and spatial facts from camera images: asks a spatial vision-language model " +
        "metric questions about the images of recordings and simulators.",
    )
    .version(packageVersion())
    .showHelpAfterError("(see --help)");
  await addCommands(program, args);
  for (const command of withSubcommands(program)) command.exitOverride();
  try {
    await program.parseAsync(args, { from: "user" });
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
}

function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

function* withSubcommands(command: Command): Generator<Command> {
  yield command;
  for (const subcommand of command.commands) yield* withSubcommands(subcommand);
}

import { Command, CommanderError } from "commander";
import {
  describeSystemError,
  noteName,
  packageVersion,
  printable,
  refuseSpecialFile,
  refuseSystemFolder,
  UserError,
} from "../base/index.js";
import { addCommands } from "./commands.js";
import { INTERRUPTED_EXIT_CODE, Interrupted } from "./interrupt.js";

/** Exit code of a command line that makes no sense. */
const USAGE_EXIT_CODE = 2;
/** The work failed. */
const FAILED_EXIT_CODE = 1;

/**
 * Runs one command line to its end and leaves its exit code in `process.exitCode`. An error that
 * a user can do something about is printed; any other is thrown.
 *
 * @param words the words after the program's name
 */
export async function runCli(words: readonly string[]): Promise<void> {
  const restore = printPlainly();
  try {
    await runCommand(words);
  } finally {
    restore();
  }
}

/**
 * Nothing that names or answers contain gets to the terminal but text. Progress bars write to
 * stderr themselves; all else there goes through the console.
 */
function printPlainly(): () => void {
  const { write } = process.stdout;
  const { error } = console;
  process.stdout.write = ((chunk: Uint8Array | string, ...rest: never[]) =>
    write.call(
      process.stdout,
      typeof chunk === "string" ? printable(chunk) : chunk,
      ...rest,
    )) as typeof write;
  console.error = (...said: unknown[]) =>
    error.call(console, ...said.map((each) => (typeof each === "string" ? printable(each) : each)));
  return () => {
    process.stdout.write = write;
    console.error = error;
  };
}

async function runCommand(words: readonly string[]): Promise<void> {
  for (const word of words) noteName(word);
  const { plugins, args } = takePlugins(words);
  const program = new Command("spatial-reward")
    .description(
      "Dense rewards and spatial facts from camera images: asks a spatial vision-language model " +
        "metric questions about the images of recordings and simulators.",
    )
    .version(packageVersion())
    .showHelpAfterError("(see --help)");
  program.addHelpText(
    "after",
    `
Every command takes --plugin MODULE, as often as you like: a package (my-package) or a file
(./my-model.js) that adds models, sources, output formats or estimators of its own.`,
  );
  try {
    if (plugins.length > 0) {
      const { loadPlugins } = await import("../plugins/index.js");
      await loadPlugins(plugins);
    }
    await addCommands(program, args);
    for (const command of withSubcommands(program)) command.exitOverride();
    program.hook("preAction", async (_, command) => {
      refuseEmptyWords(command);
      keepToDisk(command);
      await keepToFiles(command);
    });
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
      const line = describeSystemError(error);
      if (line === undefined) throw error;
      console.error(`error: ${line}`);
      process.exitCode = FAILED_EXIT_CODE;
    }
  }
}

/** A word of the command line that names nothing. */
class EmptyWordError extends UserError {
  override readonly code = "usage.empty";
  override readonly exitCode = USAGE_EXIT_CODE;
}

/** An empty path would be the folder that one is in. @throws EmptyWordError */
function refuseEmptyWords(command: Command): void {
  const given: readonly (readonly [string, unknown])[] = [
    ...command.registeredArguments.map(
      (argument, i) => [`<${argument.name()}>`, command.processedArgs[i]] as const,
    ),
    ...command.options.map(
      (option) => [option.long ?? option.flags, command.opts()[option.attributeName()]] as const,
    ),
  ];
  const empty = given.find(([, value]) => [value].flat().includes(""));
  if (empty === undefined) return;
  throw new EmptyWordError(`${empty[0]} is empty: is a variable of the shell not set?`);
}

/** An output at an address, and not on a disk. */
class OutputAddressError extends UserError {
  override readonly code = "output.address";
  override readonly exitCode = USAGE_EXIT_CODE;
}

/** Options of all commands that name what is written. */
const OUTPUTS = ["output", "report", "json"] as const;
/** Commands whose `--output` may lie in S3. */
const TO_S3 = ["annotate", "submit"];

/** `s3://bucket/run/` is a path too, of a folder `s3:`: nobody means that one. */
function keepToDisk(command: Command): void {
  const options: Readonly<Record<string, unknown>> = command.opts();
  const isToS3 = TO_S3.includes(command.name());
  for (const path of OUTPUTS.flatMap((name) => options[name])) {
    const [scheme] = (typeof path === "string" && /^[a-z][a-z0-9+.-]+(?=:\/\/)/i.exec(path)) || [];
    if (scheme === undefined || (isToS3 && scheme.toLowerCase() === "s3")) continue;
    throw new OutputAddressError(
      `output ${scheme}://…: outputs are written to a disk${isToS3 ? " or to s3://" : ""}. Name a folder ` +
        "there, and copy it when it is complete (docs/fleet.md, where the results go)",
    );
  }
}

/** Pipes, sockets and devices are no inputs, and no outputs. @throws SpecialFileError */
async function keepToFiles(command: Command): Promise<void> {
  const { socket: _, ...options } = command.opts();
  const words = [...command.processedArgs, ...Object.values(options)].flat();
  for (const word of words) if (typeof word === "string") await refuseSpecialFile(word);
  for (const output of OUTPUTS.flatMap((name) => command.opts()[name]))
    if (typeof output === "string") await refuseSystemFolder(output);
}

/** Takes `--plugin MODULE` out: plugins add to what commands and their options can be. */
function takePlugins(words: readonly string[]): { plugins: string[]; args: string[] } {
  const plugins: string[] = [];
  const args: string[] = [];
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const [, inline] = /^--plugin=(.+)$/.exec(word) ?? [];
    const next = words[i + 1];
    if (i < end && inline !== undefined) plugins.push(inline);
    else if (i < end && word === "--plugin" && next !== undefined) {
      plugins.push(next);
      i += 1;
    } else args.push(word);
  }
  return { plugins, args };
}

function* withSubcommands(command: Command): Generator<Command> {
  yield command;
  for (const subcommand of command.commands) yield* withSubcommands(subcommand);
}

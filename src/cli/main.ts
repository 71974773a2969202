#!/usr/bin/env node
import { OutputError, printable } from "../base/index.js";
import { runCli } from "./run.js";

/** EX_SOFTWARE of sysexits. */
const INTERNAL_EXIT_CODE = 70;

// A reader that closes the pipe (`| head`) is no error, and no reason to leave outputs unfinished.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  console.error(`error: ${new OutputError("to the standard output", error).message}`);
  process.exit(1);
});
// There is nobody left to tell.
process.stderr.on("error", () => undefined);

/** Warnings that are for who runs a command. */
const FOR_PEOPLE = new Set(["OutputLock", "TaskFile"]);

// Node adds its process number, and how to trace a warning, which is for programmers.
const byNode = process.listeners("warning");
process.removeAllListeners("warning").on("warning", (warning) => {
  if (FOR_PEOPLE.has(warning.name)) console.error(`warning: ${printable(warning.message)}`);
  else for (const print of byNode) print(warning);
});

try {
  await runCli(process.argv.slice(2));
} catch (error) {
  // A defect of this program, which a person can do nothing with but report.
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  console.error(`internal error: ${printable(message)}`);
  if (process.env.SPATIAL_REWARD_DEBUG) console.error(printable(stack ?? ""));
  else console.error("Please report it; SPATIAL_REWARD_DEBUG=1 shows where it happened.");
  process.exitCode = INTERNAL_EXIT_CODE;
}

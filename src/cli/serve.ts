import { open } from "node:fs/promises";
import { Command } from "commander";
import { UserError } from "../base/index.js";
import { DEFAULT_VLM } from "../models/index.js";
import { loadTask } from "../task/index.js";
import { calibrationFor, makeVlm } from "./makeVlm.js";
import { durationNs, port, wholeNumber } from "./options.js";
import { type Address, runServer } from "./runServer.js";
import { vlmHelp } from "./vlmHelp.js";

interface ServeCommandOptions {
  readonly task?: string;
  readonly taskFolder?: string;
  readonly vlm: string;
  readonly calibration?: string;
  readonly host: string;
  readonly port: number;
  readonly socket?: string;
  readonly tokenFile?: string;
  readonly maxSessions?: number;
  readonly maxWaiting?: number;
  readonly maxBody?: number;
  readonly idle?: bigint;
  readonly untilStdinCloses?: boolean;
}

/** A file with a token that is none. */
export class TokenFileError extends UserError {
  override readonly code = "token.file";
  override readonly exitCode = 2;
}

/** Shorter ones can be guessed. */
const LEAST_TOKEN = 16;

/** `spatial-reward serve` */
export function serveCommand(): Command {
  return new Command("serve")
    .description(
      "Serves rewards to simulators and policies, over HTTP or a Unix socket: a session for each\n" +
        "environment, an image in, a reward out. See docs/serve.md. Prints one line of JSON when it\n" +
        "listens.",
    )
    .option("-t, --task <file>", "the task of sessions that name none (YAML); see `task check`")
    .option("--task-folder <folder>", "tasks that clients may choose by name: FOLDER/NAME.yaml")
    .option("--vlm <spec>", "the model to ask, see below", DEFAULT_VLM)
    .option("--calibration <file>", "what the model's lengths mean: made by `calibrate`")
    .option("--host <address>", "any other than this machine's own needs a token", "127.0.0.1")
    .option("--port <number>", "0: any that is free", port, 8765)
    .option("--socket <path>", "listen on a Unix socket instead")
    .option(
      "--token-file <file>",
      "clients have to send its first line: Authorization: Bearer TOKEN",
    )
    .option("--max-sessions <n>", "sessions at one time (default: 256)", wholeNumber(1))
    .option("--max-waiting <n>", "steps that wait at one time (default: 256)", wholeNumber(1))
    .option("--max-body <MB>", "largest request, MB (default: 134)", wholeNumber(1))
    .option(
      "--idle <time>",
      "a session without requests ends after it (default: 15min)",
      durationNs,
    )
    .option("--until-stdin-closes", "end when the standard input does: with the parent process")
    .addHelpText(
      "after",
      () => `
${vlmHelp()}

Examples:
  spatial-reward serve --task pick.yaml
  spatial-reward serve --task-folder tasks --vlm rgbd --socket /run/user/1000/rewards.sock

SIGINT and SIGTERM end it: requests in flight are answered first (exit code 0).`,
    )
    .action((options: ServeCommandOptions) =>
      runServer(options, (signal) => start(options, signal)),
    );
}

async function start(options: ServeCommandOptions, signal: AbortSignal) {
  const { maxSessions, maxWaiting, maxBody, idle, tokenFile } = options;
  const task = options.task === undefined ? undefined : await loadTask(options.task);
  const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
  const vlm = await makeVlm(options.vlm, { signal });
  try {
    const calibration = await calibrationFor(vlm, options.calibration);
    const { serve } = await import("../serve/index.js");
    const server = await serve({
      ...{ task, token, vlm, calibration, taskFolder: options.taskFolder },
      address: addressOf(options),
      limits: {
        ...(maxSessions !== undefined && { sessions: maxSessions }),
        ...(maxWaiting !== undefined && { waiting: maxWaiting }),
        ...(maxBody !== undefined && { bodyBytes: maxBody * 1e6 }),
        ...(idle !== undefined && { idleMs: Number(idle / 1_000_000n) }),
      },
      onDefect: (error) => console.error("internal error:", error),
    });
    return {
      url: server.url,
      told: { model: vlm.id, tasks: server.tasks },
      async close() {
        await server.close();
        await vlm.close();
      },
    };
  } catch (error) {
    await vlm.close();
    throw error;
  }
}

export function addressOf({
  socket,
  host,
  port,
}: Pick<ServeCommandOptions, "socket" | "host" | "port">): Address {
  return socket === undefined ? { host, port } : { socketPath: socket };
}

/** Read, write and execute for the group and for others. */
const OTHERS = 0o077;

/**
 * The token in a file; warns where other users of the machine have access to it.
 *
 * @throws TokenFileError
 */
export async function readToken(path: string): Promise<string> {
  const { text, mode } = await contentOf(path).catch((error: NodeJS.ErrnoException) => {
    throw new TokenFileError(`cannot read the token file ${path}: ${error.code}`);
  });
  if (process.platform !== "win32" && (mode & OTHERS) !== 0) {
    const shown = (mode & 0o777).toString(8).padStart(4, "0");
    console.error(
      `warning: other users of this machine have access to the token file ${path} (mode ${shown}): ` +
        `chmod 600 ${path}`,
    );
  }
  const token = (text.split("\n")[0] ?? "").trim();
  if (/^[\x21-\x7e]+$/.test(token) && token.length >= LEAST_TOKEN) return token;
  throw new TokenFileError(
    `${path}: its first line is no token: at least ${LEAST_TOKEN} characters without spaces ` +
      "(openssl rand -hex 32)",
  );
}

async function contentOf(path: string): Promise<{ readonly text: string; readonly mode: number }> {
  await using file = await open(path);
  return { text: await file.readFile("utf8"), mode: (await file.stat()).mode };
}

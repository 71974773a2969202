import { Command } from "commander";
import { durationNs, port, wholeNumber } from "./options.js";
import { runServer } from "./runServer.js";
import { addressOf, readToken } from "./serve.js";

interface SimServeOptions {
  readonly host: string;
  readonly port: number;
  readonly socket?: string;
  readonly tokenFile?: string;
  readonly maxInstances?: number;
  readonly idle?: bigint;
  readonly untilStdinCloses?: boolean;
}

/** `spatial-reward sim serve` */
export function simServeCommand(): Command {
  return new Command("serve")
    .description(
      "Serves the table top as environments for policies, over HTTP or a Unix socket: an action in,\n" +
        "colour, depth, labels, poses and the truth out. See docs/simulator.md. Prints one line of\n" +
        "JSON when it listens.",
    )
    .option("--host <address>", "any other than this machine's own needs a token", "127.0.0.1")
    .option("--port <number>", "0: any that is free", port, 8766)
    .option("--socket <path>", "listen on a Unix socket instead")
    .option(
      "--token-file <file>",
      "clients have to send its first line: Authorization: Bearer TOKEN",
    )
    .option("--max-instances <n>", "environments at one time (default: 128)", wholeNumber(1))
    .option("--idle <time>", "a world without requests ends after it (default: 15min)", durationNs)
    .option("--until-stdin-closes", "end when the standard input does: with the parent process")
    .addHelpText(
      "after",
      `
In Python: spatial_reward.make_tabletop_env() starts it by itself (docs/simulator.md).

Example:
  spatial-reward sim serve --socket /run/user/1000/table.sock

SIGINT and SIGTERM end it: requests in flight are answered first (exit code 0).`,
    )
    .action((options: SimServeOptions) => runServer(options, () => start(options)));
}

/** MuJoCo is loaded by the first world. */
async function start({ tokenFile, maxInstances, idle, ...where }: SimServeOptions) {
  const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
  const { serveWorlds } = await import("../worlds/index.js");
  const server = await serveWorlds({
    ...{ address: addressOf(where), token },
    limits: {
      ...(maxInstances !== undefined && { instances: maxInstances }),
      ...(idle !== undefined && { idleMs: Number(idle / 1_000_000n) }),
    },
    onDefect: (error) => console.error("internal error:", error),
  });
  const { TABLETOP_TASKS } = await import("../sim/index.js");
  return { url: server.url, told: { tasks: TABLETOP_TASKS }, close: () => server.close() };
}

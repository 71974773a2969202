import { packageVersion } from "../base/index.js";
import { interruptible } from "./interrupt.js";

export type { Address } from "../http/index.js";

/** A server that has begun to listen. */
export interface Started {
  readonly url: string;
  /** What the line that says so has beside the address. */
  readonly told: Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

/**
 * Starts a server, prints `{"listening":"http://…"}` in one line when it listens, and lets it run
 * until SIGINT, SIGTERM or, where that is wanted, the end of the standard input. It closes in order
 * then, and the process ends with 0.
 */
export async function runServer(
  { untilStdinCloses = false }: { readonly untilStdinCloses?: boolean },
  start: (signal: AbortSignal) => Promise<Started>,
): Promise<void> {
  await interruptible(async (signal) => {
    const server = await start(signal);
    try {
      const version = packageVersion();
      console.log(JSON.stringify({ listening: server.url, version, ...server.told }));
      await ended(signal, untilStdinCloses);
    } finally {
      await server.close();
    }
  });
}

function ended(signal: AbortSignal, untilStdinCloses: boolean): Promise<void> {
  return new Promise((resolve) => {
    const { stdin } = process;
    const done = (): void => {
      signal.removeEventListener("abort", done);
      if (untilStdinCloses) stdin.off("end", done).off("close", done).off("error", done).pause();
      resolve();
    };
    if (signal.aborted) return done();
    signal.addEventListener("abort", done);
    if (untilStdinCloses) stdin.on("end", done).on("close", done).on("error", done).resume();
  });
}

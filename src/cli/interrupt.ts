/** Exit code of a program ended by Ctrl-C. */
export const INTERRUPTED_EXIT_CODE = 130;

/** The work was ended by SIGINT or SIGTERM. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  /** @param howToGoOn what a person can do now */
  constructor(howToGoOn?: string) {
    super(howToGoOn === undefined ? "interrupted" : `interrupted: ${howToGoOn}`);
  }
}

/**
 * Runs work that Ctrl-C stops cleanly: the first SIGINT or SIGTERM aborts the signal with
 * `Interrupted` and the work unwinds; a second one ends the process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED_EXIT_CODE);
    controller.abort(new Interrupted());
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

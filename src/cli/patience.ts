import type { Refusal } from "../language/index.js";
import {
  type DisposableVlm,
  ModelAwayError,
  patient,
  type SpatialVlm,
  wrapVlm,
} from "../models/index.js";
import { durationNs } from "./options.js";

/** How long a run waits for a model that is away, ns. */
const DEFAULT_WAIT_NS = durationNs("10min");

export const WAIT_HELP =
  "how long to wait for a model that does not answer, before the run ends (exit code 75) and can be " +
  "resumed; 0: do not wait, its refusals are results (default: 10min)";

const RESUME = "run the same command with --resume to continue";

/** A model that a run waits for, and what remains to be asked where it does not. */
export class Patience {
  readonly vlm: DisposableVlm;
  readonly #next: string;
  readonly #open = new Map<string, number>();

  /** @param next how the run goes on after it has ended without the model */
  constructor(vlm: SpatialVlm, waitNs: bigint = DEFAULT_WAIT_NS, next = RESUME) {
    this.#next = next;
    const waiting = patient(vlm, {
      waitMs: Number(waitNs / 1_000_000n),
      onWait: (detail) => console.error(`waiting for the model: ${detail}`),
      onOpen: (refusal) => this.#count(refusal),
    });
    this.vlm = wrapVlm(waiting, {
      ask: (...question) =>
        waiting.ask(...question).catch((error: unknown) => {
          if (!(error instanceof ModelAwayError)) throw error;
          const text = `${error.message}. Its answers so far are kept: ${next}`;
          throw new ModelAwayError(text, { cause: error });
        }),
    });
  }

  /** @throws ModelAwayError if images were left without an answer that another run may get. */
  check(): void {
    const counts = [...this.#open].map(([reason, count]) => `${count}× ${reason}`);
    if (counts.length === 0) return;
    throw new ModelAwayError(
      `some images have no answer, because the model was away: ${counts.join("; ")}. To ask about ` +
        `them again: ${this.#next}`,
    );
  }

  #count({ reason, detail }: Refusal): void {
    const said = `${reason}: ${detail}`;
    // A detail may be another one for each image.
    const known = this.#open.has(said) || this.#open.size < 5 ? said : reason;
    this.#open.set(known, (this.#open.get(known) ?? 0) + 1);
  }
}

import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../base/index.js";
import { isPassing, type Refusal, type SpatialAnswer } from "../language/index.js";
import type { DisposableVlm, SpatialVlm } from "./SpatialVlm.js";
import { wrapVlm } from "./wrapVlm.js";

/** Exit code of work that another run of the same command continues (EX_TEMPFAIL of sysexits). */
const TRY_AGAIN_EXIT_CODE = 75;

/** A model does not answer now; it may do so later. */
export class ModelAwayError extends UserError {
  override readonly code = "model.away";
  override readonly exitCode = TRY_AGAIN_EXIT_CODE;
}

/** A model will not answer: a wrong key, name or address. */
export class ModelRefusesError extends UserError {
  override readonly code = "model.refuses";
}

export interface PatienceOptions {
  /** How long a model may be away, ms; 0: it is not waited for, and its refusals are results. */
  readonly waitMs: number;
  /** Told once for each time that the model is away, why. */
  readonly onWait?: (detail: string) => void;
  /** Told of each frame with a refusal that another run may cure. */
  readonly onOpen?: (refusal: Refusal) => void;
  /** Waits so long, ms; for tests. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** ms; for tests. */
  readonly now?: () => number;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** So many images whose requests are all rejected, before any answer, show that none will be taken. */
const REJECTED_AT_START = 5;

/**
 * A model that is waited for: where it is away (unreachable, overrun, starting), questions are asked
 * again, with growing pauses. For work that may take its time, not for live streams.
 *
 * `ask` rejects with a ModelAwayError when the model has not answered for `waitMs` or its budget is
 * used up, and with a ModelRefusesError where time cures nothing. Closing it closes the model.
 */
export function patient(vlm: SpatialVlm, options: PatienceOptions): DisposableVlm {
  const outage = new Outage(vlm, options);
  return wrapVlm(vlm, {
    async ask(frame, questions, signal) {
      let answers = await vlm.ask(frame, questions, signal);
      for (let tries = 0; ; tries++) {
        const open = answers.flatMap(({ refusal }, i) =>
          refusal && isPassing(refusal) ? [i] : [],
        );
        const refusal = outage.judge(answers, open);
        if (refusal === undefined) return answers;
        await outage.wait(refusal, tries, signal);
        const asked = open.flatMap((i) => questions[i] ?? []);
        const again = await vlm.ask(frame, asked, signal);
        answers = answers.map((answer, i) => again[open.indexOf(i)] ?? answer);
      }
    },
  });
}

/** What is known of a model's state, over all frames that are asked about. */
class Outage {
  readonly #vlm: SpatialVlm;
  readonly #options: PatienceOptions;
  #hasAnswered = false;
  #rejected = 0;
  #sinceMs: number | undefined;

  constructor(vlm: SpatialVlm, options: PatienceOptions) {
    this.#vlm = vlm;
    this.#options = options;
  }

  /**
   * The refusal that is to be waited for; undefined where the answers stand.
   *
   * @throws ModelAwayError, ModelRefusesError
   */
  judge(answers: readonly SpatialAnswer[], open: readonly number[]): Refusal | undefined {
    const [refusal] = open.flatMap((i) => answers[i]?.refusal ?? []).sort(worstFirst);
    if (open.length < answers.length) this.#hasAnswered = true;
    if (refusal === undefined) {
      this.#sinceMs = undefined;
      this.#rejected = 0;
      return undefined;
    }
    if (refusal.outlook === "rejected") {
      this.#rejected += 1;
      if (this.#hasAnswered || this.#rejected < REJECTED_AT_START) return undefined;
      throw this.#refuses(refusal);
    }
    const isHopeless =
      refusal.outlook === "lasting" || (refusal.outlook === "unreached" && !this.#hasAnswered);
    if (isHopeless) throw this.#refuses(refusal);
    if (this.#options.waitMs === 0) {
      this.#options.onOpen?.(refusal);
      return undefined;
    }
    if (refusal.reason === "budget") throw this.#away(refusal, "is not asked any more");
    return refusal;
  }

  /** @throws ModelAwayError when it has lasted too long; the signal's reason when aborted */
  async wait(refusal: Refusal, tries: number, signal: AbortSignal): Promise<void> {
    const { waitMs, onWait, sleep = pauseFor, now = () => performance.now() } = this.#options;
    if (this.#sinceMs === undefined) onWait?.(refusal.detail);
    this.#sinceMs ??= now();
    const leftMs = this.#sinceMs + waitMs - now();
    if (leftMs <= 0) {
      throw this.#away(refusal, `has not answered for ${Math.round(waitMs / 1000)} s`);
    }
    await sleep(Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS, leftMs), signal);
  }

  #refuses({ detail }: Refusal): ModelRefusesError {
    return new ModelRefusesError(`model ${this.#vlm.id}: ${detail}`);
  }

  #away({ detail }: Refusal, how: string): ModelAwayError {
    return new ModelAwayError(`model ${this.#vlm.id} ${how}: ${detail}`);
  }
}

/** Of several questions of an image, what decides: what cures nothing before what may pass. */
const WORST: readonly Refusal["outlook"][] = ["lasting", "unreached", undefined, "rejected"];

function worstFirst(a: Refusal, b: Refusal): number {
  return WORST.indexOf(a.outlook) - WORST.indexOf(b.outlook);
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

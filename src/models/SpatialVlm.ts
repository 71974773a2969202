import type { CameraFrame, FramePart } from "../camera/index.js";
import type { SpatialAnswer, SpatialQuestion } from "../language/index.js";

/** What a model behind a server has cost so far. */
export interface VlmUsage {
  /** Sent, retries included. */
  readonly requests: number;
  /** Of those, further tries after a failure. */
  readonly retries: number;
  /** Requests that were given up, refused by an open breaker or answered with an error. */
  readonly failures: number;
  /** As the server counted them; servers that count nothing add nothing. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Questions answered without a request of their own: from disk, or by an equal one in flight. */
  readonly cacheHits: number;
  /** Answers that could not be written to the cache. */
  readonly cacheFailures: number;
  /** Of the tokens, by `price_in` and `price_out`; 0 without prices. */
  readonly cost: number;
  /** What a person should know, once each: what the server does not take, which budget is spent. */
  readonly notes: readonly string[];
}

/** A model that answers spatial questions about images: the port that every backend implements. */
export interface SpatialVlm {
  /** Names model and version in outputs: `rgbd`, `my-model@127.0.0.1:8000`. */
  readonly id: string;
  /**
   * Everything that can change an answer, as text: backend, model, prompt, image size, seed.
   * Caches and `--resume` compare it.
   */
  readonly fingerprint: string;
  /** How many frames it can work on at the same time to its advantage. */
  readonly concurrency: number;
  /** Parts of a frame without which it can answer nothing. */
  readonly needs: readonly FramePart[];
  /**
   * Further parts that it looks at where a frame has them; any part where this is absent. A live
   * source takes the trouble of getting poses only for a model that may look at them.
   */
  readonly uses?: readonly FramePart[] | undefined;
  /**
   * Answers all questions about one frame, one answer for each question and in their order. A
   * question that cannot be answered gets a refusal. Rejects with a FrameError if the frame itself
   * cannot be read (its image does not decode), and with the signal's reason when aborted.
   */
  ask(
    frame: CameraFrame,
    questions: readonly SpatialQuestion[],
    signal: AbortSignal,
  ): Promise<readonly SpatialAnswer[]>;
  /**
   * Whether its answers rest on earlier images of the episode (it follows things from image to
   * image). Then it has to be asked about all of them, in order.
   */
  readonly remembers?: boolean | undefined;
  /** What it has cost so far, a snapshot; absent if it costs nothing. */
  readonly usage?: VlmUsage | undefined;
  /** Frees what the model holds. Asking afterwards is an error. */
  close(): Promise<void>;
}

/** A model that `await using` closes: what `createVlm` and the backends make. */
export interface DisposableVlm extends SpatialVlm, AsyncDisposable {}

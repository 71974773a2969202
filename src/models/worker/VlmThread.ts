import type { Worker } from "node:worker_threads";
import { startWorker, UserError } from "../../base/index.js";
import type { CameraFrame } from "../../camera/index.js";
import type { SpatialAnswer, SpatialQuestion } from "../../language/index.js";
import { abortable } from "../abortable.js";
import { type OnNotice, warnOnly } from "../VlmContext.js";
import {
  type FromWorker,
  fromPlainError,
  type ToWorker,
  type VlmTraits,
  type WorkerJob,
} from "./messages.js";

/** The thread in which a model runs has died. */
export class VlmCrashError extends UserError {
  override readonly code = "model.crashed";
}

/** How long a model may take to close before its thread is ended anyway. */
const CLOSE_MS = 1000;

export interface ThreadEvents {
  readonly onCrash?: ((error: VlmCrashError) => void) | undefined;
  readonly onNotice?: OnNotice | undefined;
}

interface Pending {
  readonly resolve: (answers: readonly SpatialAnswer[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A model in a worker thread, from its start to its end or crash. It keeps the process alive while
 * the model is made and while it is asked something: a program that forgets to close it still ends.
 */
export class VlmThread {
  readonly #worker: Worker;
  readonly #spec: string;
  readonly #pending = new Map<number, Pending>();
  readonly #traits: Promise<VlmTraits>;
  readonly #exited: Promise<void>;
  /** The making of the model and questions that are waited for. */
  #waiting = 1;
  #crash: VlmCrashError | undefined;
  #isClosing = false;
  #hasAnswered = false;
  #nextId = 0;
  #onClosed: () => void = () => undefined;

  constructor(
    job: WorkerJob,
    { onCrash = () => undefined, onNotice = warnOnly }: ThreadEvents = {},
  ) {
    this.#spec = job.spec;
    // onnxruntime sends telemetry unless told not to, and a worker's own environment is not asked.
    process.env.ORT_DISABLE_TELEMETRY ??= "1";
    this.#worker = startWorker("models/worker/vlmWorker", { workerData: job });
    let settle: { resolve: (traits: VlmTraits) => void; reject: (error: Error) => void };
    this.#traits = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#traits.then(
      () => this.#stopWaiting(),
      () => this.#stopWaiting(),
    );
    const fail = (reason: string): void => {
      if (this.#isClosing || this.#crash !== undefined) return;
      this.#crash = new VlmCrashError(`the thread of the model ${this.#spec} crashed: ${reason}`);
      settle.reject(this.#crash);
      for (const { reject } of this.#pending.values()) reject(this.#crash);
      this.#pending.clear();
      onCrash(this.#crash);
    };
    this.#worker.on("error", (error: Error) => fail(error.message));
    this.#exited = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        fail(`it exited with code ${code}`);
        resolve();
      });
    });
    this.#worker.on("message", (message: FromWorker) => {
      if (message.kind === "notice") onNotice(message.notice);
      else if (message.kind === "ready") settle.resolve(message.traits);
      else if (message.kind === "unmade") settle.reject(fromPlainError(message.error));
      else if (message.kind === "closed") this.#onClosed();
      else this.#settle(message);
    });
  }

  /** Resolves when the model is made; rejects with what making it throws. */
  get traits(): Promise<VlmTraits> {
    return this.#traits;
  }

  get hasCrashed(): boolean {
    return this.#crash !== undefined;
  }

  /** Whether it was of use: a thread that dies before its first answer would do so again. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  async ask(
    frame: CameraFrame,
    questions: readonly SpatialQuestion[],
    signal: AbortSignal,
  ): Promise<readonly SpatialAnswer[]> {
    signal.throwIfAborted();
    if (this.#crash !== undefined) throw this.#crash;
    if (this.#isClosing) throw new Error(`the model ${this.#spec} is closed`);
    const id = this.#nextId++;
    const answers = new Promise<readonly SpatialAnswer[]>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
    });
    const mail = frameForWorker(frame);
    this.#startWaiting();
    this.#post({ kind: "ask", id, frame: mail.frame, questions }, mail.transfer);
    try {
      return await abortable(answers, signal);
    } finally {
      this.#stopWaiting();
      // Still pending: aborted, and nobody waits for the answer any more.
      if (this.#pending.delete(id)) this.#post({ kind: "abort", id });
    }
  }

  async close(): Promise<void> {
    if (this.#isClosing) return this.#exited;
    const isAlive = this.#crash === undefined;
    this.#isClosing = true;
    const closed = new Error(`the model ${this.#spec} is closed`);
    for (const { reject } of this.#pending.values()) reject(closed);
    this.#pending.clear();
    if (isAlive) await this.#askToClose();
    await this.#worker.terminate();
  }

  async #askToClose(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_MS);
      this.#onClosed = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#post({ kind: "close" });
    });
  }

  #settle(message: Extract<FromWorker, { id: number }>): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === "failed") pending?.reject(fromPlainError(message.error));
    else {
      this.#hasAnswered = true;
      pending?.resolve(message.answers);
    }
  }

  #startWaiting(): void {
    this.#waiting += 1;
    this.#worker.ref();
  }

  #stopWaiting(): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#worker.unref();
  }

  #post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}

/** A frame to post to a thread, and the memory that moves there with it. */
interface FrameMail {
  readonly frame: CameraFrame;
  readonly transfer: ArrayBuffer[];
}

/**
 * A frame with its own image bytes, which are moved to the worker: so they are copied once. The
 * given frame is unchanged, as others share it; and a view brings only the bytes that it shows.
 */
function frameForWorker(frame: CameraFrame): FrameMail {
  const transfer: ArrayBuffer[] = [];
  const own = <T extends { readonly data: Uint8Array }>(image: T): T => {
    const data = new Uint8Array(image.data);
    transfer.push(data.buffer);
    return { ...image, data };
  };
  const copy: CameraFrame = {
    ...frame,
    image: own(frame.image),
    ...(frame.depth && { depth: own(frame.depth) }),
    ...(frame.labels && { labels: own(frame.labels) }),
  };
  return { frame: copy, transfer };
}

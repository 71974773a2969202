import { messageOf } from "../../base/index.js";
import { type SpatialVlm, type VlmContext, VlmSpecError } from "../../models/index.js";
import type { RosNode } from "../RosNode.js";

export type CreateModel = (spec: string, context: VlmContext) => Promise<SpatialVlm>;

export type ModelState = "none" | "loading" | "ready" | "failed";

/** A server that is not up yet may be later. */
const RETRY_MS = 10_000;

interface Order {
  readonly spec: string;
  readonly controller: AbortController;
}

/** The model in use: loaded in the background, replaced when another one is wanted. */
export class ModelSlot {
  readonly #create: CreateModel;
  readonly #log: RosNode["log"];
  readonly #onReady: (vlm: SpatialVlm) => void;
  readonly #nowMs: () => number;
  #order: Order | undefined;
  #vlm: SpatialVlm | undefined;
  #state: ModelState = "none";
  #message = "";
  #failedAtMs: number | undefined;
  #closing: Promise<unknown> = Promise.resolve();

  constructor(
    create: CreateModel,
    log: RosNode["log"],
    nowMs: () => number,
    onReady: (vlm: SpatialVlm) => void,
  ) {
    this.#create = create;
    this.#log = log;
    this.#nowMs = nowMs;
    this.#onReady = onReady;
  }

  get vlm(): SpatialVlm | undefined {
    return this.#vlm;
  }

  get state(): ModelState {
    return this.#state;
  }

  /** What it is doing, or why it failed; empty when ready. */
  get message(): string {
    return this.#message;
  }

  /** Its id; the spec until it is loaded. */
  get name(): string {
    return this.#vlm?.id ?? this.#order?.spec ?? "";
  }

  /** Gives up the present model and loads another in the background. */
  load(spec: string): void {
    this.#discard();
    this.#start({ spec, controller: new AbortController() });
  }

  /** Tries again what failed a while ago, unless the spec itself is wrong. */
  tick(): void {
    const order = this.#order;
    if (!order || this.#failedAtMs === undefined) return;
    if (this.#nowMs() - this.#failedAtMs >= RETRY_MS) this.#start(order);
  }

  async close(): Promise<void> {
    this.#discard();
    this.#state = "none";
    this.#message = "";
    await this.#closing;
  }

  #start(order: Order): void {
    this.#order = order;
    this.#state = "loading";
    this.#message = `${order.spec} is loading`;
    this.#failedAtMs = undefined;
    const { spec, controller } = order;
    // A model may load synchronously and for long: not within a transition of the life cycle.
    void Promise.resolve()
      .then(() => this.#create(spec, { signal: controller.signal }))
      .then(
        (vlm) => (this.#order === order ? this.#take(vlm) : this.#close(vlm)),
        (error: unknown) => {
          if (this.#order === order) this.#fail(spec, error);
        },
      );
  }

  #take(vlm: SpatialVlm): void {
    this.#vlm = vlm;
    this.#state = "ready";
    this.#message = "";
    this.#log("info", `the model ${vlm.id} is ready`);
    this.#onReady(vlm);
  }

  #fail(spec: string, error: unknown): void {
    const reason = messageOf(error);
    const isFinal = error instanceof VlmSpecError;
    this.#state = "failed";
    this.#message = `the model ${spec} cannot be loaded: ${reason}`;
    if (!isFinal) this.#failedAtMs = this.#nowMs();
    const next = isFinal ? "set the parameter vlm" : `next try in ${RETRY_MS / 1000} s`;
    this.#log("error", `${this.#message} (${next})`);
  }

  #discard(): void {
    this.#order?.controller.abort();
    this.#order = undefined;
    this.#failedAtMs = undefined;
    if (this.#vlm) this.#close(this.#vlm);
    this.#vlm = undefined;
  }

  #close(vlm: SpatialVlm): void {
    const closed = vlm.close().catch((error: unknown) => {
      this.#log("warn", `the model ${vlm.id} did not close cleanly: ${String(error)}`);
    });
    this.#closing = Promise.all([this.#closing, closed]);
  }
}

import { RelayedError, UserError } from "../../base/index.js";
import { type CameraFrame, FrameError } from "../../camera/index.js";
import type { SpatialAnswer, SpatialQuestion } from "../../language/index.js";
import type { SpatialVlm } from "../SpatialVlm.js";
import type { VlmNotice } from "../VlmContext.js";

/** What the worker is started with. */
export interface WorkerJob {
  readonly spec: string;
  /** Modules that register further backends, as URLs. */
  readonly modules: readonly string[];
  /** See VlmContext. */
  readonly live: boolean;
}

/** What a model says of itself. */
export type VlmTraits = Pick<
  SpatialVlm,
  "id" | "fingerprint" | "concurrency" | "needs" | "uses" | "remembers"
>;

export type ToWorker =
  | {
      readonly kind: "ask";
      readonly id: number;
      readonly frame: CameraFrame;
      readonly questions: readonly SpatialQuestion[];
    }
  | { readonly kind: "abort"; readonly id: number }
  | { readonly kind: "close" };

export type FromWorker =
  | { readonly kind: "notice"; readonly notice: VlmNotice }
  | { readonly kind: "ready"; readonly traits: VlmTraits }
  | { readonly kind: "unmade"; readonly error: PlainError }
  | { readonly kind: "answers"; readonly id: number; readonly answers: readonly SpatialAnswer[] }
  | { readonly kind: "failed"; readonly id: number; readonly error: PlainError }
  | { readonly kind: "closed" };

/** An error as it crosses between threads, which forget its class. */
export interface PlainError {
  readonly of: "frame" | "user" | "other";
  /** Of a user's error. */
  readonly code: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

export function toPlainError(error: unknown): PlainError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const of = error instanceof FrameError ? "frame" : error instanceof UserError ? "user" : "other";
  const code = error instanceof UserError ? error.code : "";
  return { of, code, name, message, stack };
}

/** A FrameError, a UserError or an Error, under the name and the code that it had. */
export function fromPlainError({ of, code, name, message, stack }: PlainError): Error {
  const error =
    of === "frame"
      ? Object.assign(new FrameError(message), { code })
      : of === "user"
        ? new RelayedError(code, message)
        : new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

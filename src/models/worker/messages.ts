import type { CameraFrame } from "../../camera/index.js";
import type { SpatialAnswer, SpatialQuestion } from "../../language/index.js";
import type { SpatialVlm } from "../SpatialVlm.js";
import type { VlmNotice } from "../VlmNotice.js";
import type { PlainError } from "./plainError.js";

/** What the worker is started with. */
export interface WorkerJob {
  readonly spec: string;
  /** Modules that register further backends, as URLs. */
  readonly modules: readonly string[];
}

/** What a model says of itself. */
export type VlmTraits = Pick<SpatialVlm, "id" | "fingerprint" | "concurrency" | "needs" | "uses">;

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

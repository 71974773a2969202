import type { CameraFrame } from "../../camera/index.js";
import type { ObjectRef } from "../../language/index.js";
import type { MultiStepKind } from "../../reason/index.js";

/** The exact answer to a multi-step question; `choices` is how many answers one could guess from. */
export type ReasoningTruth = { readonly choices: number } & (
  | { readonly shape: "yes_no"; readonly yes: boolean }
  /** One of `among`, by its phrase. */
  | { readonly shape: "name"; readonly name: string; readonly among: readonly string[] }
  | { readonly shape: "word"; readonly word: string; readonly among: readonly string[] }
  | { readonly shape: "number"; readonly value: number }
  /** Phrases in order. */
  | { readonly shape: "order"; readonly names: readonly string[] }
);

/** A multi-step question about a scene, with its exact answer. */
export interface ReasoningItem {
  /** Unique for seed and numbers: `table_1_0-3`. */
  readonly id: string;
  readonly kind: MultiStepKind;
  readonly question: string;
  readonly truth: ReasoningTruth;
}

/** A simulated picture with what is asked about it. */
export interface ReasoningScene {
  readonly id: string;
  readonly frame: CameraFrame;
  /** What can be asked about, each by a phrase that means it alone. */
  readonly objects: readonly ObjectRef[];
  /** What they stand on. */
  readonly support: ObjectRef;
  readonly items: readonly ReasoningItem[];
}

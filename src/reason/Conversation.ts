import type { ObjectRef } from "../language/index.js";
import type { Step } from "./Step.js";

/** What a reasoner wants done, as it said it. */
export type Call =
  /** A spatial question to the model that sees the image. */
  | { readonly tool: "ask"; readonly question: string }
  /** Arithmetic over answers `a1`, `a2`, … and results `c1`, `c2`, …, in metres. */
  | { readonly tool: "calculate"; readonly expression: string }
  /** The answer to the whole: a bare one (`yes`, `the red can`, `unknown`), and why. */
  | { readonly tool: "conclude"; readonly answer: string; readonly because: string }
  /** Something that was meant as a call and is none. */
  | { readonly tool: "unreadable"; readonly said: string; readonly problem: string };

/** What a reasoner said once, and what came of it. */
export interface Turn {
  /** Its own words, without what it thought before them. */
  readonly text: string;
  /** One for each of its calls, in their order. */
  readonly steps: readonly Step[];
  /** What it is told beside the steps' results: that it called nothing, that time runs out. */
  readonly remark?: string;
  /** Spent on this turn: prompt and reply. */
  readonly tokens: number;
}

/** All that a reasoner knows: it never sees the image. */
export interface Conversation {
  readonly question: string;
  /** The things it can ask about; empty: whatever the words of the question name. */
  readonly objects: readonly ObjectRef[];
  readonly turns: readonly Turn[];
}

import type { QuestionKind } from "./QuestionKind.js";

/** An object that a question can be about, and how each kind of model may find it. */
export interface ObjectRef {
  /** Its name in the task: an identifier. */
  readonly name: string;
  /** How one says it: "the red mug". */
  readonly phrase: string;
  /** Its instance ids in the label image. */
  readonly labels?: readonly number[];
  /** Its class ids in Detection2DArray. */
  readonly classIds?: readonly string[];
  /** Its TF frame, at its centre; of a support with `heightM`, any frame whose z axis points up. */
  readonly frame?: string;
  /** Of a support: the height of its surface over the origin of `frame`, metres. */
  readonly heightM?: number;
  /**
   * Where it is in the first image of an episode, pixels of the colour image: u, v, or a box (left,
   * top, right, bottom).
   */
  readonly at?: readonly number[];
}

interface QuestionBase {
  /** The words a language model is asked. */
  readonly text: string;
  /** What the objects stand on, a table top or the floor: it says to models what is up. */
  readonly support?: ObjectRef;
}

/** A question of one of the 43 kinds. */
export interface TypedQuestion extends QuestionBase {
  readonly kind: QuestionKind;
  readonly subject: ObjectRef;
  /** The second object; absent if the kind asks about one. */
  readonly object?: ObjectRef;
}

/** A question in free words; only models that read words can answer it. */
export interface OpenQuestion extends QuestionBase {
  readonly kind: "open";
  /**
   * What a language model is told first, for questions that say themselves in which form they are answered: in
   * place of the model's own words about lengths, forms and examples.
   */
  readonly system?: string;
}

/** What is asked of a model: one of the 43 kinds about named objects, or free words. */
export type SpatialQuestion = TypedQuestion | OpenQuestion;

/** Questions that say what their objects stand on; unchanged where that is not known. */
export function onSupport<Question extends SpatialQuestion>(
  questions: readonly Question[],
  support: ObjectRef | undefined,
): readonly Question[] {
  return support === undefined ? questions : questions.map((it) => ({ ...it, support }));
}

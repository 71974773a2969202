import { UserError } from "../../base/index.js";

/** A question that cannot be put into words: its kind and its objects do not fit together. */
export class QuestionError extends UserError {
  override readonly code = "question.invalid";
}

import { describeProblems, type YamlProblem } from "../yaml/index.js";
import { VlmSpecError } from "./VlmSpecError.js";

/** A model file (`--vlm endpoint.yaml`) that cannot be used: every problem with line and caret. */
export class VlmFileError extends VlmSpecError {
  override readonly code = "model.file";

  constructor(
    readonly file: string,
    readonly problems: readonly YamlProblem[],
  ) {
    super(describeProblems("model file", file, problems));
  }
}

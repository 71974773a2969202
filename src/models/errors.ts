import { UserError } from "../base/index.js";
import type { YamlProblem } from "../yaml/index.js";

/** A model spec (`--vlm`) that names no model, or settings that its model does not have. */
export class VlmSpecError extends UserError {
  override readonly code: string = "model.spec";
  override readonly exitCode = 2;
}

/** A model file (`--vlm endpoint.yaml`) that cannot be used: every problem with line and caret. */
export class VlmFileError extends VlmSpecError {
  override readonly code = "model.file";

  constructor(
    readonly file: string,
    readonly problems: readonly YamlProblem[],
    message: string,
  ) {
    super(message);
  }
}

/** An endpoint that cannot be set up: its URL, model, key or settings are wrong, or it is down. */
export class EndpointError extends UserError {
  override readonly code = "model.endpoint";
}

/** A folder with an ONNX model that is missing, incomplete, or of no use for what was asked. */
export class OnnxFolderError extends UserError {
  override readonly code = "model.folder";
}

/** A folder of weights that is missing, incomplete, or not of the embedded model. */
export class WeightsError extends UserError {
  override readonly code = "model.weights";
}

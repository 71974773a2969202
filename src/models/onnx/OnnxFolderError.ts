import { UserError } from "../../base/index.js";

/** A folder with an ONNX model that is missing, incomplete, or of no use for what was asked. */
export class OnnxFolderError extends UserError {
  override readonly code = "model.folder";
}

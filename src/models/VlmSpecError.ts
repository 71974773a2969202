import { UserError } from "../base/index.js";

/** A model spec (`--vlm`) that names no model, or settings that its model does not have. */
export class VlmSpecError extends UserError {
  override readonly code: string = "model.spec";
  override readonly exitCode = 2;
}

import { UserError } from "../base/index.js";

/** A data set cannot be made or read as asked. */
export class DatasetError extends UserError {
  override readonly code = "dataset.invalid";
}

import { UserError } from "../../base/index.js";

/** A folder of weights that is missing, incomplete, or not of the embedded model. */
export class WeightsError extends UserError {
  override readonly code = "model.weights";
}

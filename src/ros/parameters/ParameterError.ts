import { UserError } from "../../base/index.js";

/** A parameter has a value that it cannot have. */
export class ParameterError extends UserError {
  override readonly code = "ros.parameter";
}

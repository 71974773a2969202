import { UserError } from "../../base/index.js";

/** An endpoint that cannot be set up: its URL, model, key or settings are wrong, or it is down. */
export class EndpointError extends UserError {
  override readonly code = "model.endpoint";
}

import { UserError } from "../../base/index.js";

/** The live node cannot do what was asked of it: with what it was given, or in its present state. */
export class BridgeError extends UserError {
  override readonly code = "bridge.refused";
}

import { UserError } from "../base/index.js";

/** The simulator was asked for something that it cannot do. */
export class SimError extends UserError {
  override readonly code = "simulator.refused";
}

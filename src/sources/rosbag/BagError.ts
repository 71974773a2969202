import { UserError } from "../../base/index.js";

/** A recording that cannot be opened, read or decoded; the message names the file. */
export class BagError extends UserError {
  override readonly code: string = "recording.unreadable";
}

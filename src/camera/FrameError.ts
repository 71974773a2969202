import { UserError } from "../UserError.js";

/** One frame that cannot be read: the frame is lost, the stream goes on. */
export class FrameError extends UserError {}

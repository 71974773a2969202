import { UserError } from "../base/index.js";
import { ModelAwayError, ModelRefusesError } from "../models/index.js";
import { Interrupted } from "./interrupt.js";

/**
 * Says why one of several recordings failed: the others are gone on with.
 *
 * @throws the error where it ends the run: that of a single recording, of the model, of an interruption
 */
export function passOver(error: unknown, recordings: number): UserError {
  if (error instanceof Interrupted) {
    throw new Interrupted("run the same command with --resume to continue");
  }
  if (!(error instanceof UserError) || recordings === 1 || isOfModel(error)) throw error;
  console.error(`error: ${error.message}`);
  return error;
}

/** The model cannot be asked, about other recordings neither. */
export function isOfModel(error: unknown): boolean {
  return error instanceof ModelAwayError || error instanceof ModelRefusesError;
}

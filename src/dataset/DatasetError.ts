import { UserError } from "../UserError.js";

/** A data set cannot be made or read as asked. */
export class DatasetError extends UserError {}

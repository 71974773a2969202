import * as z from "zod";
import { answerSchema } from "../language/answerSchema.js";

/** A journal's first line: what it was made with. */
export const headerLine = z.record(z.string(), z.string()).catch({});

/** Every other line: the answers about one image. */
export const entryLine = z.object({
  camera: z.string(),
  stamp_ns: z.string().regex(/^-?\d+$/),
  answers: z.array(answerSchema),
});

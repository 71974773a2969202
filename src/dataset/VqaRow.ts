import { isAbsolute } from "node:path";
import * as z from "zod";
import { readLines, UserError } from "../base/index.js";
import { verdictSchemas } from "../language/answerSchema.js";
import { REFUSAL_REASONS } from "../language/index.js";

/** Truths are certain. */
const [yesNo, choice, relation] = verdictSchemas;

/**
 * A question about an image with its answer, as one line of `train.jsonl`, `val.jsonl` and
 * `test.jsonl`. `image` and `messages` are what trainers read (LLaVA, Qwen-VL, TRL); the other
 * fields say exactly what the words say in round numbers.
 */
export const vqaRowSchema = z.object({
  /** Unique in the data set: `<frame>-<n>`. */
  id: z.string(),
  /** Path of the image, relative to the data set's folder. */
  image: z.string().refine((path) => !isAbsolute(path) && !path.split(/[/\\]/).includes(".."), {
    error: "points outside the folder",
  }),
  messages: z.tuple([
    z.object({
      role: z.literal("user"),
      content: z.tuple([
        z.object({ type: z.literal("image") }),
        z.object({ type: z.literal("text"), text: z.string() }),
      ]),
    }),
    z.object({
      role: z.literal("assistant"),
      content: z.tuple([z.object({ type: z.literal("text"), text: z.string() })]),
    }),
  ]),
  /** The frame's id in `frames.jsonl`. */
  frame: z.string(),
  /** One of the 43 kinds. */
  kind: z.string(),
  /** Names of the frame's objects. */
  subject: z.string(),
  object: z.string().nullable(),
  subject_phrase: z.string(),
  object_phrase: z.string().nullable(),
  /** Which of the kind's phrasings asks, and which answers. */
  question_phrasing: z.int(),
  answer_phrasing: z.int(),
  /** Exact, SI. */
  truth: z.discriminatedUnion("shape", [
    z.object({ shape: z.literal("quantity"), value_m: z.number() }),
    yesNo.omit({ confidence: true }),
    choice.omit({ confidence: true }),
    relation.omit({ confidence: true }),
    z.object({ shape: z.literal("refusal"), reason: z.enum(REFUSAL_REASONS) }),
  ]),
});
export type VqaRow = z.infer<typeof vqaRowSchema>;

const vec3 = z.tuple([z.number(), z.number(), z.number()]);

/** One image of a data set, as one line of `frames.jsonl`: what a model needs besides the pixels. */
export const vqaFrameSchema = z.object({
  id: z.string(),
  split: z.enum(["train", "val", "test"]),
  image: z.string(),
  /** 16-bit PNG, millimetres, 0 if unknown; relative path. */
  depth: z.string().optional(),
  /** 8- or 16-bit PNG of instance ids; relative path. */
  labels: z.string().optional(),
  width: z.int(),
  height: z.int(),
  camera: z.string(),
  source: z.string(),
  stamp_ns: z.string(),
  /** Pinhole intrinsics in pixels. */
  intrinsics: z
    .object({ fx: z.number(), fy: z.number(), cx: z.number(), cy: z.number() })
    .optional(),
  objects: z.array(
    z.object({
      name: z.string(),
      phrases: z.array(z.string()),
      labels: z.array(z.int()),
      /** Centre in the optical frame, metres; exact where the source knows it. */
      center_m: vec3.optional(),
      /** Highest and lowest point above the support plane. */
      top_m: z.number().optional(),
      bottom_m: z.number().optional(),
      /** Extent along the optical x axis. */
      width_m: z.number().optional(),
      /** Length, width, height of the smallest upright box around it. */
      box_m: vec3.optional(),
    }),
  ),
  /** Captions of objects that can be seen, but not well enough to be among the objects. */
  bystanders: z.array(z.string()).optional(),
  /** Name of the object that is the support plane. */
  support: z.string().optional(),
  /** The plane's points p: normal · p + offset_m = 0, optical frame, metres; the normal is up. */
  support_plane: z.object({ normal: vec3, offset_m: z.number() }).optional(),
});
export type VqaFrame = z.infer<typeof vqaFrameSchema>;

/** A data set cannot be made or read as asked. */
export class DatasetError extends UserError {
  override readonly code = "dataset.invalid";
}

/**
 * The lines of a JSON Lines file, checked, one at a time in memory.
 *
 * @throws DatasetError that names file and line of an invalid row; LineTooLongError
 */
export async function* readJsonLines<T>(
  path: string,
  schema: z.ZodType<T>,
): AsyncGenerator<T, void, void> {
  try {
    for await (const { number, text } of readLines(path)) {
      if (text.trim() !== "") yield parse(text, schema, `${path}:${number}`);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new DatasetError(`${path}: no such file: is this the folder of a data set?`);
    if (code !== undefined && !(error instanceof UserError))
      throw new DatasetError(`${path}: it cannot be read (${code})`, { cause: error });
    throw error;
  }
}

function parse<T>(line: string, schema: z.ZodType<T>, where: string): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new DatasetError(`${where}: this line is not JSON`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DatasetError(`${where}: ${issue?.path.join(".") ?? ""}: ${issue?.message}`);
}

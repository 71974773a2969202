import * as z from "zod";
import {
  type Dimension,
  doubtfulSi,
  parseQuantity,
  QuantityError,
  suggestion,
} from "../expression/index.js";
import {
  CLASSIFY_KINDS,
  isQuestionKind,
  KINDS,
  QUANTITY_KINDS,
  RELATIONS,
} from "../language/index.js";

/** A text that is not empty. */
export const words = z
  .string({ error: "must be text" })
  .trim()
  .min(1, { error: "must not be empty" });

export const name = z
  .string({ error: "must be a name" })
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, { error: "must be a name: letters, digits and _" });

/** An expression; YAML reads `-0.01` as a number. */
export const expression = z.preprocess(
  (value) => (typeof value === "number" ? String(value) : value),
  z.string({ error: 'must be an expression, like "1 - reach / 50 cm"' }),
);

export const topic = words;

export const finite = z.number({ error: "must be a number" });

interface Quantity {
  readonly dimension: Dimension;
  /** From here on a number without a unit is doubted; absent: where others are. */
  readonly doubtFrom?: number | undefined;
}

const QUANTITIES = new WeakMap<object, Quantity>();

/** What is to be asked of a field's value that is a number without a unit. */
export function doubtOf(value: unknown, schema: z.ZodType): string | undefined {
  const quantity = QUANTITIES.get(schema instanceof z.ZodOptional ? schema.unwrap() : schema);
  if (quantity === undefined || typeof value !== "number") return undefined;
  return doubtfulSi(value, quantity.dimension, quantity.doubtFrom);
}

interface QuantityOptions {
  readonly min?: number;
  readonly inclusive?: boolean;
  readonly doubtFrom?: number;
}

/** A number in SI units or a text with a unit. */
export function quantity(
  dimension: Dimension,
  { min = 0, inclusive = false, doubtFrom }: QuantityOptions = {},
) {
  const schema = z.unknown().transform((value, context): number => {
    const fail = (message: string) => {
      context.issues.push({ code: "custom", message, input: value });
      return z.NEVER;
    };
    try {
      const read = parseQuantity(value, dimension);
      const enough = inclusive ? read >= min : read > min;
      return enough ? read : fail(`must be ${inclusive ? "at least" : "more than"} ${min}`);
    } catch (error) {
      if (error instanceof QuantityError) return fail(error.message);
      throw error;
    }
  });
  QUANTITIES.set(schema, { dimension, doubtFrom });
  return schema;
}

/** A unit of length in metres: `mm`, `0.1 mm`, or a number of metres. */
export const unit = z
  .unknown()
  .transform((value) =>
    typeof value === "string" && /^[a-z]/i.test(value.trim()) ? `1 ${value.trim()}` : value,
  )
  .pipe(quantity("m"));

/** One item or a list of items, as a list. */
export function oneOrMore<T>(one: z.ZodType<T>) {
  return z
    .unknown()
    .transform((value) => (Array.isArray(value) ? value : [value]))
    .pipe(z.array(one).min(1, { error: "must not be empty" }));
}

const ANGLE = /^([+-]?(?:\d+\.?\d*|\.\d+))\s*(rad|deg)$/;

/** An opening of a gripper: metres, or the angle of its joint in rad; a text has its unit. */
export const opening = z.unknown().transform((value, context): number => {
  const angle = typeof value === "string" ? ANGLE.exec(value.trim()) : null;
  if (angle) return Number(angle[1]) * (angle[2] === "deg" ? Math.PI / 180 : 1);
  try {
    return parseQuantity(value, "m");
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    const message = `${error.message}; or an angle: \`0.8 rad\`, \`45 deg\``;
    context.issues.push({ code: "custom", message, input: value });
    return z.NEVER;
  }
});

/** Two openings of a gripper: both lengths, or both angles. */
export const openings = z
  .unknown()
  .superRefine((value, context) => {
    if (!Array.isArray(value) || value.length !== 2) return;
    // A number may be either.
    const texts = value.filter((it) => typeof it === "string");
    const angles = texts.filter((it) => ANGLE.test(it.trim()));
    if (angles.length === 0 || angles.length === texts.length) return;
    const message = "one is an angle and one a length: both have the unit of the same joints";
    context.issues.push({ code: "custom", message, input: value });
  })
  .pipe(
    z.tuple([opening, opening], {
      error: "must be two openings of the gripper, like [7 cm, 9 cm]",
    }),
  );

const ALL_KINDS = [
  ...QUANTITY_KINDS,
  ...CLASSIFY_KINDS,
  `and <relation>_predicate or <relation>_choice with ${RELATIONS.join(", ")}`,
].join(", ");

/** A question kind, with the near ones or all of them for a slip. */
export const kind = z.string({ error: "must be a question kind" }).transform((value, context) => {
  if (isQuestionKind(value)) return value;
  const near = suggestion(value, KINDS.keys());
  const message = `no question kind "${value}"${near || `; the kinds are ${ALL_KINDS}`}`;
  context.issues.push({ code: "custom", message, input: value });
  return z.NEVER;
});

export const labels = z.array(
  z
    .int({ error: "a label id must be a whole number" })
    .min(1, { error: "must be at least 1: label 0 is the background" })
    .max(65535, { error: "must be at most 65535" }),
  { error: "must be a list of label ids, like [2]" },
);

const pixel = z
  .number({ error: "must be a number of pixels" })
  .min(0, { error: "must be at least 0" });

/** A pixel or a box of an image. */
export const imagePlace = z
  .array(pixel, { error: "must be a pixel [u, v] or a box [left, top, right, bottom]" })
  .refine((at) => at.length === 2 || at.length === 4, {
    error: "must have 2 numbers (a pixel) or 4 (a box: left, top, right, bottom)",
  })
  .refine(
    ([left = 0, top = 0, right = Infinity, bottom = Infinity]) => left < right && top < bottom,
    {
      error: "the box's right must be larger than its left, and its bottom than its top",
    },
  );

export const classIds = z.array(
  z.union([z.string(), z.number().transform(String)], { error: "a class id must be text" }),
  { error: 'must be a list of class ids, like ["cup"]' },
);

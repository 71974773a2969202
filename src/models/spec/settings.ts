import * as z from "zod";

/** The name that a spec uses for a setting: `maxSide` → `max_side`. */
export function specName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The names that a spec uses for all settings of a schema. */
export function settingNames(schema: z.ZodObject): readonly string[] {
  return Object.keys(schema.shape).map(specName);
}

/** A number that may come as text, with one message for all that can be wrong with it. */
export function number(min: number, max: number) {
  const error = `must be a number, ${min}..${max}`;
  return z.coerce.number({ error }).min(min, { error }).max(max, { error });
}

export function integer(min: number, max: number) {
  const error = `must be a whole number, ${min}..${max}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** A list or an object that may come as JSON text. */
export function structure<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value, context) => {
    if (typeof value !== "string") return value;
    try {
      return JSON.parse(value);
    } catch {
      context.addIssue({ code: "custom", message: "is not JSON" });
      return z.NEVER;
    }
  }, schema);
}

/** Text for the model, or for a person. */
export const longText = z.string().min(1).max(20000);

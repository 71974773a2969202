import type { z } from "zod";

/** The name that a spec uses for a setting: `maxSide` → `max_side`. */
export function specName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The names that a spec uses for all settings of a schema. */
export function settingNames(schema: z.ZodObject): readonly string[] {
  return Object.keys(schema.shape).map(specName);
}

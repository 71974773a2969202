import type { z } from "zod";
import type { VlmSpec } from "./parseVlmSpec.js";
import { readSettings } from "./readSettings.js";

/**
 * The settings of a spec, held to a backend's schema, with its defaults.
 *
 * @throws VlmSpecError where a setting is unknown, or a value does not fit.
 */
export function readSpecSettings<Settings extends z.ZodObject>(
  spec: VlmSpec,
  schema: Settings,
): z.output<Settings> {
  const given = [...spec.settings].map(([name, text]) => [name, { text }] as const);
  return readSettings(spec.name, new Map(given), schema);
}

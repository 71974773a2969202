import type { z } from "zod";
import { closestName } from "../closestName.js";
import type { VlmSpec } from "./parseVlmSpec.js";
import { specName } from "./settingNames.js";
import { VlmSpecError } from "./VlmSpecError.js";

/**
 * The settings of a spec, held to a backend's schema, with its defaults.
 *
 * @throws VlmSpecError where a setting is unknown, or a value does not fit.
 */
export function readSpecSettings<Settings extends z.ZodObject>(
  spec: VlmSpec,
  schema: Settings,
): z.output<Settings> {
  const keys = new Map(Object.keys(schema.shape).map((key) => [specName(key), key]));
  const given: Record<string, string> = {};
  for (const [name, value] of spec.settings) {
    const key = keys.get(name);
    if (key === undefined) throw unknownSetting(spec.name, name, [...keys.keys()]);
    given[key] = value;
  }
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const problems = read.error.issues.map(
    ({ path, message }) => `  ${specName(String(path[0]))}: ${message}`,
  );
  const list = [...new Set(problems)].join("\n");
  throw new VlmSpecError(`model spec: settings of ${spec.name} that do not fit:\n${list}`);
}

function unknownSetting(backend: string, name: string, known: readonly string[]): VlmSpecError {
  const near = closestName(name, known);
  const isKey = !near && /key|token|secret|auth/i.test(name);
  const hint = isKey
    ? " Keys are never part of a spec: a server's key is read from an environment variable."
    : near
      ? ` Is it ${near}?`
      : "";
  const list = known.length ? `Its settings: ${known.join(", ")}` : "It has none";
  return new VlmSpecError(`model spec: ${backend} has no setting ${name}.${hint} ${list}`);
}

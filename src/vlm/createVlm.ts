import type { z } from "zod";
import { closestName } from "../closestName.js";
import { describeVlms } from "./describeVlms.js";
import { parseVlmSpec, type VlmSpec } from "./parseVlmSpec.js";
import { registeredVlms, type VlmContext } from "./registerVlm.js";
import type { SpatialVlm } from "./SpatialVlm.js";
import { specName } from "./settingNames.js";
import { VlmSpecError } from "./VlmSpecError.js";

/**
 * Makes the model that a spec names: `rgbd`, `rgbd?seed=1`,
 * `http://127.0.0.1:8000/v1#my-model?n=4&max_side=768`. See `parseVlmSpec` for the grammar and
 * `describeVlms` for the backends and their settings.
 *
 * @throws VlmSpecError where the backend or a setting is unknown, or a value does not fit.
 */
export async function createVlm(spec: string, context: VlmContext = {}): Promise<SpatialVlm> {
  const { factory, settings, parsed } = readSpec(spec);
  return await factory.create(settings, parsed, context);
}

/**
 * Holds a spec to what is known without making the model: backend, settings, their values.
 *
 * @throws VlmSpecError as `createVlm`
 */
export function checkVlmSpec(spec: string): void {
  readSpec(spec);
}

function readSpec(spec: string) {
  const parsed = parseVlmSpec(spec.trim());
  const factory = registeredVlms().get(parsed.name);
  if (!factory) throw unknownBackend(parsed);
  return { factory, parsed, settings: readSettings(parsed, factory.settings) };
}

function readSettings(spec: VlmSpec, schema: z.ZodObject): Record<string, unknown> {
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

function unknownBackend({ name, target }: VlmSpec): VlmSpecError {
  const known = describeVlms();
  const near = closestName(
    name,
    known.flatMap((vlm) => vlm.names),
  );
  const isHost = /^[\w.-]+:\d+(\/|$)/.test(target);
  const hint = isHost ? ` For a server write http://${target}.` : near ? ` Is it ${near}?` : "";
  const list = known.map(({ usage, summary }) => `  ${usage}: ${summary}`);
  return new VlmSpecError(
    `model spec: there is no model backend ${JSON.stringify(name)}.${hint} There are:\n${list.join("\n")}`,
  );
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

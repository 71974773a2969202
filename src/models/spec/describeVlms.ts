import * as z from "zod";
import { loadedBackends, type VlmFactory } from "../registerVlm.js";
import { specName } from "./settings.js";

/** A setting of a backend, as help texts and documents show it. */
export interface VlmSetting {
  /** As a spec writes it: `max_side`. */
  readonly name: string;
  readonly description: string;
  /** As a spec would write it; absent if the setting is off or unset by default. */
  readonly default?: string;
  /** What may be written: `integer 64..4096`, `text`. */
  readonly values: string;
}

/** A backend, as help texts and documents show it. */
export interface VlmDescription {
  /** Its names or URL schemes. */
  readonly names: readonly string[];
  readonly usage: string;
  readonly summary: string;
  readonly settings: readonly VlmSetting[];
}

/** Every backend that is loaded, with its settings. */
export function describeVlms(): readonly VlmDescription[] {
  const names = new Map<VlmFactory, string[]>();
  for (const [name, factory] of loadedBackends()) {
    names.set(factory, [...(names.get(factory) ?? []), name]);
  }
  return [...names].map(([factory, names]) => ({
    names,
    usage: factory.usage,
    summary: factory.summary,
    settings: describeSettings(factory.settings),
  }));
}

/** The parts of JSON Schema that settings use. */
interface PropertySchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly unknown[];
}

function describeSettings(schema: z.ZodObject): VlmSetting[] {
  const json = z.toJSONSchema(schema, { unrepresentable: "any" });
  const properties = (json.properties ?? {}) as Record<string, PropertySchema>;
  return Object.entries(properties).map(([key, property]) => ({
    name: specName(key),
    description: property.description ?? "",
    ...(property.default !== undefined && { default: String(property.default) }),
    values: describeValues(property),
  }));
}

function describeValues({ type, minimum, maximum, enum: choices }: PropertySchema): string {
  if (choices) return choices.join(" | ");
  if (type === "boolean") return "true | false";
  if (type === "array") return "list";
  if (type === "object") return "mapping";
  if (type !== "integer" && type !== "number") return "text";
  const bound = (limit: number | undefined) =>
    limit === undefined || Math.abs(limit) === Number.MAX_SAFE_INTEGER ? "" : String(limit);
  const [low, high] = [bound(minimum), bound(maximum)];
  return low || high ? `${type} ${low}..${high}` : type;
}

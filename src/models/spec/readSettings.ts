import * as z from "zod";
import { closestName, messageOf } from "../../base/index.js";
import type { FieldPath, YamlSource } from "../../yaml/index.js";
import { VlmSpecError } from "../errors.js";
import { specName } from "./settings.js";
import type { VlmSpec } from "./VlmSpec.js";

/** A setting as someone wrote it, in a spec or in a model file. */
export interface GivenSetting {
  /** As a spec would write it; of a list or a mapping its JSON. */
  readonly text: string;
  /** Where in which file; absent for what stands in a spec. */
  readonly place?: SettingPlace;
}

export interface SettingPlace {
  readonly source: YamlSource;
  readonly path: FieldPath;
  readonly folder: string;
  /** A list or a mapping. */
  readonly isStructure: boolean;
}

export type GivenSettings = ReadonlyMap<string, GivenSetting>;

/** Names whose values may be secrets: they are never shown. */
const SECRET = /key|secret|auth|passw|(?:^|_)token$/i;

/**
 * Holds the settings of `owner` to its schema.
 *
 * @throws VlmFileError if settings of a file do not fit, VlmSpecError if others do not.
 */
export function readSettings<Schema extends z.ZodObject>(
  owner: string,
  given: GivenSettings,
  schema: Schema,
): z.output<Schema> {
  const keys = new Map(Object.keys(schema.shape).map((key) => [specName(key), key]));
  const texts = textSettings(schema);
  const input: Record<string, string> = {};
  for (const [name, setting] of given) {
    const key = keys.get(name);
    if (key === undefined) {
      const message = unknownSetting(owner, name, [...keys.keys()]);
      if (!setting.place) throw new VlmSpecError(`model spec: ${message}`);
      note(name, setting.place, [], message, "key");
    } else if (setting.place?.isStructure && texts.has(key)) {
      note(name, setting.place, [], "must be text, not a list or a mapping");
    } else {
      input[key] = setting.text;
    }
  }
  const read = parsed(owner, input, schema);
  const problems: string[] = [];
  for (const { path, message } of read.error?.issues ?? []) {
    const [key, ...inner] = path.map((part) => (typeof part === "symbol" ? String(part) : part));
    const name = specName(String(key));
    const place = given.get(name)?.place;
    if (place) note(name, place, inner, message);
    else problems.push(`  ${name}: ${message}`);
  }
  for (const { place } of given.values()) place?.source.finish();
  if (read.success) return read.data;
  const list = [...new Set(problems)].join("\n");
  throw new VlmSpecError(`model spec: settings of ${owner} with errors:\n${list}`);
}

/** A plugin's own schema may throw instead of saying what does not fit. */
function parsed<Schema extends z.ZodObject>(
  owner: string,
  input: Readonly<Record<string, string>>,
  schema: Schema,
): z.ZodSafeParseResult<z.output<Schema>> {
  try {
    return schema.safeParse(input);
  } catch (cause) {
    const why = messageOf(cause);
    throw new VlmSpecError(`model spec: settings of ${owner} with errors: ${why}`, { cause });
  }
}

function note(
  name: string,
  { source, path }: SettingPlace,
  inner: FieldPath,
  message: string,
  aspect: "key" | "value" = "value",
): void {
  source.problem([...path, ...inner], message, SECRET.test(name) ? "bare key" : aspect);
}

/** Keys whose values are plain texts. */
function textSettings(schema: z.ZodObject): ReadonlySet<string> {
  const json = z.toJSONSchema(schema, { unrepresentable: "any" });
  const properties = Object.entries((json.properties ?? {}) as Record<string, { type?: string }>);
  return new Set(properties.filter(([, { type }]) => type === "string").map(([key]) => key));
}

function unknownSetting(owner: string, name: string, known: readonly string[]): string {
  const near = closestName(name, known);
  const hint =
    !near && SECRET.test(name)
      ? " Keys are never part of a spec: a server's key is read from an environment variable."
      : near
        ? ` Is it ${near}?`
        : "";
  const list = known.length ? `Its settings: ${known.join(", ")}` : "It has no settings";
  return `${owner} has no setting ${name}.${hint} ${list}`;
}

/**
 * The settings of a spec, held to a backend's schema, with its defaults.
 *
 * @throws VlmSpecError if a setting is unknown, or a value does not fit.
 */
export function readSpecSettings<Settings extends z.ZodObject>(
  spec: VlmSpec,
  schema: Settings,
): z.output<Settings> {
  const given = [...spec.settings].map(([name, text]) => [name, { text }] as const);
  return readSettings(spec.name, new Map(given), schema);
}

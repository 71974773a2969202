import { resolve } from "node:path";
import { closestName } from "../base/index.js";
import { type ChainSettings, chainSettings } from "./chain/chainSettings.js";
import { describeVlms } from "./describeVlms.js";
import { parseVlmSpec, type VlmSpec } from "./parseVlmSpec.js";
import { type GivenSettings, readSettings } from "./readSettings.js";
import { readVlmFile } from "./readVlmFile.js";
import { factoryFor, type VlmFactory } from "./registerVlm.js";
import { VlmSpecError } from "./VlmSpecError.js";

/** A model spec that was understood, with all files it names; nothing is made yet. */
export type VlmPlan =
  | {
      readonly kind: "model";
      readonly factory: VlmFactory;
      readonly settings: Readonly<Record<string, unknown>>;
      readonly spec: VlmSpec;
    }
  | {
      readonly kind: "chain";
      readonly members: readonly VlmPlan[];
      readonly settings: ChainSettings;
    };

/** Where a spec stands, and what was said beside it. */
export interface SpecContext {
  /** Relative paths begin there; the working folder where absent. */
  readonly folder?: string;
  /** Model files that led here: none may come twice. */
  readonly files: readonly string[];
  /** They win over the spec's own. */
  readonly given: GivenSettings;
  /** It wins over the spec's own. */
  readonly model?: string | undefined;
}

const FROM_THE_USER: SpecContext = { files: [], given: new Map() };

/**
 * Understands a model spec: `TARGET[#MODEL][?SETTING=VALUE…]`, where TARGET is a backend's name, a
 * URL or a model file (`.yaml`, `.yml`), or several specs with `|` between them, a chain.
 *
 * @throws VlmSpecError where something is unknown or does not fit; VlmFileError where that stands
 *   in a file.
 */
export function readVlmPlan(text: string, context: SpecContext = FROM_THE_USER): VlmPlan {
  const members = text.split("|");
  if (members.length > 1) {
    const alone = { ...context, given: new Map(), model: undefined };
    return chainPlan(
      members.map((member) => readVlmPlan(member, alone)),
      context.given,
    );
  }
  const parsed = parseVlmSpec(text.trim());
  const own = [...parsed.settings].map(([name, text]) => [name, { text }] as const);
  const given: GivenSettings = new Map([...own, ...context.given]);
  const model = context.model ?? parsed.model;
  if (/\.ya?ml$/i.test(parsed.target) && !parsed.target.includes("://")) {
    const path = resolve(context.folder ?? "", parsed.target);
    return readVlmFile(path, { ...context, given, ...(model && { model }) });
  }
  const factory = factoryFor(parsed, context.folder);
  if (!factory) throw unknownBackend(parsed);
  const settings = readSettings(parsed.name, given, factory.settings);
  return {
    kind: "model",
    factory,
    settings,
    spec: mergedSpec(parsed, model, given, context.folder),
  };
}

/** @throws VlmSpecError where there is nothing to choose from, or a setting does not fit. */
export function chainPlan(members: readonly VlmPlan[], given: GivenSettings): VlmPlan {
  return { kind: "chain", members, settings: readSettings("a chain", given, chainSettings) };
}

function mergedSpec(
  spec: VlmSpec,
  model: string | undefined,
  given: GivenSettings,
  folder: string | undefined,
): VlmSpec {
  const folders = [...given].flatMap(([name, { place }]) =>
    place ? [[name, place.folder] as const] : [],
  );
  return {
    name: spec.name,
    target: spec.target,
    ...(folder !== undefined && { folder }),
    ...(model && { model }),
    settings: new Map([...given].map(([name, { text }]) => [name, text])),
    folders: new Map(folders),
  };
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

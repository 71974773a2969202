import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import * as z from "zod";
import { closestName, isMapping, refuseSpecialFileSync } from "../../base/index.js";
import {
  describeProblems,
  type FieldPath,
  type YamlFileSort,
  YamlSource,
} from "../../yaml/index.js";
import { VlmFileError, VlmSpecError } from "../errors.js";
import { loadedBackends, type VlmFactory } from "../registerVlm.js";
import type { ChainSettings } from "../vlmChain.js";
import { describeVlms } from "./describeVlms.js";
import { type GivenSetting, type GivenSettings, readSettings } from "./readSettings.js";
import { number } from "./settings.js";
import { parseVlmSpec, type VlmSpec } from "./VlmSpec.js";

/** When a chain of models takes an answer for doubtful and asks the next model. */
const chainSettings = z.strictObject({
  maxSigma: number(0, 100)
    .optional()
    .describe("a length with a larger sigma is uncertain, metres. Unset: no limit"),
  maxSigmaRatio: number(0, 10)
    .optional()
    .describe(
      "a length with a larger ratio of sigma to value is uncertain; with `max_sigma`, one that exceeds both",
    ),
  minConfidence: number(0, 1)
    .optional()
    .describe("a yes, no, choice or relation with a lower confidence is uncertain"),
});

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
interface SpecContext {
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
 * @throws VlmSpecError if something is unknown or does not fit; VlmFileError if that stands in a
 *   file.
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
  const factory = backendOf(parsed, context.folder);
  if (!factory) throw unknownBackend(parsed);
  const settings = readSettings(parsed.name, given, factory.settings);
  return {
    kind: "model",
    factory,
    settings,
    spec: mergedSpec(parsed, model, given, context.folder),
  };
}

/** @throws VlmSpecError if there is nothing to choose from, or a setting does not fit. */
function chainPlan(members: readonly VlmPlan[], given: GivenSettings): VlmPlan {
  return { kind: "chain", members, settings: readSettings("a chain", given, chainSettings) };
}

/** The backend of a spec: by its name, or because it claims the target. */
function backendOf({ name, target }: VlmSpec, folder = "."): VlmFactory | undefined {
  const backends = loadedBackends();
  return (
    backends.get(name) ?? [...backends.values()].find(({ claims }) => claims?.(target, folder))
  );
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
    `model spec: no model backend ${JSON.stringify(name)}.${hint} The backends are:\n${list.join("\n")}`,
  );
}

const MODEL_FILE: YamlFileSort = {
  noun: "model file",
  fail: (file, problems) =>
    new VlmFileError(file, problems, describeProblems("model file", file, problems)),
};

/**
 * Reads a model file: `vlm` names a model as a spec does, or lists several (a chain); `model` is
 * what a spec has behind `#`; every other field is a setting of that model or chain.
 *
 * @throws VlmFileError with everything that is wrong in it; VlmSpecError if it cannot be read
 */
function readVlmFile(path: string, context: SpecContext): VlmPlan {
  if (context.files.includes(path)) {
    throw new VlmSpecError(`the model file ${path} names itself: ${context.files.join(" → ")}`);
  }
  const source = new YamlSource(readText(path), path, MODEL_FILE);
  const inside = { ...context, folder: dirname(path), files: [...context.files, path] };
  const plan = new FileReader(source, dirname(path)).model([], source.root, inside);
  source.finish();
  return plan;
}

function readText(path: string): string {
  refuseSpecialFileSync(path);
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "no such file" : code === "EISDIR" ? "it is a folder" : code;
    throw new VlmSpecError(`cannot read the model file ${path}: ${why}`, { cause: error });
  }
}

class FileReader {
  readonly #source: YamlSource;
  readonly #folder: string;

  constructor(source: YamlSource, folder: string) {
    this.#source = source;
    this.#folder = folder;
  }

  /** The model that a mapping describes. */
  model(path: FieldPath, value: unknown, context: SpecContext): VlmPlan {
    if (!isMapping(value)) {
      return this.#fail(path, "must be a mapping with the field vlm and settings of that model");
    }
    const { vlm, model, ...settings } = value;
    const own = Object.entries(settings).flatMap(([name, value]) =>
      this.#setting([...path, name], name, value),
    );
    const given = new Map([...own, ...context.given]);
    if (Array.isArray(vlm)) {
      if (model !== undefined)
        this.#fail([...path, "model"], "must be given in one of the listed models");
      if (vlm.length < 2) return this.#fail([...path, "vlm"], "must list at least two models");
      const alone = { ...context, given: new Map(), model: undefined };
      const members = vlm.map((item, i) => this.#member([...path, "vlm", i], item, alone));
      return chainPlan(members, given);
    }
    if (typeof vlm !== "string" || vlm.trim() === "") {
      const what = "a model as --vlm names it, or a list of them";
      const missing = vlm === undefined ? '"vlm" is missing: it ' : "";
      return this.#fail(vlm === undefined ? path : [...path, "vlm"], `${missing}must be ${what}`);
    }
    if (model !== undefined && (typeof model !== "string" || model === "")) {
      return this.#fail([...path, "model"], "must be the model's name, as text");
    }
    const named = context.model ?? model;
    return this.#spec([...path, "vlm"], vlm, { ...context, given, ...(named && { model: named }) });
  }

  #member(path: FieldPath, item: unknown, context: SpecContext): VlmPlan {
    return typeof item === "string"
      ? this.#spec(path, item, context)
      : this.model(path, item, context);
  }

  /** What is wrong with a spec in this file is a problem of its line. */
  #spec(path: FieldPath, text: string, context: SpecContext): VlmPlan {
    try {
      return readVlmPlan(text, context);
    } catch (error) {
      if (!(error instanceof VlmSpecError) || error instanceof VlmFileError) throw error;
      return this.#fail(path, error.message.replace(/^model spec: /, ""));
    }
  }

  #setting(path: FieldPath, name: string, value: unknown): [string, GivenSetting][] {
    if (value === null) {
      this.#source.problem(path, "is empty: give it a value or remove it", "bare key");
      return [];
    }
    const isStructure = typeof value === "object";
    const text = isStructure ? JSON.stringify(value) : String(value);
    const place = { source: this.#source, path, folder: this.#folder, isStructure };
    return [[name, { text, place }]];
  }

  #fail(path: FieldPath, message: string): never {
    this.#source.problem(path, message);
    this.#source.finish();
    throw new Error("unreachable: finish throws where there are problems");
  }
}

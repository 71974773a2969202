import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { type FieldPath, type YamlFileSort, YamlSource } from "../yaml/index.js";
import type { GivenSetting } from "./readSettings.js";
import { chainPlan, readVlmPlan, type SpecContext, type VlmPlan } from "./readVlmPlan.js";
import { VlmFileError } from "./VlmFileError.js";
import { VlmSpecError } from "./VlmSpecError.js";

const MODEL_FILE: YamlFileSort = {
  noun: "model file",
  fail: (file, problems) => new VlmFileError(file, problems),
};

/**
 * Reads a model file: `vlm` names a model as a spec does, or lists several (a chain); `model` is
 * what a spec has behind `#`; every other field is a setting of that model or chain.
 *
 * @throws VlmFileError with everything that is wrong in it; VlmSpecError where it cannot be read
 */
export function readVlmFile(path: string, context: SpecContext): VlmPlan {
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
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : code;
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
      return this.#fail(path, "must have fields: vlm, and settings of that model");
    }
    const { vlm, model, ...settings } = value;
    const own = Object.entries(settings).flatMap(([name, value]) =>
      this.#setting([...path, name], name, value),
    );
    const given = new Map([...own, ...context.given]);
    if (Array.isArray(vlm)) {
      if (model !== undefined)
        this.#fail([...path, "model"], "belongs to one of the models listed");
      if (vlm.length < 2) return this.#fail([...path, "vlm"], "must list two models or more");
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
      return this.#fail([...path, "model"], "must be the model's name, a text");
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
      this.#source.problem(path, "is empty: give it a value or leave it out", "bare key");
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

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

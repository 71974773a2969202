import { VlmSpecError } from "../errors.js";

/** A model spec, taken apart but not yet understood. */
export interface VlmSpec {
  /** The backend's name, or the scheme of a URL: `rgbd`, `http`. */
  readonly name: string;
  /** What stands before `#` and `?`: `rgbd`, `http://127.0.0.1:8000/v1`. */
  readonly target: string;
  /** Where a relative path as target begins, for specs that stand in a model file. */
  readonly folder?: string;
  /** What stands between `#` and `?`, where there is a `#`: `Qwen/Qwen2.5-VL-7B-Instruct`. */
  readonly model?: string;
  /** By name, as written, URL-decoded. */
  readonly settings: ReadonlyMap<string, string>;
  /** By setting: where relative paths in it begin, for those that stand in a model file. */
  readonly folders?: ReadonlyMap<string, string>;
}

/**
 * Takes a model spec apart: `TARGET[#MODEL][?SETTING=VALUE[&…]]`, where TARGET is a backend's
 * name or a URL. Settings may also stand before `#`, as in other URLs.
 *
 * @throws VlmSpecError if a setting is given twice or has no value. Messages repeat no values:
 *   someone may have put a secret there.
 * @example parseVlmSpec("http://127.0.0.1:8000/v1#my-model?n=4&max_side=768")
 */
export function parseVlmSpec(spec: string): VlmSpec {
  const hash = spec.indexOf("#");
  const [target, queryOfTarget] = splitQuery(hash < 0 ? spec : spec.slice(0, hash));
  const [model, queryOfModel] = splitQuery(hash < 0 ? "" : spec.slice(hash + 1));
  const settings = new Map<string, string>();
  for (const query of [queryOfTarget, queryOfModel]) {
    for (const [name, value] of new URLSearchParams(query)) {
      if (settings.has(name))
        throw new VlmSpecError(`model spec: the setting ${name} is given twice`);
      if (value === "") {
        throw new VlmSpecError(`model spec: the setting ${name} has no value: write ${name}=VALUE`);
      }
      settings.set(name, value);
    }
  }
  const name = /^([a-z][a-z0-9+.-]*):\/\//i.exec(target)?.[1]?.toLowerCase() ?? target;
  return { name, target, ...(model && { model }), settings };
}

/** The text of a spec: what `parseVlmSpec` takes apart. */
export function formatVlmSpec({ target, model, settings }: VlmSpec): string {
  const query = new URLSearchParams([...settings]).toString();
  return `${target}${model ? `#${model}` : ""}${query && `?${query}`}`;
}

function splitQuery(text: string): [before: string, query: string] {
  const mark = text.indexOf("?");
  return mark < 0 ? [text, ""] : [text.slice(0, mark), text.slice(mark + 1)];
}

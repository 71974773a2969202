import type * as z from "zod";
import { isMapping } from "../base/index.js";
import {
  compileCondition,
  compileExpression,
  ExpressionError,
  isIdentifier,
  type RewardExpression,
  suggestion,
  type VariableKind,
} from "../expression/index.js";
import type { FieldPath, YamlSource } from "../yaml/index.js";
import { doubtOf } from "./fieldSchemas.js";

type Shape = Readonly<Record<string, z.ZodType>>;

/** What could be read of a mapping: fields that are missing or wrong are undefined. */
export type Fields<S extends Shape> = { readonly [K in keyof S]?: z.output<S[K]> | undefined };

/** Reads the fields of a task file and notes everything that is wrong, without stopping at it. */
export class FieldReader {
  readonly source: YamlSource;

  constructor(source: YamlSource) {
    this.source = source;
  }

  /** The fields of a mapping. A value that is not a mapping is noted and read as empty. */
  fields<S extends Shape>(path: FieldPath, value: unknown, shape: S): Fields<S> {
    if (!isMapping(value)) {
      const allowed = Object.keys(shape).join(", ");
      this.source.problem(
        path,
        `must be a mapping with fields (${allowed}), but is ${describe(value)}`,
      );
      return {};
    }
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(shape, key)) continue;
      const known = Object.keys(shape);
      const message = `unknown field "${key}"${suggestion(key, known)} (known fields: ${known.join(", ")})`;
      this.source.problem([...path, key], message, "key");
    }
    const read = Object.entries(shape).map(([key, schema]) => {
      const result = schema.safeParse(value[key]);
      if (result.success) {
        const doubt = doubtOf(value[key], schema);
        if (doubt) this.source.warn([...path, key], doubt);
        return [key, result.data];
      }
      for (const issue of result.error.issues) {
        const at = [...path, key, ...(issue.path as (string | number)[])];
        const message = value[key] === undefined ? `"${key}" is missing: it ` : "";
        this.source.problem(at, message + issue.message);
      }
      return [key, undefined];
    });
    return Object.fromEntries(read) as Fields<S>;
  }

  /** The entries of a mapping from names that the user chose. */
  entries(path: FieldPath, value: unknown, what: string): readonly (readonly [string, unknown])[] {
    if (value === undefined) return [];
    if (!isMapping(value)) {
      this.source.problem(path, `must map names to ${what}, but is ${describe(value)}`);
      return [];
    }
    const entries = Object.entries(value);
    for (const [name] of entries) {
      if (!isIdentifier(name)) {
        const message = `"${name}" is not a valid name: use a letter, then letters, digits or _, at most 64`;
        this.source.problem([...path, name], message, "key");
      }
    }
    return entries;
  }

  /** The name of an object that the task has, or a problem with a suggestion. */
  objectName(path: FieldPath, name: string, known: Iterable<string>): string | undefined {
    const names = [...known];
    if (names.includes(name)) return name;
    const list = names.length > 0 ? ` (known: ${names.join(", ")})` : "";
    this.source.problem(
      path,
      `no object in \`objects\` is named "${name}"${suggestion(name, names)}${list}`,
    );
    return undefined;
  }

  expression(path: FieldPath, text: string, variables: ReadonlyMap<string, VariableKind>) {
    return this.#compile(path, () => compileExpression(text, variables));
  }

  condition(path: FieldPath, text: string, variables: ReadonlyMap<string, VariableKind>) {
    return this.#compile(path, () => compileCondition(text, variables));
  }

  #compile(path: FieldPath, compile: () => RewardExpression): RewardExpression | undefined {
    try {
      const compiled = compile();
      for (const { message, offset, length } of compiled.doubts) {
        this.source.warn(path, message, { offset, length });
      }
      return compiled;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      for (const { message, offset, length } of error.problems) {
        this.source.problem(path, message, { offset, length });
      }
      return undefined;
    }
  }
}

export function describe(value: unknown): string {
  if (value === undefined || value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? `the text "${value.slice(0, 40)}"` : `the value ${value}`;
}

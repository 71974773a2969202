import { readFileSync } from "node:fs";
import { type CollectionTag, parseDocument, type ScalarTag } from "yaml";
import { isMapping } from "../../base/index.js";
import { ParameterError } from "./ParameterError.js";

/** A parameter's value as someone gave it from outside, before the node is known. */
export interface ParameterAssignment {
  /** Which nodes it is for: `/**`, `/robot1/spatial_reward`, `spatial_reward`. */
  readonly node: string;
  readonly name: string;
  readonly value: unknown;
  /** Where it was given, for messages: `-p rate:=5`, `params.yaml`. */
  readonly origin: string;
}

const PARAMETERS_KEY = "ros__parameters";

/**
 * Reads a ROS 2 parameter file: `node: { ros__parameters: { name: value } }`. Node names may be
 * nested by namespace, parameter names by dots.
 *
 * @throws ParameterError that names the file
 */
export function readParameterFile(path: string): ParameterAssignment[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new ParameterError(`parameter file ${path}: ${(error as Error).message}`);
  }
  return parseParameterFile(text, path);
}

/** @param origin the file's name, for messages */
export function parseParameterFile(text: string, origin: string): ParameterAssignment[] {
  let content: unknown;
  try {
    content = parseYaml(text);
  } catch (error) {
    throw new ParameterError(`parameter file ${origin}: ${(error as Error).message}`);
  }
  if (content === null || content === undefined) return [];
  if (!isMapping(content)) throw shapeError(origin);
  const assignments: ParameterAssignment[] = [];
  collectNodes(content, "", origin, assignments);
  return assignments;
}

function collectNodes(
  mapping: Readonly<Record<string, unknown>>,
  namespace: string,
  origin: string,
  into: ParameterAssignment[],
): void {
  for (const [key, value] of Object.entries(mapping)) {
    if (!isMapping(value)) throw shapeError(origin, key);
    if (key === PARAMETERS_KEY) {
      if (namespace === "") throw shapeError(origin, key);
      collectParameters(value, "", { node: namespace, origin }, into);
    } else {
      collectNodes(value, joined(namespace, key), origin, into);
    }
  }
}

function collectParameters(
  mapping: Readonly<Record<string, unknown>>,
  prefix: string,
  given: Pick<ParameterAssignment, "node" | "origin">,
  into: ParameterAssignment[],
): void {
  for (const [key, value] of Object.entries(mapping)) {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (isMapping(value)) collectParameters(value, name, given, into);
    else into.push({ ...given, name, value });
  }
}

function joined(namespace: string, key: string): string {
  return namespace === "" ? key : `${namespace.replace(/\/$/, "")}/${key.replace(/^\//, "")}`;
}

function shapeError(origin: string, key?: string): ParameterError {
  const where = key === undefined ? "" : ` at ${key}`;
  return new ParameterError(
    `parameter file ${origin}${where}: must have a node's name, below it ${PARAMETERS_KEY}, below it ` +
      "the parameters (`/**:` for every node)",
  );
}

/**
 * YAML as ROS 2 reads parameters: `yes` and `off` are booleans, `1:30` and dates are texts.
 *
 * @throws Error with the line, if it is not YAML
 */
export function parseYaml(text: string): unknown {
  const document = parseDocument(text, {
    schema: "yaml-1.1",
    merge: true,
    customTags: (tags) => tags.filter((tag) => typeof tag === "string" || !isForeign(tag)),
  });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  return document.toJS({ maxAliasCount: 100 });
}

/** Numbers in base 60 and time stamps are not parameter values. */
function isForeign(tag: ScalarTag | CollectionTag): boolean {
  return ("format" in tag && tag.format === "TIME") || tag.tag.endsWith(":timestamp");
}

import * as z from "zod";
import type { RewardExpression, VariableKind } from "../expression/index.js";
import type { FieldPath } from "../yaml/index.js";
import type { FieldReader } from "./FieldReader.js";
import { expression, finite, name } from "./fieldSchemas.js";
import type { RewardSpec, ShapingSpec, Stage } from "./Task.js";

export type VariableKinds = ReadonlyMap<string, VariableKind>;

const STAGE = { name, progress: expression, until: expression, lost: expression.optional() };

const REWARD = {
  terms: z.unknown().optional(),
  shaping: z.unknown().optional(),
  success: finite.optional(),
  failure: finite.optional(),
};

const SHAPING = {
  gamma: z
    .number({ error: "must be the learner's discount of one frame, like 0.99" })
    .gt(0, { error: "must be more than 0 and at most 1" })
    .max(1, { error: "must be more than 0 and at most 1" }),
  scale: finite.optional(),
  potential: expression.optional(),
};

/** Names that outputs use for the parts of the reward that are not terms. */
const OWN_TERMS: readonly string[] = ["shaping", "success", "failure"];

/** `stages`: in order, with names that differ. */
export function readStages(
  reader: FieldReader,
  section: unknown,
  variables: VariableKinds,
): readonly Stage[] {
  if (section === undefined) return [];
  if (!Array.isArray(section) || section.length === 0) {
    reader.source.problem(["stages"], "must be a list of stages (name, progress, until, lost)");
    return [];
  }
  const names = new Set<string>();
  return section.flatMap((value: unknown, i) => {
    const path = ["stages", i];
    const { name, progress, until, lost } = reader.fields(path, value, STAGE);
    if (name !== undefined && names.has(name)) {
      reader.source.problem([...path, "name"], `another stage is named "${name}"`);
    }
    if (name !== undefined) names.add(name);
    const compiled = {
      progress: stageExpression(reader, [...path, "progress"], progress, variables, "expression"),
      until: stageExpression(reader, [...path, "until"], until, variables, "condition"),
    };
    const gone = stageExpression(reader, [...path, "lost"], lost, variables, "condition");
    if (name === undefined || !compiled.progress || !compiled.until) return [];
    return {
      name,
      progress: compiled.progress,
      until: compiled.until,
      ...(gone && { lost: gone }),
    };
  });
}

function stageExpression(
  reader: FieldReader,
  path: FieldPath,
  text: string | undefined,
  variables: VariableKinds,
  as: "expression" | "condition",
): RewardExpression | undefined {
  if (text === undefined) return undefined;
  const compiled = reader[as](path, text, variables);
  for (const circular of ["progress", "stage"]) {
    const offset = text.search(new RegExp(`\\b${circular}\\b`));
    if (!compiled?.names.includes(circular)) continue;
    const message = `"${circular}" is computed from the stages, so a stage cannot use it`;
    reader.source.problem(path, message, { offset, length: circular.length });
  }
  return compiled;
}

/** `reward`: terms, shaping, and what the end of an episode is worth. */
export function readReward(
  reader: FieldReader,
  section: unknown,
  variables: VariableKinds,
): RewardSpec {
  if (section === undefined) {
    reader.source.problem([], '"reward" is missing: it defines the reward of a step');
    return { terms: new Map(), successBonus: 0, failurePenalty: 0 };
  }
  const read = reader.fields(["reward"], section, REWARD);
  const terms = new Map<string, RewardExpression>();
  for (const [term, value] of reader.entries(["reward", "terms"], read.terms, "expressions")) {
    const path = ["reward", "terms", term];
    if (OWN_TERMS.includes(term)) {
      const message = `"${term}" is a built-in part of the reward: choose another name`;
      reader.source.problem(path, message, "key");
    }
    const text = expression.safeParse(value);
    if (!text.success) {
      for (const { message } of text.error.issues) reader.source.problem(path, message);
      continue;
    }
    const compiled = reader.expression(path, text.data, variables);
    if (compiled) terms.set(term, compiled);
  }
  const shaping = readShaping(reader, read.shaping, variables);
  const { success = 0, failure = 0 } = read;
  if (read.terms === undefined && !read.shaping && success === 0 && failure === 0) {
    reader.source.problem(["reward"], "is always 0: give it terms, shaping, success or failure");
  }
  return {
    terms,
    ...(shaping && { shaping }),
    successBonus: success,
    failurePenalty: failure,
  };
}

function readShaping(
  reader: FieldReader,
  section: unknown,
  variables: VariableKinds,
): ShapingSpec | undefined {
  if (section === undefined) return undefined;
  const path = ["reward", "shaping"];
  const { gamma = 1, scale = 1, potential = "progress" } = reader.fields(path, section, SHAPING);
  if (potential === "progress" && !variables.has("progress")) {
    const message = 'the potential "progress" needs stages: add them, or give a "potential"';
    reader.source.problem(path, message, "key");
    return undefined;
  }
  const compiled = reader.expression([...path, "potential"], potential, variables);
  return compiled && { gamma, scale, potential: compiled };
}

import * as z from "zod";
import { type AnswerFields, kindInfo, type SpatialQuestion } from "../../language/index.js";
import { repeatsName } from "./repeatsName.js";

/** The part of JSON Schema that forms are made of; every server with structured output knows it. */
export type JsonForm =
  | {
      readonly type: "object";
      readonly properties: Readonly<Record<string, JsonForm>>;
      readonly required: readonly string[];
      readonly additionalProperties: false;
    }
  | { readonly type: "boolean" | "number" | "string"; readonly enum?: readonly string[] };

const UNITS = ["m", "cm", "mm", "in", "ft"] as const;

/**
 * The object that answers a question; of several questions the object with one member for each,
 * named by its number.
 */
export function formFor(questions: readonly SpatialQuestion[]): JsonForm {
  const forms = questions.map(formOf);
  const [only, ...others] = forms;
  if (only && others.length === 0) return only;
  return object(Object.fromEntries(forms.map((form, i) => [`answer_${i + 1}`, form])));
}

function formOf(question: SpatialQuestion): JsonForm {
  if (question.kind === "open") return object({ answer: { type: "string" } });
  const visible = { type: "boolean" } as const;
  const { shape, relations } = kindInfo(question.kind);
  switch (shape) {
    case "quantity":
      return object({ visible, value: { type: "number" }, unit: choice(UNITS) });
    case "yes_no":
      return object({ visible, answer: choice(["yes", "no"]) });
    case "choice":
      return object({
        visible,
        answer: choice([question.subject.phrase, question.object?.phrase ?? "neither"]),
      });
    case "class":
      return object({ visible, answer: choice(relations) });
  }
}

/** A form in words, for servers without structured output. */
export function describeForm(form: JsonForm): string {
  if (form.type === "object") {
    const members = Object.entries(form.properties).map(
      ([name, member]) => `${JSON.stringify(name)}: ${describeForm(member)}`,
    );
    return `{${members.join(", ")}}`;
  }
  if (form.enum) return form.enum.map((value) => JSON.stringify(value)).join(" or ");
  return { boolean: "true or false", number: "a number", string: "text" }[form.type];
}

const fieldsSchema = z.looseObject({
  visible: z.boolean().optional(),
  value: z.union([z.number(), z.string()]).optional(),
  unit: z.string().optional(),
  answer: z.union([z.string(), z.boolean()]).optional(),
});

/** The fields of an answer in the form; undefined if it has not that form. */
export function fieldsIn(json: unknown): AnswerFields | undefined {
  const read = fieldsSchema.safeParse(json);
  if (!read.success) return undefined;
  const { visible, value, answer } = read.data;
  const isEmpty = visible !== false && value === undefined && answer === undefined;
  return isEmpty ? undefined : read.data;
}

/** Fields in words, for the record, and for the parser where they hold words themselves. */
export function sayFields({ visible, value, unit = "", answer }: AnswerFields): string {
  if (visible === false) return "It is not visible.";
  if (value !== undefined) return `${value} ${unit}`.trim();
  return typeof answer === "string" ? answer : answer ? "yes" : "no";
}

/** The members of an answer to several questions; undefined for those that it leaves out. */
export function membersOf(json: unknown, count: number): unknown[] {
  const members = z.record(z.string(), z.unknown()).catch({}).parse(json);
  return Array.from({ length: count }, (_, i) => members[`answer_${i + 1}`]);
}

/**
 * The JSON in a text that may have words or a code fence around it; undefined if there is none, or if it
 * says one thing twice.
 */
export function jsonIn(text: string): unknown {
  const from = text.indexOf("{");
  const to = text.lastIndexOf("}");
  if (from < 0 || to < from) return undefined;
  try {
    const part = text.slice(from, to + 1);
    const json: unknown = JSON.parse(part);
    return repeatsName(part, json) ? undefined : json;
  } catch {
    return undefined;
  }
}

function object(properties: Readonly<Record<string, JsonForm>>): JsonForm {
  return {
    type: "object",
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

function choice(values: readonly string[]): JsonForm {
  return { type: "string", enum: values };
}

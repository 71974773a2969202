import type { ParameterSpec, ParameterValue } from "../RosNode.js";

/** A value as it comes from YAML, the command line or a service call. */
export type GivenValue = unknown;

/** A value that fits its parameter, or why it does not. */
export type ParameterCheck<T extends ParameterValue> =
  | { readonly value: T }
  | { readonly fault: string };

/**
 * Holds a given value to its parameter's type, range and choices. Whole numbers are taken where a
 * floating point number is meant, and `5.0` where an integer is.
 */
export function checkParameter<T extends ParameterValue>(
  spec: ParameterSpec<T>,
  given: GivenValue,
): ParameterCheck<T> {
  const number = typeof given === "bigint" ? Number(given) : given;
  const fault = typeFault(spec, number) ?? valueFault(spec, number as ParameterValue);
  if (fault !== undefined) {
    return { fault: `parameter ${spec.name}: ${fault}, got ${inWords(given)}` };
  }
  return { value: number as T };
}

/** `floating point number in [0.1, 60]`, `text, one of a, b` */
export function wantedWords(spec: ParameterSpec<ParameterValue>): string {
  return `${typeWords(spec)}${rangeWords(spec)}${choiceWords(spec)}`;
}

function typeFault(spec: ParameterSpec<ParameterValue>, given: GivenValue): string | undefined {
  const { defaultValue } = spec;
  const fits =
    typeof defaultValue === "object"
      ? Array.isArray(given) && given.every((item) => typeof item === "string")
      : typeof given === typeof defaultValue &&
        (typeof given !== "number" ||
          (spec.integer ? Number.isSafeInteger(given) : Number.isFinite(given)));
  if (fits) return undefined;
  const hint = typeof defaultValue === "string" && !isEmpty(given) ? " (put it in quotes)" : "";
  return `wants ${wantedWords(spec)}${hint}`;
}

function valueFault(
  spec: ParameterSpec<ParameterValue>,
  value: ParameterValue,
): string | undefined {
  if (spec.range !== undefined && typeof value === "number") {
    const [least, most] = spec.range;
    if (value < least || value > most) return `wants ${wantedWords(spec)}`;
  }
  if (spec.choices !== undefined) {
    const texts = typeof value === "object" ? value : [value];
    if (!texts.every((text) => spec.choices?.includes(String(text)))) {
      return `wants ${wantedWords(spec)}`;
    }
  }
  return undefined;
}

function typeWords({ defaultValue, integer }: ParameterSpec<ParameterValue>): string {
  switch (typeof defaultValue) {
    case "boolean":
      return "true or false";
    case "number":
      return integer ? "a whole number" : "a number";
    case "string":
      return "a text";
    default:
      return "a list of strings";
  }
}

function rangeWords({ range }: ParameterSpec<ParameterValue>): string {
  if (range === undefined) return "";
  const [least, most] = range;
  if (most === Number.POSITIVE_INFINITY) return ` of at least ${least}`;
  return ` from ${least} to ${most}`;
}

function choiceWords({ choices }: ParameterSpec<ParameterValue>): string {
  return choices === undefined ? "" : `, one of ${choices.map((c) => c || '""').join(", ")}`;
}

function isEmpty(given: GivenValue): boolean {
  return given === null || given === undefined || typeof given === "object";
}

function inWords(given: GivenValue): string {
  if (given === undefined || given === null) return "nothing";
  const text = JSON.stringify(given, (_, value: unknown) =>
    typeof value === "bigint" ? Number(value) : value,
  );
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

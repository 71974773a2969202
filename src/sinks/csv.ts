import type { Annotation } from "../annotate/index.js";
import { printable } from "../base/index.js";
import type { Task } from "../task/index.js";

const MEASUREMENT_COLUMNS = ["value", "sigma", "raw", "validity"] as const;

/** The column names: the fields of the JSON lines, and `<measurement>_<field>` for each measurement. */
export function csvHeader(task: Task): string {
  return [
    ...["stamp_ns", "camera", "episode", "reward", "validity", "reason"],
    ...["progress", "stage", "success", "ended"],
    ...task.measurements.flatMap(({ name }) => MEASUREMENT_COLUMNS.map((c) => `${name}_${c}`)),
    ...["latency_ms", "model", "predicted"],
  ].join(",");
}

/** One row; a missing value is an empty field (RFC 4180 quoting). */
export function csvRow(annotation: Annotation): string {
  const { reward, measurements, latencyMs, model, outcome } = annotation;
  const fields = [
    ...[reward.stampNs, reward.camera, reward.episode, reward.reward, reward.validity],
    ...[reward.reason, reward.progress, reward.stage, reward.success, reward.ended],
    ...measurements.flatMap((measured) => MEASUREMENT_COLUMNS.map((c) => measured[c])),
    ...[latencyMs.toFixed(3), model, outcome === "predicted"],
  ];
  return fields.map(csvField).join(",");
}

/**
 * Spreadsheets run texts that begin like these as formulas, also after blanks and in their wide
 * forms (https://owasp.org/www-community/attacks/CSV_Injection); numbers are numbers.
 */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/** A value as a field of a row. */
export function csvField(field: unknown): string {
  return quoted(cell(field));
}

function cell(field: unknown): string {
  if (typeof field !== "string") return String(field ?? "");
  const text = printable(field);
  return FORMULA.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text;
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

import type { SchemaElement } from "hyparquet-writer";
import * as z from "zod";
import type { Annotation } from "../../annotate/index.js";
import type { MeasuredValue } from "../../estimate/index.js";
import { kindInfo, type SpatialFact } from "../../language/index.js";
import { type ParquetFile, parquetRows } from "../../sources/index.js";
import type { NewColumn } from "./addParquetColumns.js";

/** LeRobot's column of what was said at a frame. */
export const LANGUAGE_EVENTS = "language_events";

const eventSchema = z.looseObject({
  role: z.string(),
  content: z.string().nullish(),
  style: z.string().nullish(),
  camera: z.string().nullish(),
  tool_calls: z.unknown().optional(),
});
type Event = z.infer<typeof eventSchema>;

/**
 * Facts as LeRobot's `vqa` rows: a question of the user and the assistant's answer as JSON, tied to
 * a camera. LeRobot wants no more than one pair for each frame and camera, so the task's
 * measurements take turns. Refusals are no answers, nor is what the filters have doubts about.
 */
export class LanguageRows {
  readonly #pairs = new Map<number, Event[]>();

  /** @param at the row, counted over the whole data set */
  add(at: number, { frame, facts, measurements }: Annotation): void {
    const sure = measurements.flatMap((measured) => {
      const fact = facts.find(({ name }) => name === measured.name);
      const isSure = measured.validity === "ok" && measured.value !== null;
      return fact?.answer.value && isSure ? [{ fact, measured }] : [];
    });
    const chosen = sure[(frame.row?.frame ?? 0) % Math.max(1, sure.length)];
    if (chosen === undefined) return;
    const { fact, measured } = chosen;
    const shared = { style: "vqa", camera: frame.frameId, tool_calls: null };
    const pairs = this.#pairs.get(at) ?? [];
    this.#pairs.set(at, pairs);
    pairs.push(
      { role: "user", content: fact.answer.question.text, ...shared },
      { role: "assistant", content: JSON.stringify(answerOf(fact, measured)), ...shared },
    );
  }

  /**
   * The column of a file whose first row is `fromRow`. What the file says already stays, and where
   * that has an answer about a camera's picture, ours is left out.
   */
  column(file: ParquetFile, fromRow: number): NewColumn {
    const isThere = file.metadata.schema.some(({ name }) => name === LANGUAGE_EVENTS);
    return {
      schema: EVENTS_SCHEMA,
      values: async (from, to) => {
        const old = isThere ? await parquetRows(file, [LANGUAGE_EVENTS], from, to) : [];
        return Array.from({ length: to - from }, (_, i) => {
          const said = eventsIn(old[i]?.[LANGUAGE_EVENTS]);
          const taken = new Set(said.map(({ style, camera }) => style === "vqa" && camera));
          const ours = this.#pairs.get(fromRow + from + i) ?? [];
          return [...said, ...ours.filter(({ camera }) => !taken.has(camera ?? false))];
        });
      },
    };
  }
}

/** As LeRobot's own annotations are written: lists of structs, without values that are null. */
function eventsIn(cell: unknown): Event[] {
  return z.array(eventSchema).nullish().parse(cell) ?? [];
}

const TEXT = { type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" } as const;
const EVENTS_SCHEMA: readonly SchemaElement[] = [
  {
    ...{ name: LANGUAGE_EVENTS, repetition_type: "OPTIONAL", num_children: 1 },
    converted_type: "LIST",
  },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  { name: "element", repetition_type: "OPTIONAL", num_children: 5 },
  { name: "role", ...TEXT },
  { name: "content", ...TEXT },
  { name: "style", ...TEXT },
  { name: "camera", ...TEXT },
  { name: "tool_calls", repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  { name: "element", ...TEXT },
];

/**
 * An answer in the shapes that LeRobot knows: `spatial` (subject, relation, object) of two objects,
 * else `attribute` (label, attribute, value). Lengths are the measured ones, m, with their sigma.
 */
function answerOf({ relation, answer: { question, value } }: SpatialFact, measured: MeasuredValue) {
  if (question.kind === "open" || value === undefined) return {};
  const { value: number, sigma } = measured;
  const [subject, object] = [question.subject.phrase, question.object?.phrase];
  const length = { value: rounded(number), unit: "m", sigma: rounded(sigma) };
  if (object === undefined) return { label: subject, attribute: relation, ...length };
  switch (value.shape) {
    case "quantity":
      return { subject, relation, object, ...length };
    case "yes_no":
      return { subject, relation, object, holds: number === 1 };
    case "choice":
      return { subject, relation, object, choice: number === 1 ? subject : object };
    case "class": {
      const relations = kindInfo(question.kind).relations;
      return { subject, relation: relations[number === 1 ? 0 : 1], object };
    }
  }
}

/** To a tenth of a millimetre. */
function rounded(metres: number | null): number | null {
  return metres === null ? null : Math.round(metres * 1e4) / 1e4;
}

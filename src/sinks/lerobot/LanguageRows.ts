import type { SchemaElement } from "hyparquet-writer";
import * as z from "zod";
import type { Annotation } from "../../annotate/index.js";
import type { SpatialFact } from "../../language/index.js";
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
 * measurements take turns. Refusals are no answers.
 */
export class LanguageRows {
  readonly #pairs = new Map<number, Event[]>();

  /** @param at the row, counted over the whole data set */
  add(at: number, { frame, facts }: Annotation): void {
    const answered = facts.filter(({ answer }) => answer.value !== undefined);
    const fact = answered[(frame.row?.frame ?? 0) % Math.max(1, answered.length)];
    if (fact === undefined) return;
    const shared = { style: "vqa", camera: frame.frameId, tool_calls: null };
    const pairs = this.#pairs.get(at) ?? [];
    this.#pairs.set(at, pairs);
    pairs.push(
      { role: "user", content: fact.answer.question.text, ...shared },
      { role: "assistant", content: JSON.stringify(answerOf(fact)), ...shared },
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
 * else `attribute` (label, attribute, value); with lengths in metres and their sigma.
 */
function answerOf({ relation, answer: { question, value } }: SpatialFact): object {
  if (question.kind === "open") return { label: "", attribute: "answer", value: "" };
  const subject = question.subject.phrase;
  const object = question.object?.phrase;
  const said = sayingOf(value);
  if (object === undefined) {
    const { value_m: metres, ...rest } = said;
    return { label: subject, attribute: relation, value: metres ?? said.holds, unit: "m", ...rest };
  }
  return { subject, relation: said.relation ?? relation, object, ...said };
}

type Saying = Readonly<{
  value_m?: number;
  sigma_m?: number;
  holds?: boolean;
  choice?: string;
  relation?: string;
}>;

function sayingOf(value: SpatialFact["answer"]["value"]): Saying {
  switch (value?.shape) {
    case "quantity":
      return { value_m: rounded(value.valueM), sigma_m: rounded(value.sigmaM) };
    case "yes_no":
      return { holds: value.yes };
    case "choice":
      return { choice: value.choice };
    case "class":
      return { relation: value.relation };
    default:
      return {};
  }
}

/** To a tenth of a millimetre. */
function rounded(metres: number): number {
  return Math.round(metres * 1e4) / 1e4;
}

import type { IntervalFigures } from "../answers/AnswerMetrics.js";
import { type FigureUnit, formatFigure, formatInterval } from "../answers/formatAnswers.js";
import { textTable } from "../textTable.js";
import type { ReasoningMetrics } from "./ReasoningMetrics.js";

const HEAD = ["", "n/N", "right", "95 %", "right, of all", "95 %", "guessing", "doubted"];
const COSTS = ["turns", "questions", "refused", "tokens"];

/** The metrics as text for a terminal, all questions first. */
export function formatReasoning({ overall, kinds, unanswered }: ReasoningMetrics): string {
  const rows = [["all", overall] as const, ...kinds];
  const table = textTable([
    [...HEAD, ...COSTS],
    ...rows.map(([name, figures]) => line(name, figures)),
  ]);
  const endings = [...unanswered].map(([ending, n]) => `${ending} ${n}`).join(", ");
  return endings === "" ? table : `${table}\nWithout an answer: ${endings}\n`;
}

function line(name: string, figures: IntervalFigures): string[] {
  const { answered, accuracy, accuracy_of_all: ofAll } = figures;
  const say = (key: string, unit: FigureUnit) => formatFigure(figures[key]!.value, unit);
  const few = (key: string) => figures[key]!.value?.toFixed(key === "tokens" ? 0 : 1) ?? "–";
  return [
    name,
    `${answered!.n}/${answered!.of}`,
    say("accuracy", "share"),
    formatInterval(accuracy!, "share"),
    say("accuracy_of_all", "share"),
    formatInterval(ofAll!, "share"),
    say("guessing", "share"),
    say("doubted", "share"),
    few("turns"),
    few("questions"),
    say("refused", "share"),
    few("tokens"),
  ];
}

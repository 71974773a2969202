import { itemAt } from "../base/index.js";
import {
  type EpisodeRow,
  episodeFigures,
  type Figures,
  type RewardMetrics,
} from "./RewardMetrics.js";
import type { Figure } from "./statistics.js";

/** Longer lists of episodes are left to the JSON file. */
const MOST_ROWS = 25;

/** The metrics as text for a terminal: a table for each measurement, the episode set, the episodes. */
export function formatMetrics({ measurements, episodes, rows }: RewardMetrics): string {
  const parts = measurements.map(
    ({ name, kind, about, real, controls, known, wrongTargetObject }) => {
      const title = `${name}: ${kind.replaceAll("_", " ")}, ${about}`;
      if (known.n === 0) {
        return `${title}\n  no truth: coverage 0/${known.of} (TF does not tell it, or the values were computed from it)\n`;
      }
      const wrongTarget = wrongTargetObject === "" ? "wrong target" : `vs ${wrongTargetObject}`;
      return `${title}\n${figureTable(real, [
        ["reversed", controls.reversed],
        ["shuffled", controls.shuffled],
        [wrongTarget, controls.wrongTarget],
      ])}`;
    },
  );
  const { controls, signal } = episodes;
  const overEpisodes = figureTable(episodeFigures(episodes), [
    ["reversed", controls.reversed],
    ["shuffled", controls.shuffled],
    ["unsuccessful", controls.unsuccessful],
    ["clock", controls.clock],
  ]);
  parts.push(`Episodes (monotonicity of ${signal}, on successful ones)\n${overEpisodes}`);
  parts.push(episodeTable(rows));
  return parts.join("\n");
}

function figureTable(real: Figures, controls: readonly (readonly [string, Figures])[]): string {
  const head = ["", "value", "n/N", ...controls.map(([name]) => name)];
  const lines = Object.entries(real).map(([name, figure]) => [
    name,
    number(figure),
    `${figure.n}/${figure.of}`,
    ...controls.map(([, figures]) => (figures[name] ? number(figures[name]) : "")),
  ]);
  return textTable([head, ...lines]);
}

function episodeTable(rows: readonly EpisodeRow[]): string {
  const head = "episode,camera,outcome,said by,ended,return,progress,seconds,ok,stale,invalid";
  const lines = rows
    .slice(0, MOST_ROWS)
    .map((row) => [
      row.name,
      row.camera,
      row.outcome || "–",
      row.outcomeFrom,
      row.ended || "–",
      row.return === null ? "–" : row.return.toFixed(3),
      row.finalProgress.toFixed(3),
      row.durationS.toFixed(1),
      String(row.ok),
      String(row.stale),
      String(row.invalid),
    ]);
  const more = rows.length - lines.length;
  return textTable([head.split(","), ...lines]) + (more > 0 ? `  … and ${more} more\n` : "");
}

function number({ value }: Figure): string {
  return value === undefined ? "–" : value.toFixed(4);
}

/** Columns padded to their widest cell; those that hold numbers are aligned to the right. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = itemAt(rows, 0).map((_, column) =>
    Math.max(...rows.map((row) => itemAt(row, column).length)),
  );
  const isNumeric = widths.map((_, column) =>
    rows.slice(1).every((row) => /^(-?[\d./]+( %)?|–|)$/.test(itemAt(row, column))),
  );
  return rows
    .map((row) => {
      const cells = row.map((cell, column) =>
        isNumeric[column]
          ? cell.padStart(itemAt(widths, column))
          : cell.padEnd(itemAt(widths, column)),
      );
      return `  ${cells.join("  ").trimEnd()}\n`;
    })
    .join("");
}

import type { SchemaElement } from "hyparquet-writer";
import type { NewColumn } from "./addParquetColumns.js";
import type { RowFeature } from "./DatasetRewards.js";
import { type FeatureStats, statsOf } from "./featureStats.js";

/** Numbers in a row: LeRobot takes a list of one for a number. */
export function widthOf({ names }: RowFeature): number {
  return Math.max(1, names.length);
}

/** As meta/info.json describes a feature. */
export function describedFeature(feature: RowFeature): object {
  const { dtype, names } = feature;
  return { dtype, shape: [widthOf(feature)], names: names.length > 0 ? names : null };
}

/**
 * A feature as a column of a file.
 *
 * @param fromRow the first row of the file, counted as the feature's values are
 */
export function valueColumn(feature: RowFeature, fromRow: number): NewColumn {
  const { name, dtype, values } = feature;
  const width = widthOf(feature);
  const type = { float32: "FLOAT", int64: "INT64", bool: "BOOLEAN" } as const;
  const element = { type: type[dtype], repetition_type: "OPTIONAL" } as const;
  const value = { dtype, _type: "Value" };
  const numbers = (from: number, to: number) =>
    values.subarray((fromRow + from) * width, (fromRow + to) * width);
  if (width > 1) {
    return {
      schema: listSchema(name, element),
      values: (from, to) =>
        Array.from({ length: to - from }, (_, i) => [...numbers(from + i, from + i + 1)]),
      feature: { feature: value, length: width, _type: "List" },
    };
  }
  return {
    schema: [{ name, ...element }],
    values: (from, to) => {
      const part = numbers(from, to);
      if (dtype === "bool") return Array.from(part, (number) => number === 1);
      return dtype === "int64" ? Array.from(part, BigInt) : part;
    },
    feature: value,
  };
}

/** The schema of a column of lists, as Arrow writes it. */
export function listSchema(name: string, element: Omit<SchemaElement, "name">): SchemaElement[] {
  return [
    { name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", ...element },
  ];
}

/** The statistics of a feature in the episodes' table: a column for each figure. */
export function statsColumns(
  name: string,
  width: number,
  ofEpisodes: readonly (FeatureStats | undefined)[],
): NewColumn[] {
  return STATS.map((figure) =>
    statsColumn(
      `stats/${name}/${figure}`,
      ofEpisodes.map((stats) => listOf(stats, figure, width)),
      figure === "count",
    ),
  );
}

function statsColumn(
  name: string,
  lists: readonly (readonly number[])[],
  isCount: boolean,
): NewColumn {
  return {
    schema: listSchema(name, { type: isCount ? "INT64" : "DOUBLE", repetition_type: "OPTIONAL" }),
    values: (from, to) =>
      lists.slice(from, to).map((list) => (isCount ? list.map(BigInt) : [...list])),
  };
}

/** LeRobot's names of the figures, in its order. */
const STATS = [
  ...(["min", "max", "mean", "std", "count"] as const),
  ...(["q01", "q10", "q50", "q90", "q99"] as const),
];

function listOf(
  stats: FeatureStats | undefined,
  figure: (typeof STATS)[number],
  width: number,
): readonly number[] {
  if (figure === "count") return [stats?.count ?? 0];
  return stats?.[figure] ?? new Array<number>(width).fill(Number.NaN);
}

/** As LeRobot writes them down: the count is a list as well. */
export function written({ count, ...figures }: FeatureStats): object {
  return { ...figures, count: [count] };
}

/** The statistics of rows `[from, to)`; undefined where one of the numbers is never known. */
export function statsOfRows(feature: RowFeature, from: number, to: number) {
  return statsOf(columnsOf(feature, from, to));
}

/** The numbers of rows `[from, to)`, apart by their place in the row. */
function columnsOf(feature: RowFeature, from: number, to: number): number[][] {
  const width = widthOf(feature);
  return Array.from({ length: width }, (_, i) =>
    Array.from({ length: to - from }, (__, k) => feature.values[(from + k) * width + i] ?? 0),
  );
}

import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import type { AnnotationSink } from "../../annotate/index.js";
import {
  mayReplace,
  messageOf,
  OutputError,
  OutputPlace,
  UserError,
  writeWhole,
} from "../../base/index.js";
import {
  type FrameSource,
  INFO_FILE,
  type LeRobotDataset,
  LeRobotError,
  openParquet,
  type ParquetFile,
  parquetRows,
} from "../../sources/index.js";
import type { Task } from "../../task/index.js";
import { addParquetColumns } from "./addParquetColumns.js";
import { copyFolder } from "./copyFolder.js";
import { DatasetRewards, type RowFeature } from "./DatasetRewards.js";
import { type FeatureStats, joinStats } from "./featureStats.js";
import { LANGUAGE_EVENTS, LanguageRows } from "./LanguageRows.js";
import {
  describedFeature,
  statsColumns,
  statsOfRows,
  valueColumn,
  widthOf,
  written,
} from "./rowColumns.js";

/** There is no data set to copy, or the name of the copy is taken. */
export class DatasetCopyError extends UserError {
  override readonly code = "lerobot.copy";
}

/** In v2, the statistics of each episode; in v3 they are columns of `meta/episodes`. */
const EPISODES_STATS = "meta/episodes_stats.jsonl";
const STATS_FILE = "meta/stats.json";
const EPISODES = "meta/episodes";

/**
 * A copy of the data set that is annotated, with `next.reward`, `next.done`, `next.success` and
 * `complementary_info.*` as features (docs/lerobot.md). It is made when all is known, and appears
 * under its name when it is complete.
 *
 * @param withFacts The questions and answers too, as `vqa` rows of `language_events`.
 * @throws DatasetCopyError
 */
export async function datasetSink(
  path: string,
  { dataset, info }: FrameSource,
  task: Task,
  withFacts: boolean,
): Promise<AnnotationSink> {
  if (dataset === undefined) {
    throw new DatasetCopyError(
      `${path}: rewards go into a copy of a LeRobot data set, and ${info.path} is none`,
    );
  }
  const entries = await readdir(path).catch(() => []);
  const isFile = (await stat(path).catch(() => undefined))?.isFile() === true;
  if (isFile || (entries.length > 0 && !mayReplace(path))) {
    throw new DatasetCopyError(
      `${path} already exists; remove it, or choose another --output for the copy of ${info.path}`,
    );
  }
  const place = await OutputPlace.take(path);
  const rewards = new DatasetRewards(dataset.episodes, task);
  const language = withFacts ? new LanguageRows() : undefined;
  return {
    path,
    async write(annotation) {
      // Between images there is no row.
      if (annotation.outcome === "predicted") return;
      const { row } = annotation.frame;
      const position = row && rewards.position(row);
      if (position === undefined) {
        throw new LeRobotError(
          `${info.path}: row ${row?.index} counts as frame ${row?.frame} of episode ` +
            `${row?.episode}, which is not so long`,
        );
      }
      rewards.add(position, annotation);
      language?.add(position, annotation);
    },
    async close() {
      await place.createFolder();
      await writeCopy(dataset, place.temporary, rewards.features(), language);
      await place.publish();
    },
    abort: () => place.discard(),
  };
}

async function writeCopy(
  dataset: LeRobotDataset,
  to: string,
  features: readonly RowFeature[],
  language: LanguageRows | undefined,
): Promise<void> {
  const { folder, episodes } = dataset;
  const isOwn = new Set([INFO_FILE, STATS_FILE, EPISODES_STATS]);
  const stats = features.map((feature): NamedStats => {
    const ofEpisode = episodes.map(
      ({ index, fromRow, toRow }) => [index, statsOfRows(feature, fromRow, toRow)] as const,
    );
    const ofAll = joinStats(ofEpisode.flatMap(([, found]) => found ?? []));
    const { name } = feature;
    return {
      name,
      width: widthOf(feature),
      ofEpisode: new Map(ofEpisode),
      ...(ofAll && { ofAll }),
    };
  });
  for (const [dataPath, fromRow] of firstRows(dataset)) {
    isOwn.add(dataPath);
    const file = await openParquet(join(folder, dataPath));
    checkRows(dataset, dataPath, Number(file.metadata.num_rows));
    const columns = features.map((feature) => valueColumn(feature, fromRow));
    if (language) columns.push(language.column(file, fromRow));
    await makeFolders(to, dataPath);
    await addParquetColumns(file, join(to, dataPath), columns);
  }
  for (const name of await episodeFiles(dataset)) {
    isOwn.add(name);
    const file = await openParquet(join(folder, name));
    const order = await episodeOrder(file);
    const columns = stats.flatMap(({ name: feature, width, ofEpisode }) =>
      statsColumns(
        feature,
        width,
        order.map((index) => ofEpisode.get(index)),
      ),
    );
    await makeFolders(to, name);
    await addParquetColumns(file, join(to, name), columns);
  }
  await copyFolder(folder, to, isOwn);
  await addEpisodesStats(dataset, to, stats);
  await addStats(dataset, to, stats);
  await addFeatures(dataset, to, features, language !== undefined);
}

/** The Parquet files of the rows with the number of their first row over the whole data set. */
function firstRows({ episodes }: LeRobotDataset): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { dataPath, fromRow } of episodes) {
    first.set(dataPath, Math.min(fromRow, first.get(dataPath) ?? fromRow));
  }
  return first;
}

function checkRows({ folder, episodes }: LeRobotDataset, dataPath: string, found: number): void {
  const listed = episodes
    .filter((episode) => episode.dataPath === dataPath)
    .reduce((sum, { fromRow, toRow }) => sum + toRow - fromRow, 0);
  if (listed === found) return;
  throw new LeRobotError(
    `${join(folder, dataPath)} has ${found} rows, but its episodes have ${listed}`,
  );
}

async function makeFolders(to: string, path: string): Promise<void> {
  await mkdir(dirname(join(to, path)), { recursive: true }).catch((error: unknown) => {
    throw new OutputError(join(to, path), error);
  });
}

/** The files of `meta/episodes`, which v2 does not have. */
async function episodeFiles({ folder, info }: LeRobotDataset): Promise<string[]> {
  if (info.layout === "v2") return [];
  const names = await readdir(join(folder, EPISODES), { recursive: true });
  return names.filter((name) => name.endsWith(".parquet")).map((name) => join(EPISODES, name));
}

async function episodeOrder(file: ParquetFile): Promise<number[]> {
  const rows = await parquetRows(file, ["episode_index"]);
  return rows.map(({ episode_index: index }) => Number(index));
}

interface NamedStats {
  readonly name: string;
  readonly width: number;
  /** Undefined where nothing is known. */
  readonly ofEpisode: ReadonlyMap<number, FeatureStats | undefined>;
  readonly ofAll?: FeatureStats;
}

const object = z.record(z.string(), z.unknown());

/** The text of a file of the data set; undefined where it has none. */
async function textOf({ folder }: LeRobotDataset, path: string): Promise<string | undefined> {
  return readFile(join(folder, path), "utf8").catch(() => undefined);
}

/** JSON knows no NaN: a feature of which nothing is known has no statistics. */
async function addStats(
  dataset: LeRobotDataset,
  to: string,
  stats: readonly NamedStats[],
): Promise<void> {
  const text = await textOf(dataset, STATS_FILE);
  if (text === undefined) return;
  const added = stats.flatMap(({ name, ofAll }) =>
    ofAll ? [[name, written(ofAll)] as const] : [],
  );
  const all = {
    ...without(parsed(dataset, STATS_FILE, text), stats),
    ...Object.fromEntries(added),
  };
  await makeFolders(to, STATS_FILE);
  await writeWhole(join(to, STATS_FILE), `${JSON.stringify(all, undefined, 4)}\n`);
}

async function addEpisodesStats(
  dataset: LeRobotDataset,
  to: string,
  stats: readonly NamedStats[],
): Promise<void> {
  const text = await textOf(dataset, EPISODES_STATS);
  if (text === undefined) return;
  const lines = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const { episode_index: index, stats: old, ...rest } = parsed(dataset, EPISODES_STATS, line);
      const added = stats.flatMap(({ name, ofEpisode }) => {
        const found = ofEpisode.get(Number(index));
        return found ? [[name, written(found)] as const] : [];
      });
      const merged = { ...without(object.parse(old), stats), ...Object.fromEntries(added) };
      return JSON.stringify({ episode_index: index, stats: merged, ...rest });
    });
  await makeFolders(to, EPISODES_STATS);
  await writeWhole(join(to, EPISODES_STATS), `${lines.join("\n")}\n`);
}

function without(
  stats: Readonly<Record<string, unknown>>,
  replaced: readonly NamedStats[],
): Record<string, unknown> {
  const names = new Set(replaced.map(({ name }) => name));
  return Object.fromEntries(Object.entries(stats).filter(([name]) => !names.has(name)));
}

async function addFeatures(
  dataset: LeRobotDataset,
  to: string,
  features: readonly RowFeature[],
  withFacts: boolean,
): Promise<void> {
  const info = parsed(dataset, INFO_FILE, (await textOf(dataset, INFO_FILE)) ?? "");
  const added = features.map((feature) => [feature.name, describedFeature(feature)] as const);
  const events = { dtype: "language", shape: [1], names: null };
  const all = {
    ...info,
    features: {
      ...object.parse(info.features),
      ...Object.fromEntries(added),
      ...(withFacts && { [LANGUAGE_EVENTS]: events }),
    },
  };
  await makeFolders(to, INFO_FILE);
  await writeWhole(join(to, INFO_FILE), `${JSON.stringify(all, undefined, 4)}\n`);
}

/** @throws LeRobotError */
function parsed({ folder }: LeRobotDataset, path: string, text: string): Record<string, unknown> {
  try {
    return object.parse(JSON.parse(text));
  } catch (error) {
    const reason = messageOf(error);
    throw new LeRobotError(`${join(folder, path)}: ${reason}`, { cause: error });
  }
}

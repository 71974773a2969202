import { join } from "node:path";
import {
  type AnnotationSink,
  annotateRecording,
  FaultCounts,
  type FrameCounters,
} from "../annotate/index.js";
import type { CameraTopics } from "../camera/index.js";
import { DatasetRewards, type RowFeature } from "../sinks/index.js";
import type { FrameSource } from "../sources/index.js";
import type { Task } from "../task/index.js";
import { chooseSignals } from "./chooseSignals.js";
import { ANSWERS } from "./EpisodePictures.js";
import type { ExportMap } from "./ExportMap.js";
import { type Anchor, keptParts, type PlannedRow, planRows, type Run } from "./planRows.js";
import { ExportError } from "./RisingStamps.js";
import { ACTION, type RowSettings, STATE } from "./RowSettings.js";
import { knownRows, type RowNumbers, readNumbers } from "./readNumbers.js";
import type { StagedCamera, StagedEpisode, StagedRecording } from "./StagedEpisode.js";
import type { RowColumn } from "./sampleRows.js";
import { stagePictures } from "./stagePictures.js";

export interface StageOptions {
  /** Goes on with the answers of an interrupted run. */
  readonly resume: boolean;
  readonly signal: AbortSignal;
  readonly onStart?: (expectedFrames: number | undefined) => void;
  readonly onAsked?: (frames: number) => void;
}

/**
 * Makes the rows of a recording, with rewards and encoded pictures, in a folder of their own.
 *
 * The recording is read three times: for its rewards, for its signals, and for its pictures. So
 * each pass keeps only numbers, or one picture of each camera, in memory.
 *
 * @param folder in `stage`, for the pictures
 * @throws ExportError, SignalChoiceError, ExportPictureError, OutputError, what annotating throws
 */
export async function stageRecording(
  source: FrameSource,
  settings: RowSettings,
  stage: string,
  folder: string,
  options: StageOptions,
): Promise<StagedRecording> {
  const { task, map, fps } = settings;
  const { signal } = options;
  const chosen = chooseSignals(map, task, source.recording);
  const cameras = camerasOf(source, task, map);
  await checkRate(source, cameras, fps);
  const { anchors, counters, faults } = await annotated(
    source,
    settings,
    join(stage, folder),
    options,
  );
  const plan = planRows(anchors, fps);
  const rows = plan.runs.flat();

  const numbers = await readNumbers(source, cameras, rows, chosen, fps, signal);
  const columns = [...numbers.state, ...(numbers.action ?? [])];
  const isKnown = knownRows(rows, columns, numbers.survey);
  const parts = keptParts(plan.runs, (row) => isKnown.has(row));
  if (parts.length === 0) throw nothingKept(source, plan.runs, rows, columns);

  const features = rewardFeatures(parts, task);
  const pictures = await stagePictures(source, cameras, parts, settings, stage, folder, signal);
  const indexOf = new Map(rows.map((row, i) => [row, i]));
  let fromRow = 0;
  const episodes = parts.map((part, i): StagedEpisode => {
    const first = fromRow;
    fromRow += part.length;
    const indices = part.map((row) => indexOf.get(row) ?? 0);
    return {
      ...described(part, source, settings),
      columns: [
        ...numberColumns(numbers, indices),
        ...features.map((feature) => ofEpisode(feature, first, part.length)),
      ],
      cameras: pictures.map((camera) => camera[i] as StagedCamera),
    };
  });
  const kept = parts.flat();
  const invalid = kept.filter(({ anchor }) => anchor?.reward.validity !== "ok").length;
  return {
    episodes,
    lines: [...faults, ...linesOf(plan, rows.length - kept.length, numbers.faults)],
    damage: [...source.info.damage],
    notes: [...(source.info.notes ?? [])],
    rows: { all: kept.length, invalid },
    frames: { ...counters },
  };
}

/** The rewards of all rows, in their order. */
function rewardFeatures(parts: readonly Run[], task: Task): readonly RowFeature[] {
  const rewards = new DatasetRewards(episodeRows(parts), task);
  for (const [position, { anchor }] of parts.flat().entries()) {
    if (anchor) rewards.add(position, anchor);
  }
  return rewards.features();
}

/** What an episode is, beside its rows. */
function described(
  part: Run,
  { info }: FrameSource,
  { map, task }: RowSettings,
): Omit<StagedEpisode, "columns" | "cameras"> {
  const said = part.find(({ anchor }) => anchor)?.anchor;
  const { attempt, episode } = said ?? { attempt: 1, episode: info.name };
  return {
    length: part.length,
    recording: info.name,
    attempt: attempt === 1 ? episode : `${episode} (${attempt})`,
    end: part.at(-1)?.anchor?.reward.ended ?? "open",
    instruction: map.instruction ?? said?.instruction ?? task.description ?? task.name,
    stampsNs: part.map(({ stampNs }) => String(stampNs)),
  };
}

/** State and action of some rows. */
function numberColumns({ state, action }: RowNumbers, rows: readonly number[]): RowFeature[] {
  const stateColumn = columnOf(STATE, state, rows);
  const actionColumn = action
    ? columnOf(ACTION, action, rows)
    : { ...stateColumn, name: ACTION, values: nextValues(stateColumn) };
  return [stateColumn, actionColumn];
}

/** The rows of one episode, whose first is `from` among all. */
function ofEpisode({ name, dtype, names, values }: RowFeature, from: number, length: number) {
  const width = Math.max(1, names.length);
  const own = values.slice(width * from, width * (from + length));
  // The row that ends an episode ends it, whatever came after it in the recording.
  if (name === "next.done") own[own.length - 1] = 1;
  return { name, dtype, names, values: own };
}

function linesOf(
  { afterEnd, held, cuts }: ReturnType<typeof planRows>,
  unknown: number,
  faults: readonly string[],
): string[] {
  return [
    ...(held > 0 ? [`${held} rows repeat the picture before: none came for them`] : []),
    ...(cuts > 0 ? [`${cuts}× cut where no picture came for half a second`] : []),
    ...(unknown > 0
      ? [`${unknown} rows left out: their state, action or pictures are unknown`]
      : []),
    ...(afterEnd > 0 ? [`${afterEnd} pictures after the end of an episode left out`] : []),
    ...faults.map((fault) => `unreadable messages: ${fault}`),
  ];
}

/** The task's cameras, or the only one; and those of the map. The first one sets the rows. */
function camerasOf(source: FrameSource, task: Task, map: ExportMap): CameraTopics[] {
  const own = source.cameras(task.cameras);
  const more = map.images.length > 0 ? source.cameras(map.images) : [];
  const colors = new Set(own.map(({ color }) => color));
  // Depth and labels are not for the pictures.
  return [...own, ...more.filter(({ color }) => !colors.has(color))].map(({ name, color }) => ({
    name,
    color,
  }));
}

/** Pictures that are looked at to tell their rate. */
const RATE_PICTURES = 60;
const RATE_TOLERANCE = 1.05;

/** @throws ExportError where rows would come faster than pictures */
async function checkRate(
  source: FrameSource,
  [camera]: readonly CameraTopics[],
  fps: number,
): Promise<void> {
  if (!camera) return;
  const stamps: number[] = [];
  let firstNs: bigint | undefined;
  for await (const { stampNs } of source.frames({ cameras: [camera] })) {
    firstNs ??= stampNs;
    stamps.push(Number(stampNs - firstNs) / 1e9);
    if (stamps.length === RATE_PICTURES) break;
  }
  const steps = stamps
    .slice(1)
    .map((stamp, i) => stamp - (stamps[i] ?? 0))
    .filter((step) => step > 0)
    .sort((a, b) => a - b);
  const period = steps[steps.length >> 1];
  if (period === undefined || fps * period <= RATE_TOLERANCE) return;
  throw new ExportError(
    `${source.info.path}: --fps ${fps}, but pictures of ${camera.color} come at ` +
      `${(1 / period).toFixed(1)} Hz: rows would repeat them. Give --fps ${Math.max(1, Math.floor(RATE_TOLERANCE / period))} or less`,
  );
}

async function annotated(
  source: FrameSource,
  { task, vlm, fps, calibration }: RowSettings,
  folder: string,
  { resume, signal, onStart, onAsked }: StageOptions,
): Promise<{ anchors: Anchor[]; counters: FrameCounters; faults: string[] }> {
  const anchors: Anchor[] = [];
  const faults = new FaultCounts();
  const contradictions: string[] = [];
  const [reference] = source.cameras(task.cameras);
  const sink: AnnotationSink = {
    path: "",
    async write({ frame, reward, measurements, attempt, outcome }) {
      if (outcome === "failed") faults.add(reward.reason);
      if (frame.camera !== reference?.name) return;
      const { stampNs, logNs, episode, fault, instruction } = frame;
      const said = {
        ...{ reward, measurements, attempt, episode, hasPicture: fault === undefined },
        ...(instruction !== undefined && { instruction }),
      };
      anchors.push({ stampNs, ...(logNs !== undefined && { logNs }), ...said });
    },
    close: async () => {},
    abort: async () => {},
  };
  const counters = await annotateRecording(source, task, vlm, {
    sinks: [async () => sink],
    ...{ rateHz: fps, resume, signal, keepJournal: true },
    journalPath: join(folder, ANSWERS),
    ...(calibration && { calibration }),
    ...(onStart && { onStart }),
    ...(onAsked && { onAsked }),
    onContradiction: (finding) => contradictions.push(finding),
  });
  return { anchors, counters, faults: [...contradictions, ...faults.lines()] };
}

function nothingKept(
  { info }: FrameSource,
  runs: readonly Run[],
  rows: readonly PlannedRow[],
  columns: readonly RowColumn[],
): ExportError {
  if (runs.every(({ length }) => length < 2)) {
    return new ExportError(`${info.path}: fewer than two pictures follow each other: no episode`);
  }
  const missing = columns
    .map(({ name, origin, values }) => ({
      name: `${name} of ${origin}`,
      count: values.filter((value) => Number.isNaN(value)).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${name} (${count} of ${rows.length} rows)`);
  return new ExportError(
    `${info.path}: no two rows in a row have a state, an action and all pictures. ` +
      (missing.length > 0
        ? `Unknown: ${missing.slice(0, 8).join(", ")}. A message counts for 0.5 s; \`max_age\` in the map changes that`
        : "The cameras do not see at the same time"),
  );
}

function episodeRows(parts: readonly Run[]) {
  let toRow = 0;
  return parts.map((part, index) => {
    const fromRow = toRow;
    toRow += part.length;
    return { index, fromRow, toRow };
  });
}

function columnOf(
  name: string,
  columns: readonly RowColumn[],
  rows: readonly number[],
): RowFeature {
  const values = new Float32Array(columns.length * rows.length);
  for (const [at, row] of rows.entries()) {
    for (const [i, column] of columns.entries()) {
      values[at * columns.length + i] = column.values[row] ?? Number.NaN;
    }
  }
  return { name, dtype: "float32", names: columns.map((column) => column.name), values };
}

/** Each row's is that of the next one; the last row has its own. */
function nextValues({ names, values }: RowFeature): Float32Array {
  const width = names.length;
  const last = values.subarray(values.length - width);
  return Float32Array.from([...values.subarray(width), ...last]);
}

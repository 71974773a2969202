import { annotateRecording } from "../../annotate/index.js";
import { secondsOf } from "../../base/index.js";
import type { SpatialVlm } from "../../models/index.js";
import { openSource } from "../../sources/index.js";
import type { Task } from "../../task/index.js";
import type { FleetJob } from "./FleetJob.js";

/** How the images of a slice are asked about: as in a run over the whole recording. */
export interface SliceSettings {
  readonly task: Task;
  readonly vlm: SpatialVlm;
  /** Where the answers are kept. */
  readonly journalPath: string;
  readonly rate?: number | undefined;
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
  readonly onProgress: (done: number, total: number) => void;
}

/** Where the answers of each slice of a run are kept that has this journal. */
export function slicePaths(journal: string, count: number): string[] {
  const stem = journal.replace(/\.partial$/, "");
  return Array.from({ length: count }, (_, i) => `${stem}.slice-${i + 1}-of-${count}.partial`);
}

/**
 * Asks the model about a slice of a recording and keeps its answers. Nothing is annotated: filters,
 * episodes and rewards carry on from image to image, so that this is done for the whole recording,
 * once all answers are there.
 *
 * @param index from 0
 */
export async function askSlice(
  recording: string,
  index: number,
  { count, ns }: NonNullable<FleetJob["slices"]>,
  { task, vlm, journalPath, rate, from, to, onProgress }: SliceSettings,
  signal: AbortSignal,
): Promise<string[]> {
  await using source = await openSource(recording);
  const isLast = index === count - 1;
  const { startNs, endNs } = source.info;
  // Stamps may lie before the first log time and after the last.
  const fromNs = index === 0 ? -FAR_NS : BigInt(index) * ns;
  const toNs = isLast ? endNs - startNs + FAR_NS : BigInt(index + 1) * ns;
  const { annotated, failed } = await annotateRecording(source, task, vlm, {
    ...{ journalPath, resume: true, keepJournal: true, signal, slice: [fromNs, toNs] },
    ...(rate !== undefined && { rateHz: rate }),
    ...(from !== undefined && { fromNs: from }),
    ...(to !== undefined && { toNs: to }),
    onAsked: (done) => onProgress(done, 0),
  });
  return [
    `${source.info.name}: asked about ${annotated + failed} images of slice ${index + 1} of ${count}, ` +
      `from ${secondsOf(BigInt(index) * ns).toFixed(0)} s on`,
  ];
}

/** Further than any clock is off. */
const FAR_NS = 2n ** 62n;

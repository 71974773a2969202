import type { CameraTopics, KinematicSelection } from "../camera/index.js";
import type { FrameSource } from "../sources/index.js";
import type { PlannedRow } from "./planRows.js";
import type { RowColumn, RowSampler } from "./sampleRows.js";

/** Stamps of the readable pictures of each camera, ns, rising; by the camera's name. */
export type Survey = ReadonlyMap<string, BigInt64Array>;

/** Reads what else frames tell: when the other cameras saw something, and the kinematics. */
export async function surveyFrames(
  source: FrameSource,
  cameras: readonly CameraTopics[],
  kinematics: KinematicSelection | undefined,
  sampler: RowSampler,
  signal: AbortSignal,
): Promise<Survey> {
  const [reference, ...others] = cameras;
  const wanted = kinematics && reference ? [reference, ...others] : others;
  const stamps = new Map<string, bigint[]>(others.map(({ name }) => [name, []]));
  if (wanted.length > 0) {
    const selection = { cameras: wanted, ...(kinematics && { kinematics }) };
    for await (const frame of source.frames(selection, signal)) {
      if (frame.fault === undefined) stamps.get(frame.camera)?.push(frame.stampNs);
      for (const sample of frame.kinematics ?? []) sampler.addKinematics(sample);
    }
  }
  return new Map([...stamps].map(([name, list]) => [name, BigInt64Array.from(list)]));
}

/** How far the picture of another camera may be from a row, ns. */
const FARTHEST_NS = 500_000_000n;

/** The rows of which every number and a picture of every camera is known. */
export function knownRows(
  rows: readonly PlannedRow[],
  columns: readonly RowColumn[],
  survey: Survey,
): ReadonlySet<PlannedRow> {
  const known = new Set<PlannedRow>();
  for (const [i, row] of rows.entries()) {
    const hasNumbers = columns.every(({ values }) => !Number.isNaN(values[i]));
    const hasPictures = [...survey.values()].every((stamps) => isNear(stamps, row.stampNs));
    if (hasNumbers && hasPictures) known.add(row);
  }
  return known;
}

function isNear(stamps: BigInt64Array, stampNs: bigint): boolean {
  let [low, high] = [0, stamps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stamps[middle] ?? 0n) < stampNs) low = middle + 1;
    else high = middle;
  }
  return [stamps[low - 1], stamps[low]].some((stamp) => {
    if (stamp === undefined) return false;
    const apart = stamp > stampNs ? stamp - stampNs : stampNs - stamp;
    return apart <= FARTHEST_NS;
  });
}

import { bisector } from "d3-array";
import type { CameraTopics, KinematicSelection } from "../camera/index.js";
import type { FrameSource } from "../sources/index.js";
import type { ChosenSignals } from "./chooseSignals.js";
import type { Signal } from "./ExportMap.js";
import type { PlannedRow } from "./planRows.js";
import { ExportError } from "./RisingStamps.js";
import { ACTION, STATE } from "./RowSettings.js";
import { type RowColumn, RowSampler } from "./sampleRows.js";

/** What rows hold beside rewards and pictures. */
export interface RowNumbers {
  readonly state: readonly RowColumn[];
  /** Undefined where the action is the state of the next row. */
  readonly action: readonly RowColumn[] | undefined;
  /** When the cameras beside the first one saw something. */
  readonly survey: Survey;
  /** Messages that could not be read, one line for each signal. */
  readonly faults: readonly string[];
}

/** Stamps of the readable pictures of each camera, ns, rising; by the camera's name. */
type Survey = ReadonlyMap<string, BigInt64Array>;

/**
 * Reads the signals of rows: from the recording's messages, and from what its frames carry.
 *
 * @throws ExportError where the state or the action has no numbers at all
 */
export async function readNumbers(
  source: FrameSource,
  cameras: readonly CameraTopics[],
  rows: readonly PlannedRow[],
  chosen: ChosenSignals,
  fps: number,
  signal: AbortSignal,
): Promise<RowNumbers> {
  const action = chosen.action === "next_state" ? [] : chosen.action;
  const sampler = new RowSampler(rows, fps, chosen.state, action);
  if (source.recording) await sampler.readTopics(source.recording, signal);
  const survey = await surveyFrames(source, cameras, kinematicsFor(chosen), sampler, signal);
  const numbers: RowNumbers = {
    state: sampler.state(),
    action: chosen.action === "next_state" ? undefined : sampler.action(),
    survey,
    faults: sampler.faults,
  };
  if (numbers.state.length === 0) throw noNumbers(source, STATE, chosen.state, numbers.faults);
  if (numbers.action?.length === 0) throw noNumbers(source, ACTION, action, numbers.faults);
  return numbers;
}

/** What frames have to tell of the robot; undefined where signals need nothing of that. */
function kinematicsFor({ state, action }: ChosenSignals): KinematicSelection | undefined {
  const all = [...state, ...(action === "next_state" ? [] : action)];
  const frames = all.flatMap((each) => (each.kind === "frame" ? [each] : []));
  if (frames.length === 0 && !state.some(({ kind }) => kind === "joints")) return undefined;
  const [fixedFrame] = frames.flatMap((each) => each.in ?? []);
  return {
    ...(fixedFrame !== undefined && { fixedFrame }),
    frames: frames.map(({ frame }) => frame),
    jointTopics: [],
  };
}

/** Reads what else frames tell: when the other cameras saw something, and the kinematics. */
async function surveyFrames(
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

function noNumbers(
  { info }: FrameSource,
  what: string,
  from: readonly Signal[],
  faults: readonly string[],
): ExportError {
  const origins = [...new Set(from.map(originOf))].join(", ");
  return new ExportError(
    `${info.path}: no finite numbers for ${what} from ${origins}. ${faults.join("; ")}`.trim(),
  );
}

function originOf(signal: Signal): string {
  if (signal.kind === "joints") return "the recording's joints";
  return signal.kind === "topic" ? signal.topic : `the frame ${signal.frame}`;
}

const STAMPS = bisector((stampNs: bigint) => stampNs);
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
  const at = STAMPS.left(stamps, stampNs);
  return [stamps[at - 1], stamps[at]].some((stamp) => {
    if (stamp === undefined) return false;
    const apart = stamp > stampNs ? stamp - stampNs : stampNs - stamp;
    return apart <= FARTHEST_NS;
  });
}

import { messageOf } from "../base/index.js";
import { type KinematicSample, stampFromRos } from "../camera/index.js";
import type { Bag, BagMessage } from "../sources/index.js";
import type { FrameSignal, JointsSignal, Signal, TopicSignal } from "./ExportMap.js";
import { leafOf, messageNumbers } from "./messageNumbers.js";
import { ExportError, RisingStamps } from "./RisingStamps.js";
import { SignalSamples } from "./SignalSamples.js";

/** When a row is, on the clock of the stamps and on that of the log. */
export interface RowTime {
  readonly stampNs: bigint;
  readonly logNs?: bigint;
}

/** One number of each row. */
export interface RowColumn {
  readonly name: string;
  /** NaN where it is not known. */
  readonly values: Float64Array;
  /** Where it comes from, for messages: a topic, a TF frame. */
  readonly origin: string;
}

/** `newest`: at or before the row's time; `first`: from the row's time on, before the next row. */
export type Sampling = "newest" | "first";

/** How old a message may be unless the map says otherwise, s; at least two rows. */
const MAX_AGE_S = 0.5;
/** Stamps and log times that differ by more are of different clocks, ns. */
const OTHER_CLOCK_NS = 5e9;

/** The samples of one signal's numbers as they are read. */
class SignalReader {
  readonly #signal: Signal;
  readonly #numbers = new Map<string, { onStamps: SignalSamples; onLog: SignalSamples }>();
  readonly #clocks: RowClocks;
  #firstFault: string | undefined;

  constructor(signal: Signal, clocks: RowClocks) {
    this.#signal = signal;
    this.#clocks = clocks;
  }

  get fault(): string | undefined {
    return this.#firstFault;
  }

  addMessage(message: BagMessage, signal: TopicSignal, rising: RisingStamps): void {
    try {
      const decoded = message.decode();
      const stampNs = stampFromRos(decoded);
      if (stampNs !== undefined && stampNs > 0n) rising.check(signal.topic, stampNs);
      const all = messageNumbers(decoded, signal.topic, signal.fields);
      for (const [name, value] of all) {
        if (signal.joints && !signal.joints.includes(jointOf(name))) continue;
        if (stampNs !== undefined && stampNs > 0n) this.add(name, stampNs, value);
        else this.add(name, message.logNs, value, true);
      }
    } catch (error) {
      if (error instanceof ExportError) throw error;
      // A message that cannot be read is one that was never sent: its rows say that it is missing.
      this.#firstFault ??= messageOf(error);
    }
  }

  add(name: string, timeNs: bigint, value: number, isLogTime = false): void {
    const { stamps, logs, hasOneClock } = this.#clocks;
    let samples = this.#numbers.get(name);
    if (!samples) {
      samples = { onStamps: new SignalSamples(stamps), onLog: new SignalSamples(logs) };
      this.#numbers.set(name, samples);
    }
    const time = Number(timeNs - this.#clocks.zeroNs);
    (isLogTime && !hasOneClock ? samples.onLog : samples.onStamps).add(time, value);
  }

  columns(sampling: Sampling, periodNs: number): RowColumn[] {
    const signal = this.#signal;
    const origin =
      signal.kind === "topic"
        ? signal.topic
        : signal.kind === "frame"
          ? `TF frame ${signal.frame}`
          : "the joints";
    const asked = signal.kind === "topic" ? signal.maxAgeS : undefined;
    const maxAgeNs = asked === undefined ? Math.max(MAX_AGE_S * 1e9, 2 * periodNs) : asked * 1e9;
    const columns = [...this.#numbers].map(([name, { onStamps, onLog }]): RowColumn => {
      const values = new Float64Array(this.#clocks.stamps.length).fill(Number.NaN);
      for (const [samples, times] of [
        [onStamps, this.#clocks.stamps],
        [onLog, this.#clocks.logs],
      ] as const) {
        const found = sampling === "newest" ? samples.newest() : samples.first(periodNs);
        for (const [i, time] of times.entries()) {
          const age = Math.abs(time - (found.times[i] ?? Number.NaN));
          if (age <= maxAgeNs && Number.isNaN(values[i])) values[i] = found.values[i] ?? Number.NaN;
        }
      }
      return { name, values, origin };
    });
    const { joints } = signal.kind === "topic" ? signal : {};
    if (!joints) return columns;
    const place = (name: string) => joints.indexOf(jointOf(name));
    return columns.toSorted((a, b) => place(a.name) - place(b.name));
  }
}

/** A number's joint: `elbow` of `elbow.vel`. */
function jointOf(name: string): string {
  return name.replace(/\.(?:vel|effort|acc)$/, "");
}

class RowClocks {
  readonly zeroNs: bigint;
  /** Times of the rows after `zeroNs`, ns, on the clock of the stamps and on that of the log. */
  readonly stamps: Float64Array;
  readonly logs: Float64Array;
  /** Log times may stand for stamps. */
  readonly hasOneClock: boolean;

  constructor(rows: readonly RowTime[]) {
    const [first] = rows;
    const zeroNs = first?.stampNs ?? 0n;
    this.zeroNs = zeroNs;
    this.stamps = Float64Array.from(rows, ({ stampNs }) => Number(stampNs - zeroNs));
    this.logs = Float64Array.from(rows, ({ stampNs, logNs = stampNs }) => Number(logNs - zeroNs));
    const apart = Math.abs((this.logs[0] ?? 0) - (this.stamps[0] ?? 0));
    this.hasOneClock = apart < OTHER_CLOCK_NS;
  }
}

/** Reads the numbers of signals for rows. */
export class RowSampler {
  readonly #state: readonly Read[];
  readonly #action: readonly Read[];
  readonly #signals: readonly Read[];
  readonly #periodNs: number;

  /** @param rows by their stamps */
  constructor(
    rows: readonly RowTime[],
    fps: number,
    state: readonly Signal[],
    action: readonly Signal[],
  ) {
    const clocks = new RowClocks(rows);
    this.#periodNs = 1e9 / fps;
    const read = (signal: Signal) => ({ signal, reader: new SignalReader(signal, clocks) });
    this.#state = state.map(read);
    this.#action = action.map(read);
    this.#signals = [...this.#state, ...this.#action];
  }

  /** Reads a recording's messages once. @throws ExportError where stamps jump back */
  async readTopics(bag: Bag, abort?: AbortSignal): Promise<void> {
    const wanted = this.#signals.flatMap(({ signal, reader }) =>
      signal.kind === "topic" ? [{ signal, reader }] : [],
    );
    const topics = new Set(wanted.map(({ signal }) => signal.topic));
    if (topics.size === 0) return;
    const rising = new RisingStamps(bag.info.path);
    for await (const message of bag.messages({ topics: [...topics] })) {
      abort?.throwIfAborted();
      for (const { signal, reader } of wanted) {
        if (signal.topic === message.topic) reader.addMessage(message, signal, rising);
      }
    }
  }

  /** Takes the poses of frames, and the joints of a source without topics. */
  addKinematics(sample: KinematicSample): void {
    for (const { signal, reader } of this.#signals) {
      if (signal.kind === "topic") continue;
      for (const [name, value] of kinematicNumbers(signal, sample)) {
        reader.add(name, sample.stampNs, value);
      }
    }
  }

  state(): RowColumn[] {
    return this.#columns(this.#state, "newest");
  }

  action(): RowColumn[] {
    return this.#columns(this.#action, "first");
  }

  /** Why messages of a signal could not be read, one line for each. */
  get faults(): string[] {
    return this.#signals.flatMap(({ reader }) => reader.fault ?? []);
  }

  #columns(signals: readonly Read[], sampling: Sampling): RowColumn[] {
    const columns = signals.flatMap(({ reader }) => reader.columns(sampling, this.#periodNs));
    return columns.map((column) =>
      columns.some((other) => other !== column && other.name === column.name)
        ? { ...column, name: `${leafOf(column.origin)}.${column.name}` }
        : column,
    );
  }
}

interface Read {
  readonly signal: Signal;
  readonly reader: SignalReader;
}

const POSE_NUMBERS = ["x", "y", "z", "qx", "qy", "qz", "qw"];

function kinematicNumbers(
  signal: FrameSignal | JointsSignal,
  { joints, poses }: KinematicSample,
): Iterable<readonly [string, number]> {
  if (signal.kind === "joints") return joints;
  const pose = poses.get(signal.frame);
  if (!pose) return [];
  const numbers = [...pose.position, ...pose.rotation];
  return POSE_NUMBERS.map((axis, i) => [`${signal.frame}.${axis}`, numbers[i] ?? Number.NaN]);
}

import { secondsOf } from "../../base/index.js";
import { type CameraTopics, stampFromRos } from "../../camera/index.js";
import type { Bag, BagMessage } from "./Bag.js";

/** What the first messages of cameras show about the clocks that their stamps come from. */
export interface HeaderClocks {
  /** Topics whose stamps were never set or stand still: log times count instead. */
  readonly unstamped: ReadonlySet<string>;
  /** How long a colour image has to wait for its parts, in log time, ns. */
  readonly lookaheadNs: bigint;
  /** For people, one line each. */
  readonly notes: readonly string[];
}

interface Sample {
  readonly stampNs: bigint;
  readonly logNs: bigint;
}

/** So many messages of each topic are looked at at most, among so many of all together. */
const SAMPLES = 8;
/** So many are enough where their stamps differ. */
const DIFFERENT = 3;
const MOST_MESSAGES = 300;
/** With fewer, equal stamps may be chance. */
const LEAST_EQUAL = 4;
/** A stamp of 0 this long after the start of time was never set. */
const UNSET_NS = 10_000_000_000n;
/** A recorder does not take longer to get an image: it is another clock. */
const SAME_CLOCK_NS = 1_000_000_000n;
const LEAST_LOOKAHEAD_NS = 1_000_000_000n;
const MOST_LOOKAHEAD_NS = 10_000_000_000n;

/**
 * Looks at the first messages of the cameras' images and of what is paired with them.
 *
 * @param startNs log time from which on messages are read: those before it may lie far away
 */
export async function readHeaderClocks(
  bag: Bag,
  cameras: readonly CameraTopics[],
  startNs?: bigint,
): Promise<HeaderClocks> {
  const samples = await firstSamples(bag, cameras.flatMap(pairedTopics), startNs);
  const unstamped = new Set<string>();
  const notes: string[] = [];
  let lookaheadNs = LEAST_LOOKAHEAD_NS;
  for (const camera of cameras) {
    const color = samples.get(camera.color) ?? [];
    const why = whyUnstamped(color);
    if (why !== undefined) {
      // On another clock than the images, the stamps of parts say nothing either.
      for (const topic of pairedTopics(camera)) unstamped.add(topic);
      notes.push(`${camera.color}: ${why}; log times are used for them`);
    } else {
      notes.push(...clockNote(camera.color, color));
    }
    for (const topic of pairedTopics(camera).slice(1)) {
      const part = samples.get(topic) ?? [];
      const reason = unstamped.has(topic) ? undefined : whyUnstamped(part);
      if (reason !== undefined) {
        unstamped.add(topic);
        notes.push(`${topic}: ${reason}; log times are used for them`);
      }
      const neededNs = unstamped.has(topic) ? slowest([color, part]) : waitFor(color, part);
      if (neededNs > lookaheadNs) lookaheadNs = neededNs;
    }
  }
  if (lookaheadNs > MOST_LOOKAHEAD_NS) lookaheadNs = MOST_LOOKAHEAD_NS;
  return { unstamped, lookaheadNs, notes: [...new Set(notes)] };
}

/** Colour first. */
function pairedTopics({ color, depth, labels, detections }: CameraTopics): string[] {
  return [color, ...[depth, labels, detections].filter((topic) => topic !== undefined)];
}

async function firstSamples(
  bag: Bag,
  wanted: readonly string[],
  startNs: bigint | undefined,
): Promise<Map<string, Sample[]>> {
  const topics = [...new Set(wanted)];
  const samples = new Map<string, Sample[]>(topics.map((topic) => [topic, []]));
  const read = async (names: readonly string[], most: number): Promise<void> => {
    let count = 0;
    const selection = { topics: names, ...(startNs !== undefined && { startNs }) };
    for await (const message of bag.messages(selection)) {
      const found = samples.get(message.topic) ?? [];
      if (!isEnough(found)) found.push(...sampleOf(message));
      count += 1;
      if (count >= most || names.every((name) => isEnough(samples.get(name) ?? []))) return;
    }
  };
  await read(topics, MOST_MESSAGES);
  // What begins later, or comes seldom.
  for (const topic of topics) if (samples.get(topic)?.length === 0) await read([topic], SAMPLES);
  return samples;
}

function isEnough(samples: readonly Sample[]): boolean {
  if (samples.length >= SAMPLES) return true;
  return samples.length >= DIFFERENT && new Set(samples.map((s) => s.stampNs)).size > 1;
}

/** None of a message that is broken or has no header. */
function sampleOf(message: BagMessage): Sample[] {
  try {
    const stampNs = stampFromRos(message.decode());
    return stampNs === undefined ? [] : [{ stampNs, logNs: message.logNs }];
  } catch {
    return [];
  }
}

function whyUnstamped(samples: readonly Sample[]): string | undefined {
  const [first] = samples;
  if (first === undefined || samples.some(({ stampNs }) => stampNs !== first.stampNs)) {
    return undefined;
  }
  const moves = samples.some(({ logNs }) => logNs !== first.logNs);
  if (first.stampNs === 0n && (first.logNs > UNSET_NS || moves)) return "the header stamps are 0";
  if (samples.length >= LEAST_EQUAL && moves) {
    return `the header stamps stand still (${secondsOf(first.stampNs).toFixed(3)} s)`;
  }
  return undefined;
}

function clockNote(topic: string, samples: readonly Sample[]): string[] {
  const behindNs = median(samples.map(({ stampNs, logNs }) => logNs - stampNs));
  if (behindNs <= SAME_CLOCK_NS && -behindNs <= SAME_CLOCK_NS) return [];
  const seconds = Math.abs(secondsOf(behindNs)).toFixed(1);
  return [
    `the header stamps of ${topic} are on another clock than the log times (${seconds} s ` +
      `${behindNs > 0n ? "earlier" : "later"}); --from, --to and annotated bags go by the log times`,
  ];
}

/** How much later than its image a part is logged, with a period to spare. */
function waitFor(color: readonly Sample[], part: readonly Sample[]): bigint {
  const behind = (samples: readonly Sample[]) => samples.map((s) => s.logNs - s.stampNs);
  if (color.length === 0 || part.length === 0) return 0n;
  const least = behind(color).reduce((a, b) => (b < a ? b : a));
  const most = behind(part).reduce((a, b) => (b > a ? b : a));
  const lateNs = most - least;
  // Clocks that differ by more do not pair at all.
  const usefulNs = lateNs > 0n && lateNs < MOST_LOOKAHEAD_NS ? lateNs : 0n;
  return usefulNs + slowest([color, part]);
}

/** Two periods of the slowest, by log times. */
function slowest(topics: readonly (readonly Sample[])[]): bigint {
  const periods = topics.map((samples) => {
    const gaps = samples.slice(1).map(({ logNs }, i) => logNs - (samples[i]?.logNs ?? logNs));
    return gaps.length === 0 ? 0n : median(gaps);
  });
  return 2n * periods.reduce((most, ns) => (ns > most ? ns : most), 0n);
}

function median(values: readonly bigint[]): bigint {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[sorted.length >> 1] ?? 0n;
}

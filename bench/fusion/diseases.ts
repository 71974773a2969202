import { Random } from "../../src/base/index.js";
import {
  parseAnswer,
  type SpatialAnswer,
  type TypedQuestion,
  UNMEASURED,
} from "../../src/language/index.js";
import type { BenchEpisode, Truths } from "./episodes.js";

/** What is wrong with a model's lengths. */
export interface Disease {
  readonly slope: number;
  readonly offsetM: number;
  readonly floorM: number;
  /** Standard deviation of the logarithm. */
  readonly noise: number;
  /** Time over which the noise stays alike, s; 0: independent from image to image. */
  readonly correlationS: number;
  readonly roundToM: number;
  readonly refused: number;
  readonly pixels: number;
  /** Share of answers about another object. */
  readonly other: number;
  /** Images between two that are answered. */
  readonly every: number;
}

/** As SpatialVLM's figure 5 shows it, with the noise of the issue that this bench belongs to. */
const FIGURE_5: Disease = {
  slope: 0.57,
  offsetM: 0.06,
  floorM: 0.11,
  noise: 0.25,
  correlationS: 0,
  roundToM: 0.01,
  refused: 0.1,
  pixels: 0.03,
  other: 0.03,
  every: 1,
};

export const DISEASES = {
  figure5: FIGURE_5,
  /** As lengths are, with the same scatter: what must not be corrected. */
  unbiased: { ...FIGURE_5, slope: 1, offsetM: 0, floorM: 0.01 },
  steep: { ...FIGURE_5, slope: 1.4 },
  low: { ...FIGURE_5, offsetM: -0.05 },
  correlated: { ...FIGURE_5, correlationS: 1 },
  slow: { ...FIGURE_5, every: 10 },
  coarse: { ...FIGURE_5, roundToM: 0.1 },
} as const satisfies Record<string, Disease>;
export type DiseaseName = keyof typeof DISEASES;

const MODEL = "bench";

/** The answers to the task's questions on each image; undefined where it is not asked. */
export function answersOf(
  episode: BenchEpisode,
  disease: Disease,
  questions: ReadonlyMap<keyof Truths, TypedQuestion>,
  noiseSeed: number,
): (readonly SpatialAnswer[] | undefined)[] {
  const speakers = [...questions].map(([name, question]) => {
    const random = new Random(noiseSeed, `${episode.name} ${name}`);
    return { name, question, random, error: random.normal() };
  });
  let before = episode.frames[0]?.stampNs ?? 0n;
  return episode.frames.map(({ stampNs }, i) => {
    const truths = episode.truths[i];
    const dt = Number(stampNs - before) / 1e9;
    before = stampNs;
    const kept = disease.correlationS === 0 ? 0 : Math.exp(-dt / disease.correlationS);
    for (const speaker of speakers) {
      speaker.error = kept * speaker.error + Math.sqrt(1 - kept ** 2) * speaker.random.normal();
    }
    if (i % disease.every !== 0 || !truths) return undefined;
    return speakers.map(({ name, question, random, error }) => {
      const text = say(truths[name], error, disease, random);
      const reading = parseAnswer(text, question);
      return { question, text, model: MODEL, latencyMs: 0, reliability: UNMEASURED, ...reading };
    });
  });
}

/** Speaks as models do, in a few ways, so that the parser has its part. */
function say(trueM: number, error: number, disease: Disease, random: Random): string {
  const { slope, offsetM, floorM, noise, roundToM, refused, pixels, other } = disease;
  const kind = random.next();
  const wording = random.integer(0, 3);
  const another = random.uniform(0.05, 0.6);
  const aboutM = kind < refused + pixels + other ? another : trueM;
  const saidM = Math.max(slope * aboutM + offsetM, floorM) * Math.exp(noise * error);
  if (kind < refused) return "I'm sorry, I can't determine that from the image.";
  if (kind < refused + pixels) return `About ${Math.round(saidM * 600)} pixels.`;
  const rounded = Math.max(Math.round(saidM / roundToM) * roundToM, roundToM);
  const cm = Math.round(rounded * 100);
  return [
    `${cm} cm`,
    `About ${cm} cm.`,
    `It is ${rounded.toFixed(2)} meters.`,
    `${cm} centimeters`,
  ][wording] as string;
}

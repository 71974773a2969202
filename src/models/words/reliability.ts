import { type Reliability, UNMEASURED } from "../../language/index.js";
import { number } from "../spec/settings.js";

/** Settings that say what the lengths that a model speaks of are worth. */
export const reliabilitySettings = {
  relativeSigma: number(0, 5)
    .default(UNMEASURED.relativeSigma)
    .describe(
      "standard deviation of the model's lengths about the truth, as a share of the length",
    ),
  absoluteSigma: number(0, 5)
    .default(UNMEASURED.absoluteSigmaM)
    .describe("standard deviation at length 0, m"),
  wildShare: number(0, 0.5)
    .default(UNMEASURED.wildShare)
    .describe("share of answers without information: about another object, or invented"),
};

interface ReliabilitySettings {
  readonly relativeSigma: number;
  readonly absoluteSigma: number;
  readonly wildShare: number;
}

export function reliabilityOf(settings: ReliabilitySettings): Reliability {
  const { relativeSigma, absoluteSigma, wildShare } = settings;
  return { relativeSigma, absoluteSigmaM: absoluteSigma, wildShare };
}

/** What of it belongs to a model's fingerprint: what is not as for models that nobody has measured. */
export function reliabilityMark(settings: ReliabilitySettings): { reliability?: Reliability } {
  const reliability = reliabilityOf(settings);
  const isPreset = (Object.keys(UNMEASURED) as (keyof Reliability)[]).every(
    (key) => reliability[key] === UNMEASURED[key],
  );
  return isPreset ? {} : { reliability };
}

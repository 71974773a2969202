import type { Random } from "../../base/index.js";
import {
  boxShape,
  cylinderShape,
  DISTRACTOR_SHAPES,
  type DistractorShape,
  ellipsoidShape,
  lyingCylinderShape,
} from "../scene/distractors.js";

/** Of test scenes alone. */
export const NOVEL_SHAPES: ReadonlySet<string> = new Set(["egg", "capsule"]);

type Range = readonly [low: number, high: number];

/** @param halfM half its width, metres; length and height are multiples of the width */
function ellipsoid(noun: string, halfM: Range, of: { length: Range; height: Range }) {
  return (random: Random): DistractorShape => {
    const half = random.uniform(...halfM);
    const long = half * random.uniform(...of.length);
    return ellipsoidShape(noun, half, long, half * random.uniform(...of.height));
  };
}

/**
 * What lies on the tables of data sets: the episodes' distractors and more, so that a model learns
 * what a noun says of a shape. No word fits two of them; sizes differ by less than two nouns do.
 */
export const SCENE_SHAPES: readonly ((random: Random) => DistractorShape)[] = [
  ...DISTRACTOR_SHAPES,
  (random) => cylinderShape("disc", random.uniform(0.025, 0.032), random.uniform(0.005, 0.008)),
  (random) => cylinderShape("peg", random.uniform(0.009, 0.012), random.uniform(0.04, 0.055)),
  (random) => lyingCylinderShape("rod", random.uniform(0.009, 0.012), random.uniform(0.045, 0.06)),
  (random) => {
    const side = random.uniform(0.025, 0.031);
    return boxShape("tile", side, side * random.uniform(0.9, 1.1), random.uniform(0.005, 0.008));
  },
  (random) => {
    const half = random.uniform(0.01, 0.014);
    return boxShape("bar", half, random.uniform(0.045, 0.06), half * random.uniform(0.9, 1.1));
  },
  (random) => {
    const half = random.uniform(0.012, 0.015);
    return boxShape("post", half, half, random.uniform(0.045, 0.06));
  },
  ellipsoid("pebble", [0.025, 0.031], { length: [0.8, 1.1], height: [0.38, 0.5] }),
  ellipsoid("cigar", [0.014, 0.018], { length: [3.0, 3.4], height: [0.95, 1.05] }),
  (random) => {
    const half = random.uniform(0.018, 0.022);
    return ellipsoidShape("bulb", half, half, half * random.uniform(1.8, 2.1));
  },
  (random) => {
    const radius = random.uniform(0.014, 0.018);
    return cylinderShape("candle", radius, radius * random.uniform(2.4, 2.7));
  },
  (random) => {
    const radius = random.uniform(0.014, 0.018);
    return lyingCylinderShape("log", radius, radius * random.uniform(2.6, 2.9));
  },
  (random) => lyingCylinderShape("roll", random.uniform(0.02, 0.026), random.uniform(0.03, 0.042)),
  (random) => cylinderShape("drum", random.uniform(0.026, 0.032), random.uniform(0.014, 0.018)),
  (random) =>
    boxShape(
      "brick",
      random.uniform(0.017, 0.02),
      random.uniform(0.04, 0.046),
      random.uniform(0.013, 0.016),
    ),
  (random) => {
    const half = random.uniform(0.026, 0.032);
    return boxShape("plaque", half, random.uniform(0.005, 0.007), half * random.uniform(0.9, 1.1));
  },
  ellipsoid("bean", [0.017, 0.021], { length: [1.9, 2.2], height: [0.5, 0.65] }),
];

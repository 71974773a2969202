import {
  canonicalFrame,
  cloudToCanonical,
  footprintOf,
  pickPoints,
} from "../../../geometry/index.js";
import { colorNamed, type ObjectRef, type Refusal, shareNamed } from "../../../language/index.js";
import type { DepthGrid } from "./DepthGrid.js";
import type { Table } from "./Table.js";
import type { Track } from "./Track.js";

/** How large things of a name are, metres: along the table, and in height. */
interface Sizes {
  /** Of its footprint; either where absent. */
  readonly shape?: "round" | "square";
  readonly length: readonly [number, number];
  readonly height: readonly [number, number];
}

/** Nouns that say how large a thing is. Others say nothing. */
const SIZES: Readonly<Record<string, Sizes>> = {
  mug: { shape: "round", length: [0.05, 0.18], height: [0.05, 0.16] },
  cup: { shape: "round", length: [0.05, 0.18], height: [0.04, 0.18] },
  glass: { shape: "round", length: [0.04, 0.12], height: [0.06, 0.2] },
  tray: { shape: "square", length: [0.14, 0.7], height: [0, 0.08] },
  plate: { shape: "round", length: [0.1, 0.4], height: [0, 0.06] },
  bowl: { shape: "round", length: [0.08, 0.4], height: [0.03, 0.2] },
  bottle: { shape: "round", length: [0.03, 0.18], height: [0.1, 0.45] },
  can: { shape: "round", length: [0.04, 0.2], height: [0.03, 0.25] },
  ball: { shape: "round", length: [0.02, 0.35], height: [0.02, 0.35] },
  cube: { shape: "square", length: [0.015, 0.2], height: [0.012, 0.15] },
  block: { shape: "square", length: [0.015, 0.35], height: [0.01, 0.2] },
  pen: { length: [0.08, 0.22], height: [0, 0.05] },
  marker: { length: [0.01, 0.22], height: [0, 0.2] },
  spoon: { length: [0.08, 0.4], height: [0, 0.08] },
  banana: { length: [0.1, 0.3], height: [0.01, 0.1] },
  apple: { shape: "round", length: [0.04, 0.13], height: [0.04, 0.13] },
  box: { shape: "square", length: [0.015, 0.6], height: [0.01, 0.5] },
  carton: { shape: "square", length: [0.03, 0.6], height: [0.02, 0.5] },
  brick: { shape: "square", length: [0.03, 0.35], height: [0.01, 0.15] },
  sponge: { length: [0.05, 0.2], height: [0.01, 0.1] },
};

/** Least share of a thing that has the colour which it is named by. */
const NAMED_SHARE = 0.4;
/** What else has the colour has it on a smaller part, by this factor, or is refused as ambiguous. */
const CLEAR = 0.5;
/** "Small" and "large" choose where sizes differ by this factor. */
const SIZE_FACTOR = 1.25;
const LARGE = /\b(?:large|larger|largest|big|bigger|biggest|tall|tallest|long|longest)\b/;
const SMALL = /\b(?:small|smaller|smallest|little|tiny|short|shortest)\b/;

/** A thing that a phrase names, or why there is none. */
export type Named =
  | { readonly track: Track; readonly refusal?: never }
  | { readonly track?: never; readonly refusal: Refusal };

/**
 * The one thing that a phrase's colour word, size and noun fit by a clear margin. A phrase without a
 * colour names nothing: shapes in depth are too much alike.
 *
 * @param roundnessOf how likely a thing's footprint is round, 0..1
 */
export function nameByWords(
  { name, phrase }: ObjectRef,
  things: readonly Track[],
  roundnessOf: (track: Track) => number,
): Named {
  const color = colorNamed(phrase);
  if (!color) {
    const detail = `${phrase} has no color to be found by among ${things.length} things: give ${name} in the task \`at:\` (a pixel in the first image), or use \`names\``;
    return { refusal: { reason: "no_object", detail } };
  }
  const share = (track: Track) => shareNamed(track.look.words, color);
  const colored = things.filter((track) => share(track) >= NAMED_SHARE);
  const sizes = Object.entries(SIZES).find(([noun]) =>
    new RegExp(`\\b${noun}s?\\b`).test(phrase.toLowerCase()),
  )?.[1];
  const fitting = sizes ? colored.filter((track) => isOfSize(track, sizes, roundnessOf)) : colored;
  if (fitting.length === 0) {
    const detail =
      colored.length > 0
        ? `${phrase} is not seen: of ${things.length} things ${colored.length} are ${color}, but not of that size and shape`
        : `${phrase} is not seen: none of ${things.length} things is ${color}`;
    return { refusal: { reason: "no_object", detail } };
  }
  const best = fitting.reduce((a, b) => (share(b) > share(a) ? b : a));
  const rivals = fitting.filter((track) => track !== best && share(track) > CLEAR * share(best));
  const chosen = rivals.length === 0 ? best : bySize(phrase, [best, ...rivals]);
  if (chosen) return { track: chosen };
  const detail = `${phrase} fits ${rivals.length + 1} things: give ${name} in the task \`at:\` (a pixel in the first image), or use \`names\``;
  return { refusal: { reason: "ambiguous", detail } };
}

/** What the robot holds has its colour on so much of what shows both. */
const HELD_SHARE = 0.15;

/** What the robot touches that has a phrase's colour on it; undefined if none has. */
export function heldByColor({ phrase }: ObjectRef, robots: readonly Track[]): Track | undefined {
  const color = colorNamed(phrase);
  if (!color) return undefined;
  return robots.find((track) => track.cells && shareNamed(track.look.words, color) >= HELD_SHARE);
}

/** So little of a colour on a thing is light and noise. */
const HARDLY = 0.05;

/**
 * The thing that has the colour of a phrase, where another one that is said to be meant has nothing of it;
 * undefined where nothing speaks against what is said.
 */
export function rivalByColor(
  { phrase }: ObjectRef,
  said: Track,
  things: readonly Track[],
): Track | undefined {
  const color = colorNamed(phrase);
  if (!color || (said.look.words.get(color) ?? 0) >= HARDLY) return undefined;
  const share = (track: Track) => shareNamed(track.look.words, color);
  return things.find((track) => track !== said && share(track) >= NAMED_SHARE);
}

/** Beyond these a footprint is surely not round, or surely round. */
const [SQUARE, ROUND] = [0.2, 0.8];

function isOfSize(
  track: Track,
  { length, height, shape }: Sizes,
  roundnessOf: (track: Track) => number,
): boolean {
  const { lengthM, heightM } = track;
  const isSized =
    lengthM >= length[0] && lengthM <= length[1] && heightM >= height[0] && heightM <= height[1];
  if (!isSized || !shape) return isSized;
  const roundness = roundnessOf(track);
  return shape === "round" ? roundness > SQUARE : roundness < ROUND;
}

function bySize(phrase: string, tracks: readonly Track[]): Track | undefined {
  const [isLarge, isSmall] = [LARGE.test(phrase), SMALL.test(phrase)];
  if (isLarge === isSmall) return undefined;
  const size = ({ lengthM, heightM }: Track) => lengthM + heightM;
  const [first, second] = tracks.toSorted((a, b) =>
    isLarge ? size(b) - size(a) : size(a) - size(b),
  );
  if (!first || !second) return first;
  const ratio = isLarge ? size(first) / size(second) : size(second) / size(first);
  return ratio >= SIZE_FACTOR ? first : undefined;
}

/** How likely a thing's footprint is round, 0..1. */
export function roundnessOfTrack({ cells }: Track, { xyz }: DepthGrid, { plane }: Table): number {
  if (!cells) return 0.5;
  const cloud = pickPoints({ count: xyz.length / 3, xyz }, cells);
  const onTable = cloudToCanonical(canonicalFrame(plane), cloud);
  return footprintOf(onTable, new Uint8Array(cells.length), plane.residualM).roundness;
}

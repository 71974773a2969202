import type { Random } from "../../src/base/index.js";
import type { CameraFrame } from "../../src/camera/index.js";
import { withDepth } from "./damages.js";

/**
 * Values that are no depth, though they stand where depth does.
 *
 * @param others frames of another episode, by the same camera
 */
export type DepthDamage = (
  frames: readonly CameraFrame[],
  random: Random,
  others: readonly CameraFrame[],
) => readonly CameraFrame[];

const each = (change: (depthM: number) => number) =>
  withDepth((depthM) => depthM.map((z) => (z > 0 ? change(z) : z)));

/** Of whole millimetres. */
const ofBits = (change: (mm: number) => number) => each((z) => change(Math.round(1000 * z)) / 1000);

/** Values between a nearest and a farthest one, which are 0 and 1. */
const normalised = withDepth((depthM) => {
  const known = depthM.filter((z) => z > 0).sort();
  const [least = 0, most = 1] = [known[0], known.at(-1)];
  return depthM.map((z) => (z > 0 ? (z - least) / (most - least) : z));
});

/** By a power of two that is drawn. */
const shifted: DepthDamage = (frames, random) => {
  const factor = 2 ** (1 + Math.floor(4 * random.next()));
  const change =
    random.next() < 0.5
      ? (mm: number) => Math.floor(mm / factor)
      : (mm: number) => Math.min(65_535, mm * factor);
  return ofBits(change)(frames, random);
};

/** What a stereo camera compares, px, as if it were metres or mm. */
const disparity: DepthDamage = (frames, random) => {
  const unit = random.next() < 0.5 ? 1 : 0.016;
  const focalPx = frames[0]?.info?.fx ?? 1;
  return each((z) => (unit * focalPx * 0.06) / z)(frames, random);
};

const otherEpisode: DepthDamage = (frames, _, others) =>
  frames.map((frame, at) => {
    const its = others[at % others.length]?.depth;
    return its ? { ...frame, depth: its } : frame;
  });

const shuffled: DepthDamage = (frames, random) =>
  frames.map((frame) => {
    const its = frames[Math.floor(random.next() * frames.length)]?.depth;
    return its ? { ...frame, depth: its } : frame;
  });

export const DEPTH_DAMAGES: ReadonlyMap<string, DepthDamage> = new Map([
  ["depth without its high byte", ofBits((mm) => mm % 256)],
  ["depth without its low byte", ofBits((mm) => mm >> 8)],
  ["depth with its bytes exchanged", ofBits((mm) => ((mm & 255) << 8) | (mm >> 8))],
  ["depth 2 to 16 times, or a share", shifted],
  ["disparity for depth", disparity],
  ["inverse depth", each((z) => 1 / z)],
  ["depth as a share of its range", normalised],
  ["logarithm of depth", each((z) => Math.log(1 + z))],
  ["root of depth", each(Math.sqrt)],
  ["depth of one value", each(() => 1)],
  ["depth in steps of 10 cm", each((z) => Math.round(10 * z) / 10)],
  ["noise for depth", withDepth((depthM, random) => depthM.map(() => 0.3 + 1.7 * random.next()))],
  ["depth of another episode", otherEpisode],
  ["depth of any image of the episode", shuffled],
]);

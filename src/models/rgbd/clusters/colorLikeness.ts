/** Bits of each channel that tell colours apart. */
const BITS = 3;
const BINS = 1 << (3 * BITS);
/** Share that a colour has at least on both sides: of what was seen little, little is known. */
const LEAST_SHARE = 0.003;
/** What a colour costs that is e times as frequent on the other side. */
const COST = 30;
/** Fewer places tell nothing of a side. */
const LEAST_PLACES = 10;

export interface ColorLikeness {
  /** Of each open place: how much rather its colour is the thing's (> 0) than that of what is around (< 0). */
  readonly likeness: Int16Array;
  /** The share of colours that both sides have in common, 0..1. */
  readonly common: number;
}

/**
 * Whose colours are whose: by how frequent each is among the places that are surely the thing's, and surely not.
 *
 * @param rgb of each place, at three times its number
 * @param isOpen 1 for places that may be on either side
 */
export function colorLikeness(
  side: Uint16Array,
  id: number,
  isOpen: Uint8Array,
  rgb: Uint8Array,
): ColorLikeness {
  const likeness = new Int16Array(side.length);
  const own = new Uint32Array(BINS);
  const other = new Uint32Array(BINS);
  let [owns, others] = [0, 0];
  for (let at = 0; at < side.length; at++) {
    if (isOpen[at] === 1) continue;
    const bin = binOf(rgb, at);
    if (side[at] === id) {
      own[bin] = (own[bin] ?? 0) + 1;
      owns += 1;
    } else {
      other[bin] = (other[bin] ?? 0) + 1;
      others += 1;
    }
  }
  if (owns < LEAST_PLACES || others < LEAST_PLACES) return { likeness, common: 1 };
  const costs = new Int16Array(BINS);
  let common = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const [a, b] = [(own[bin] ?? 0) / owns, (other[bin] ?? 0) / others];
    common += Math.min(a, b);
    costs[bin] = Math.round(COST * Math.log((a + LEAST_SHARE) / (b + LEAST_SHARE)));
  }
  for (let at = 0; at < side.length; at++)
    if (isOpen[at] === 1) likeness[at] = costs[binOf(rgb, at)] ?? 0;
  return { likeness, common };
}

function binOf(rgb: Uint8Array, at: number): number {
  const shift = 8 - BITS;
  const red = (rgb[3 * at] ?? 0) >> shift;
  const green = (rgb[3 * at + 1] ?? 0) >> shift;
  const blue = (rgb[3 * at + 2] ?? 0) >> shift;
  return (((red << BITS) | green) << BITS) | blue;
}

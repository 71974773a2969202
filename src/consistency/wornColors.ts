import { connectedParts } from "../base/index.js";
import { type CameraFrame, decodeColor, FrameError } from "../camera/index.js";
import {
  type ColorWord,
  colorNamed,
  colorWordOf,
  mayBeNamed,
  type ObjectRef,
  shareNamed,
} from "../language/index.js";
import { areAlike } from "./areAlike.js";
import type { Masks } from "./masksOf.js";
import type { SmallView } from "./SmallView.js";

const LEAST_PIXELS = 12;
/** Shares of a mask that have the colour of its own phrase at the most, and of another's at least. */
const MOST_OWN = 0.1;
const LEAST_OTHER = 0.5;
/** What may have it in another light, or is called so by others. */
const MOST_MAY_BE = 0.5;
/** The same where nothing else in the image has the phrase's colour. */
const MOST_OF_OWN = 0.03;
const CLEARLY = 0.7;

/** Words of what is seen of paint, and not of light and shadow. */
const PAINTS: ReadonlySet<ColorWord> = new Set<ColorWord>([
  ...(["red", "orange", "yellow", "green", "teal", "blue", "purple", "pink"] as const),
]);

/** An object whose mask has not the colour that its phrase names. */
export interface Worn {
  /** The id of a mask that has it. */
  readonly by?: number;
  /** What its own mask has instead. */
  readonly instead: ColorWord;
}

/**
 * Objects whose masks have not the colour that their phrase names (the red mug), by name: another mask
 * has it, one that has not its own colour either; or theirs clearly have another one, one that light could
 * make of it only where nothing else of the colour rises in the image. Undefined where
 * the colour image cannot be read.
 *
 * @param isThing whether an id is a thing's, and not the support's
 */
export async function wornColors(
  frame: CameraFrame,
  view: SmallView,
  masks: Masks,
  objects: Iterable<ObjectRef>,
  isThing: (id: number) => boolean,
): Promise<ReadonlyMap<string, Worn> | undefined> {
  const { ids, width, height } = view;
  const all = [...objects];
  const asked = new Set(all.flatMap((object) => masks.idsOf(object)));
  const named = all.flatMap((object) => {
    const color = colorNamed(object.phrase);
    const [id] = masks.idsOf(object);
    return color === undefined || id === undefined ? [] : [{ name: object.name, color, id }];
  });
  if (named.length === 0) return new Map();
  // A raw image need not be copied; a compressed one is decoded at as much less cost as it is smaller.
  const size = frame.image.kind === "raw" ? undefined : { maxSidePx: 2 * Math.max(width, height) };
  const image = await decodeColor(frame.image, size).catch((error: unknown) => {
    if (error instanceof FrameError) return undefined;
    throw error;
  });
  if (!image) return undefined;
  const { data } = image;
  const rgbAt = (pixel: number) => {
    const x = Math.floor((((pixel % width) + 0.5) * image.width) / width);
    const y = Math.floor(((Math.floor(pixel / width) + 0.5) * image.height) / height);
    const at = 3 * (y * image.width + x);
    return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0] as const;
  };
  const wordAt = (pixel: number) => colorWordOf(...rgbAt(pixel));
  const counts = new Map<number, Map<ColorWord, number>>();
  for (const [id, pixels] of view.pixels) {
    if (!isThing(id)) continue;
    const words = new Map<ColorWord, number>();
    counts.set(id, words);
    for (const pixel of pixels) {
      const word = wordAt(pixel);
      words.set(word, (words.get(word) ?? 0) + 1);
    }
  }
  const shares = new Map([...counts].flatMap(([id, words]) => sharesOf(id, words) ?? []));
  const shareOf = (id: number, color: ColorWord) => shareNamed(shares.get(id) ?? new Map(), color);
  // In shadow, red paint is nearly black; and people call by one word what stands beside its hues, too.
  const mayBeShare = (id: number, color: ColorWord) => {
    const pixels = view.pixels.get(id) ?? [];
    const like = pixels.filter((pixel) => mayBeNamed(color, ...rgbAt(pixel))).length;
    return pixels.length === 0 ? 0 : like / pixels.length;
  };
  const hasOwn = (id: number) =>
    named.some(
      (it) =>
        it.id === id &&
        (shareOf(id, it.color) > MOST_OWN || mayBeShare(id, it.color) > MOST_MAY_BE),
    );
  const worn = new Map<string, Worn>();
  for (const { name, color, id } of named) {
    const own = shares.get(id);
    if (!own || hasOwn(id)) continue;
    const [[instead, share] = [color, 0]] = [...own].sort(([, a], [, b]) => b - a);
    const isOther = PAINTS.has(color) && PAINTS.has(instead) && !areAlike(color, instead);
    const by = [...shares.keys()].find(
      (it) =>
        it !== id &&
        !hasOwn(it) &&
        shareOf(it, color) > LEAST_OTHER &&
        (asked.has(it) || (isOther && share > LEAST_OTHER)),
    );
    const like = [...own].reduce((sum, [word, at]) => sum + (areAlike(color, word) ? at : 0), 0);
    if (by !== undefined) worn.set(name, { by, instead });
    else if (share < CLEARLY) continue;
    else if (isOther && like < MOST_OF_OWN) worn.set(name, { instead });
    else if (shareOf(id, color) < MOST_OF_OWN) {
      const isFree = (pixel: number) => !asked.has(ids[pixel] ?? 0) && wordAt(pixel) === color;
      const sizePx = view.pixels.get(id)?.length ?? 0;
      if (showsThing(view, isFree, sizePx)) worn.set(name, { instead });
    }
  }
  return worn;
}

/** What rises from the scene's main plane by this share of its distance is no paint on it. */
const RAISED = 0.012;
/** What may be the thing that is meant has so many pixels at least and at most, as a share of the mask's. */
const LEAST_SIZE = 0.5;
const MOST_SIZE = 6;

/** Whether something rises that is all of such pixels, as many as may be the thing that a mask should show. */
function showsThing(
  { nearer, width }: SmallView,
  isIts: (pixel: number) => boolean,
  sizePx: number,
): boolean {
  const kindAt = (pixel: number) => ((nearer[pixel] ?? 0) > RAISED && isIts(pixel) ? 1 : 0);
  for (const { length } of connectedParts(nearer.keys(), nearer.length, kindAt, [
    -1,
    1,
    -width,
    width,
  ])) {
    if (length > LEAST_SIZE * sizePx && length < MOST_SIZE * sizePx) return true;
  }
  return false;
}

/** Shares of the words in a mask; undefined where it has hardly any pixel. */
function sharesOf(
  id: number,
  words: ReadonlyMap<ColorWord, number>,
): [[number, ReadonlyMap<ColorWord, number>]] | undefined {
  const pixels = [...words.values()].reduce((sum, count) => sum + count, 0);
  if (pixels < LEAST_PIXELS) return undefined;
  return [[id, new Map([...words].map(([word, count]) => [word, count / pixels]))]];
}

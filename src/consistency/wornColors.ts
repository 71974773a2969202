import { type CameraFrame, decodeColor, FrameError } from "../camera/index.js";
import {
  type ColorWord,
  colorNamed,
  colorWordOf,
  type ObjectRef,
  shareNamed,
} from "../language/index.js";
import type { Masks } from "./masksOf.js";
import type { SmallView } from "./SmallView.js";

const LEAST_PIXELS = 12;
/** Shares of a mask that have the colour of its own phrase at the most, and of another's at least. */
const MOST_OWN = 0.1;
const LEAST_OTHER = 0.5;

/**
 * Objects whose masks have not the colour that their phrase names (the red mug), with another one
 * whose mask has it, by name; that one has not its own colour either, if it has one. Undefined where
 * the colour image cannot be read.
 */
export async function wornColors(
  frame: CameraFrame,
  { ids, width, height }: SmallView,
  masks: Masks,
  objects: Iterable<ObjectRef>,
): Promise<ReadonlyMap<string, string> | undefined> {
  const all = [...objects].map((object) => ({ object, color: colorNamed(object.phrase) }));
  if (all.length < 2 || all.every(({ color }) => color === undefined)) return new Map();
  const image = await decodeColor(frame.image).catch((error: unknown) => {
    if (error instanceof FrameError) return undefined;
    throw error;
  });
  if (!image) return undefined;
  const wordAt = (pixel: number): ColorWord => {
    const x = Math.floor((((pixel % width) + 0.5) * image.width) / width);
    const y = Math.floor(((Math.floor(pixel / width) + 0.5) * image.height) / height);
    const at = 3 * (y * image.width + x);
    const [red = 0, green = 0, blue = 0] = image.data.subarray(at, at + 3);
    return colorWordOf(red, green, blue);
  };
  const seen = all.flatMap(({ object, color }) => {
    const shares = sharesOf(masks.idsOf(object));
    return shares ? [{ name: object.name, color, shares }] : [];
  });
  const hasOwn = ({ color, shares }: (typeof seen)[number]) =>
    color !== undefined && shareNamed(shares, color) > MOST_OWN;
  const worn = new Map<string, string>();
  for (const one of seen) {
    const { name, color } = one;
    if (color === undefined || hasOwn(one)) continue;
    const other = seen.find(
      (it) => it !== one && !hasOwn(it) && shareNamed(it.shares, color) > LEAST_OTHER,
    );
    if (other) worn.set(name, other.name);
  }
  return worn;

  function sharesOf(own: readonly number[]): ReadonlyMap<ColorWord, number> | undefined {
    const counts = new Map<ColorWord, number>();
    let pixels = 0;
    ids.forEach((id, pixel) => {
      if (!own.includes(id)) return;
      pixels += 1;
      const word = wordAt(pixel);
      counts.set(word, (counts.get(word) ?? 0) + 1);
    });
    if (pixels < LEAST_PIXELS) return undefined;
    return new Map([...counts].map(([word, count]) => [word, count / pixels]));
  }
}

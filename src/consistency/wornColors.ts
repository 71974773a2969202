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
 * Objects whose masks have the colour that another object's phrase names (the blue tray), and not
 * their own, by name. Undefined where the colour image cannot be read.
 */
export async function wornColors(
  frame: CameraFrame,
  { ids, width, height }: SmallView,
  masks: Masks,
  objects: Iterable<ObjectRef>,
): Promise<ReadonlyMap<string, string> | undefined> {
  const colored = [...objects].flatMap((object) => {
    const color = colorNamed(object.phrase);
    return color === undefined ? [] : [{ object, color }];
  });
  const worn = new Map<string, string>();
  if (new Set(colored.map(({ color }) => color)).size < 2) return worn;
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
  for (const { object, color } of colored) {
    const own = masks.idsOf(object);
    const counts = new Map<ColorWord, number>();
    let pixels = 0;
    ids.forEach((id, pixel) => {
      if (!own.includes(id)) return;
      pixels += 1;
      const word = wordAt(pixel);
      counts.set(word, (counts.get(word) ?? 0) + 1);
    });
    if (pixels < LEAST_PIXELS) continue;
    const shares = new Map([...counts].map(([word, count]) => [word, count / pixels]));
    if (shareNamed(shares, color) > MOST_OWN) continue;
    const other = colored.find((it) => shareNamed(shares, it.color) > LEAST_OTHER);
    if (other) worn.set(object.name, other.object.name);
  }
  return worn;
}

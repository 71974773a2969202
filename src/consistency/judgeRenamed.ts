import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";
import type { MaskedThings } from "./maskedThings.js";
import { isAtBorder } from "./maskPixels.js";

/** Masks that have this share in common are of one thing that rests, and with less than that of two. */
const SAME_PLACE = 0.85;
const ELSEWHERE = 0.3;
const LEAST_PIXELS = 40;
/** In so long one thing may really have been put where another was, s. */
const MOST_GAP_S = 1.5;

/**
 * A thing of the task that is from one image to the next where another thing rested, with the very mask of
 * that: the ids were given anew. It was elsewhere just before, and stays for another image.
 */
export function judgeRenamed(looks: readonly Look[]): Contradiction | undefined {
  for (const [i, after] of looks.entries()) {
    const [earlier, before, later] = [looks[i - 2], looks[i - 1], looks[i + 1]];
    if (!earlier || !before || !later) continue;
    const isNear = after.timeS - before.timeS < MOST_GAP_S && before.episode === after.episode;
    if (!isNear || earlier.episode !== before.episode || later.episode !== after.episode) continue;
    for (const id of after.asked) {
      const own = wholeMask(after, id);
      if (!own || !wholeMask(before, id) || common(own, before, id) > ELSEWHERE) continue;
      if (common(own, later, id) < SAME_PLACE) continue;
      const was = [...(before.masked?.view.pixels.keys() ?? [])].find(
        (other) =>
          other !== id &&
          wholeMask(before, other) !== undefined &&
          common(own, before, other) > SAME_PLACE &&
          common(own, earlier, other) > SAME_PLACE,
      );
      if (was === undefined) continue;
      const afterS = after.timeS - (looks[0]?.timeS ?? after.timeS);
      return { kind: "renamed", id, was, afterS, images: looks.length };
    }
  }
  return undefined;
}

interface Mask {
  readonly of: MaskedThings;
  readonly pixels: readonly number[];
}

/** Undefined where hardly any of it is seen, or where it is cut off. */
function wholeMask({ masked }: Look, id: number): Mask | undefined {
  const pixels = masked?.view.pixels.get(id);
  if (!masked || !pixels || pixels.length < LEAST_PIXELS) return undefined;
  return isAtBorder(pixels, masked.view) ? undefined : { of: masked, pixels };
}

/** What a mask has in common with that of an id in another image, as a share of the larger one. */
function common({ of, pixels }: Mask, { masked }: Look, id: number): number {
  const then = masked?.view.pixels.get(id);
  if (!masked || !then || masked.view.width !== of.view.width) return 0;
  const both = pixels.filter((pixel) => masked.view.ids[pixel] === id).length;
  return both / Math.max(pixels.length, then.length);
}

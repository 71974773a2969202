import {
  bestDetection,
  boxOfDetection,
  boxOverlap,
  type CameraFrame,
  encodeJpeg,
  type PixelBox,
  type RgbImage,
} from "../../../camera/index.js";
import { isPassing, type ObjectRef, type Refusal } from "../../../language/index.js";
import { scoreInWords } from "../../believed.js";
import { numberedBoxes } from "../../endpoint/Marks.js";
import type { SpatialVlm } from "../../SpatialVlm.js";
import { isCut } from "../../words/readSamples.js";
import { FORM_SYSTEM_PROMPT } from "../../words/templates.js";
import type { BoxSource } from "../Sources.js";
import { readNames, unread } from "./readNames.js";

/** Says once which of some boxes of an image hold what phrases name. */
export interface Namer {
  readonly name: string;
  readonly fingerprint: string;
  /**
   * For each object the index of its box, or why there is none. Where the namer cannot be reached, the
   * refusal `isPassing`.
   */
  names(
    frame: CameraFrame,
    image: () => Promise<RgbImage>,
    boxes: readonly PixelBox[],
    refs: readonly ObjectRef[],
    signal: AbortSignal,
  ): Promise<readonly (number | Refusal)[]>;
  /** Whether it may see in another image what it misses in one by chance: then it is asked again. */
  readonly missesByChance?: boolean;
  readonly usage?: SpatialVlm["usage"];
  close(): Promise<void>;
}

/** A vision-language model that sees the image with a number on each thing. */
export function vlmNamer(vlm: SpatialVlm): Namer {
  return {
    name: vlm.id,
    fingerprint: `names 3 ${vlm.fingerprint}`,
    get usage() {
      return vlm.usage;
    },
    async names(frame, _, boxes, refs, signal) {
      const data = await encodeJpeg(frame.image, {
        draw: (canvas) => numberedBoxes(boxes, canvas),
      });
      const image = { kind: "compressed", format: "jpeg", data } as const;
      const { camera, stampNs, frameId, episode } = frame;
      const marked: CameraFrame = { camera, stampNs, frameId, episode, image };
      const question = { kind: "open", text: asking(refs), system: FORM_SYSTEM_PROMPT } as const;
      const [answer] = await vlm.ask(marked, [question], signal);
      const refusal = answer?.refusal;
      if (!answer || (refusal && (isPassing(refusal) || isCut(refusal))))
        return refs.map(() => refusal ?? unread(vlm.id, ""));
      return readNames(answer.text, refs, boxes.length, vlm.id);
    },
    close: () => vlm.close(),
  };
}

function asking(refs: readonly ObjectRef[]): string {
  const lines = refs.map(({ phrase }) => `- ${phrase}`).join("\n");
  return (
    "The image shows boxes with numbers, one around each thing. Which number is each of these?\n" +
    `${lines}\nReply with one line for each of them, its name and its number, like ` +
    `"${refs[0]?.phrase}: 3". Write 0 for what is in none of the boxes.`
  );
}

/** A detector: its best box for a phrase, and the thing in it. */
export function detectorNamer(detector: BoxSource): Namer {
  return {
    name: detector.name,
    fingerprint: detector.fingerprint,
    missesByChance: true,
    async names(_, image, boxes, refs, signal) {
      const found = await detector.detect(
        await image(),
        refs.map(({ phrase }) => phrase),
        signal,
      );
      const named = refs.map(({ phrase }): number | Refusal => {
        const best = bestDetection(found, [phrase]);
        if (!best) {
          const detail = `${detector.name} found no box of ${phrase} ${scoreInWords(detector.minScore)}`;
          return { reason: "no_object", detail };
        }
        const box = boxOfDetection(best);
        const overlaps = boxes.map((other) => boxOverlap(box, other));
        const most = Math.max(0, ...overlaps);
        if (most >= LEAST_OVERLAP) return overlaps.indexOf(most);
        const detail = `${detector.name} has a box of ${phrase}, but no thing in the depth image fills it`;
        return { reason: "no_object", detail };
      });
      // A thing has one name: of two boxes of it one at least is another thing's.
      return named.map((index, i) => {
        const twin = typeof index === "number" ? namesake(named, i) : undefined;
        if (twin === undefined) return index;
        const detail = `${detector.name} has boxes of ${refs[i]?.phrase} and ${refs[twin]?.phrase} around the same thing`;
        return { reason: "ambiguous", detail };
      });
    },
    close: () => detector.close(),
  };
}

const LEAST_OVERLAP = 0.3;

/** Where else the same thing is named. */
function namesake(named: readonly (number | Refusal)[], i: number): number | undefined {
  const twin = named.findIndex((index, j) => j !== i && index === named[i]);
  return twin < 0 ? undefined : twin;
}

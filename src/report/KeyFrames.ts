import type { Annotation } from "../annotate/index.js";
import { colorSize, encodeJpeg, FrameError } from "../camera/index.js";
import { type Overlay, overlayOf, overlayShapes } from "../overlay/index.js";

/** Pictures in a report, of each episode. */
const MOST_SHOWN = 12;
/** Pictures kept to choose from; each is a small JPEG. */
const MOST_CANDIDATES = 24;
/** A task whose stage flickers must not fill the memory with pictures. */
const MOST_STAGE_CHANGES = 6;

/**
 * Chooses the key frames of an episode while it passes by: first, last, end of the episode, stage
 * changes, and for the rest an even spread over time. Holds a bounded number of small pictures
 * and one whole frame, however long the episode is.
 */
export class KeyFrames {
  readonly #marked: KeyFrame[] = [];
  #spread: KeyFrame[] = [];
  #stride = 1;
  #stageChanges = 0;
  #stage: string | undefined;
  #hasEnded = false;
  #last: { annotation: Annotation; index: number; timeS: number } | undefined;

  /** Resolves at once unless the image becomes a candidate. */
  async offer(annotation: Annotation, index: number, timeS: number): Promise<void> {
    if (annotation.outcome === "failed") return;
    const { reward } = annotation;
    this.#last = { annotation, index, timeS };
    const entersStage = reward.stage !== this.#stage && this.#stageChanges < MOST_STAGE_CHANGES;
    const ends = reward.ended !== undefined && !this.#hasEnded;
    if (entersStage) this.#stageChanges += 1;
    if (ends) this.#hasEnded = true;
    this.#stage = reward.stage;
    if (!entersStage && !ends && index % this.#stride !== 0) return;

    const picture = await pictureOf(annotation, index, timeS);
    if (!picture) return;
    if (entersStage || ends) {
      this.#marked.push(picture);
      return;
    }
    this.#spread.push(picture);
    if (this.#spread.length > MOST_CANDIDATES) {
      this.#stride *= 2;
      this.#spread = this.#spread.filter((frame) => frame.index % this.#stride === 0);
    }
  }

  /** In order of time. */
  async chosen(): Promise<KeyFrame[]> {
    const chosen = [...this.#marked];
    const end = this.#last;
    if (end && !chosen.some((frame) => frame.index === end.index)) {
      const known = this.#spread.find((frame) => frame.index === end.index);
      const last = known ?? (await pictureOf(end.annotation, end.index, end.timeS));
      if (last) chosen.push(last);
    }
    const rest = new Set(this.#spread.filter((frame) => !chosen.includes(frame)));
    while (chosen.length < MOST_SHOWN && rest.size > 0) {
      const next = farthest(rest, chosen);
      rest.delete(next);
      chosen.push(next);
    }
    return chosen.sort((a, b) => a.index - b.index);
  }
}

/** The candidate whose nearest chosen neighbour in time is farthest away. */
function farthest(candidates: ReadonlySet<KeyFrame>, chosen: readonly KeyFrame[]): KeyFrame {
  const distance = (frame: KeyFrame): number =>
    Math.min(...chosen.map((other) => Math.abs(other.timeS - frame.timeS)));
  return [...candidates].reduce((best, frame) => (distance(frame) > distance(best) ? frame : best));
}

/** A picture that cannot be decoded is not a key frame; its failure shows in the validity. */
async function pictureOf(
  annotation: Annotation,
  index: number,
  timeS: number,
): Promise<KeyFrame | undefined> {
  try {
    return await keyFrameOf(annotation, index, timeS);
  } catch (error) {
    if (error instanceof FrameError) return undefined;
    throw error;
  }
}

/** Long side of a key frame's picture: sharp on a laptop, and a dozen stay below a megabyte. */
const PICTURE_SIDE_PX = 480;

/** A picture with what the model saw in it. Positions are pixels of the original image. */
export interface KeyFrame extends Overlay {
  readonly index: number;
  readonly timeS: number;
  readonly jpeg: Buffer;
  readonly reward: number | null;
  readonly stage: string;
  readonly validity: string;
}

/** @throws FrameError if the image does not decode. */
async function keyFrameOf(
  { frame, facts, reward }: Annotation,
  index: number,
  timeS: number,
): Promise<KeyFrame> {
  const jpeg = await encodeJpeg(frame.image, { maxSidePx: PICTURE_SIDE_PX, quality: 82 });
  return {
    index,
    timeS,
    jpeg,
    ...overlayOf(facts, await colorSize(frame.image)),
    reward: reward.reward,
    stage: reward.stage,
    validity: reward.validity,
  };
}

/** A picture and what is drawn over it. */
export type MarkedPicture = Pick<KeyFrame, "jpeg" | "width" | "height" | "objects" | "lines">;

/**
 * The picture with what the model saw: the objects' boxes and centres, and lines with the lengths
 * between them. An `svg` element in the image's pixels; `attributes` place it.
 *
 * @param colourOf index of an object's colour, the same in all pictures of a report
 */
export function keyFrameSvg(
  picture: MarkedPicture,
  colourOf: (object: string) => number,
  attributes = "",
): string {
  const { jpeg, width, height } = picture;
  return (
    `<svg class="frame" viewBox="0 0 ${width} ${height}" ${attributes} font-family="system-ui, sans-serif">` +
    `<image width="${width}" height="${height}" preserveAspectRatio="none" ` +
    `href="data:image/jpeg;base64,${jpeg.toString("base64")}"/>${overlayShapes(picture, colourOf)}</svg>`
  );
}

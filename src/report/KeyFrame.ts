import sharp from "sharp";
import type { Annotation } from "../annotate/index.js";
import { encodeJpeg, type SourceImage } from "../camera/index.js";
import type { ObjectEvidence, SpatialFact } from "../spatial/index.js";

/** Long side of a key frame's picture: sharp on a laptop, and a dozen stay below a megabyte. */
const PICTURE_SIDE_PX = 480;

/** A measured line between two objects. */
export interface KeyFrameLine {
  readonly fromPx: readonly [number, number];
  readonly toPx: readonly [number, number];
  /** "23.4 cm" */
  readonly label: string;
}

/** A picture with what the model saw in it. Positions are pixels of the original image. */
export interface KeyFrame {
  readonly index: number;
  readonly timeS: number;
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
  readonly objects: readonly ObjectEvidence[];
  readonly lines: readonly KeyFrameLine[];
  readonly reward: number | null;
  readonly stage: string;
  readonly validity: string;
}

/** @throws FrameError where the image does not decode. */
export async function keyFrameOf(
  { frame, facts, reward }: Annotation,
  index: number,
  timeS: number,
): Promise<KeyFrame> {
  const jpeg = await encodeJpeg(frame.image, { maxSidePx: PICTURE_SIDE_PX, quality: 82 });
  const { width, height } = await sizeOf(frame.image);
  const objects = new Map<string, ObjectEvidence>();
  for (const evidence of facts.flatMap(({ answer }) => answer.evidence ?? [])) {
    // Of several sightings the one with a box says more.
    if (!objects.get(evidence.object)?.boxPx) objects.set(evidence.object, evidence);
  }
  return {
    index,
    timeS,
    jpeg,
    width,
    height,
    objects: [...objects.values()],
    lines: linesOf(facts, objects),
    reward: reward.reward,
    stage: reward.stage,
    validity: reward.validity,
  };
}

async function sizeOf(image: SourceImage): Promise<{ width: number; height: number }> {
  return image.kind === "raw" ? image : sharp(image.data).metadata();
}

/** Distances are lines; what is measured along an axis (left of, above) is not. */
const LINE_KINDS: ReadonlySet<string> = new Set(["distance", "gap"]);

/** One line for each pair of objects, with all lengths that were measured between them. */
function linesOf(
  facts: readonly SpatialFact[],
  objects: ReadonlyMap<string, ObjectEvidence>,
): KeyFrameLine[] {
  const lines = new Map<string, KeyFrameLine>();
  for (const { subject, object, relation, answer } of facts) {
    const from = objects.get(subject);
    const to = objects.get(object);
    if (!from || !to || !LINE_KINDS.has(relation) || answer.value?.shape !== "quantity") continue;
    const pair = JSON.stringify([subject, object].sort());
    const length = lengthText(answer.value.valueM);
    const before = lines.get(pair);
    const label = before ? `${before.label}, ${relation} ${length}` : length;
    lines.set(pair, { fromPx: from.centerPx, toPx: to.centerPx, label });
  }
  return [...lines.values()];
}

/** Metres as a person says them: 23.4 cm, 1.20 m. */
export function lengthText(metres: number): string {
  return Math.abs(metres) < 1 ? `${(metres * 100).toFixed(1)} cm` : `${metres.toFixed(2)} m`;
}

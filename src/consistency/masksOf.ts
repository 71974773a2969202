import { type CameraFrame, type Detection, decodeLabels, type LabelMap } from "../camera/index.js";
import { labelIdsOf, type ObjectRef } from "../language/index.js";

/** Where a frame shows objects: an id for each pixel, and which ids are whose. */
export interface Masks {
  readonly map: LabelMap;
  /** Boxes stand for the objects: their edges are not those of the objects. */
  readonly isCoarse: boolean;
  readonly idsOf: (object: ObjectRef) => readonly number[];
}

/**
 * The label image; or else the best detection of each class, drawn as one.
 *
 * @throws FrameError if the label image cannot be read
 */
export function masksOf(
  { labels, labelNames, detections, info }: CameraFrame,
  objects: Iterable<ObjectRef>,
): Masks | undefined {
  if (labels) {
    const idsOf = (object: ObjectRef) => labelIdsOf(object, labelNames);
    return { map: decodeLabels(labels), isCoarse: false, idsOf };
  }
  if (!detections || !info) return undefined;
  const { width, height } = info;
  const ids = new Uint16Array(width * height);
  const known = new Map<string, number>();
  let next = 1;
  let isCoarse = false;
  for (const { name, classIds = [] } of objects) {
    const found = detections.filter(({ classId }) => classIds.includes(classId));
    const best = found.reduce<Detection | undefined>(
      (a, b) => (a && a.score >= b.score ? a : b),
      undefined,
    );
    if (!best) continue;
    isCoarse ||= best.mask === undefined;
    draw(best, { width, height, ids }, next);
    known.set(name, next++);
  }
  const idsOf = ({ name }: ObjectRef) => {
    const id = known.get(name);
    return id === undefined ? [] : [id];
  };
  return { map: { width, height, ids }, isCoarse, idsOf };
}

/** Its mask where it has one, else its box. */
function draw(detection: Detection, { width, height, ids }: LabelMap, id: number): void {
  const { centerX, centerY, sizeX, sizeY, mask } = detection;
  const { imageWidth = width, imageHeight = height } = mask ?? {};
  const [left, right] = [Math.max(0, centerX - sizeX / 2), Math.min(width, centerX + sizeX / 2)];
  const [top, bottom] = [Math.max(0, centerY - sizeY / 2), Math.min(height, centerY + sizeY / 2)];
  for (let y = Math.round(top); y < bottom; y++) {
    for (let x = Math.round(left); x < right; x++) {
      if (mask) {
        const column = Math.floor(((x + 0.5) * imageWidth) / width) - mask.left;
        const row = Math.floor(((y + 0.5) * imageHeight) / height) - mask.top;
        const isInside = column >= 0 && column < mask.width && row >= 0 && row < mask.height;
        if (!isInside || mask.pixels[row * mask.width + column] === 0) continue;
      }
      ids[y * width + x] = id;
    }
  }
}

import {
  bestDetection,
  type CameraFrame,
  decodeLabels,
  detectionPixels,
  type LabelMap,
} from "../camera/index.js";
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
    const best = bestDetection(detections, classIds);
    if (!best) continue;
    isCoarse ||= best.mask === undefined;
    for (const pixel of detectionPixels(best, info, info)) ids[pixel] = next;
    known.set(name, next++);
  }
  const idsOf = ({ name }: ObjectRef) => {
    const id = known.get(name);
    return id === undefined ? [] : [id];
  };
  return { map: { width, height, ids }, isCoarse, idsOf };
}

import {
  bestDetection,
  boxOfDetection,
  type CameraFrame,
  decodeLabels,
  joinedBox,
  labelBoxes,
  type PixelBox,
} from "../../camera/index.js";
import { labelIdsOf, type ObjectRef } from "../../language/index.js";

/** Where an object is in an image. */
export interface Region {
  readonly box: PixelBox;
  /** Pixels of the image that `box` is counted in, if it is not the colour image. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** Fewer pixels of a label are a speck, not an object to point at. */
const LEAST_PIXELS = 12;

/**
 * Where the frame's labels, or else its detections, say that objects are; objects that neither
 * knows are left out.
 *
 * @throws FrameError if the label image cannot be read.
 */
export function findRegions(
  { labels, labelNames, views, detections = [] }: CameraFrame,
  objects: readonly ObjectRef[],
): ReadonlyMap<ObjectRef, Region> {
  const found = new Map<ObjectRef, Region>();
  // Labels that another camera saw lie elsewhere in this image.
  const size = labels && views?.labels === undefined ? decodeLabels(labels) : undefined;
  const around = size && labelBoxes(size);
  for (const object of objects) {
    const labelled = labelIdsOf(object, labelNames)
      .flatMap((id) => around?.get(id) ?? [])
      .filter(({ pixels }) => pixels >= LEAST_PIXELS);
    const detected = bestDetection(detections, object.classIds ?? []);
    if (size && labelled.length > 0)
      found.set(object, { box: joinedBox(labelled.map(({ box }) => box)), size });
    else if (detected) found.set(object, { box: boxOfDetection(detected) });
  }
  return found;
}

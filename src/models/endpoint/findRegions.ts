import { type CameraFrame, decodeLabels } from "../../camera/index.js";
import { labelIdsOf, type ObjectRef } from "../../language/index.js";

/** Where an object is in an image; fractions of the image's width and height, 0..1. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A box of a detector, in pixels of the image as it came. */
export interface PixelBox extends Region {
  readonly isPixels: true;
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
  frame: CameraFrame,
  objects: readonly ObjectRef[],
): ReadonlyMap<ObjectRef, Region | PixelBox> {
  const found = new Map<ObjectRef, Region | PixelBox>();
  // Labels that another camera saw lie elsewhere in this image.
  const isOwn = frame.views?.labels === undefined;
  const boxes = frame.labels && isOwn ? labelBoxes(frame.labels) : new Map<number, Region>();
  for (const object of objects) {
    const labelled = labelIdsOf(object, frame.labelNames).flatMap((id) => boxes.get(id) ?? []);
    const region = labelled.length > 0 ? around(labelled) : detected(frame, object);
    if (region) found.set(object, region);
  }
  return found;
}

function labelBoxes(labels: NonNullable<CameraFrame["labels"]>): Map<number, Region> {
  const { width, height, ids } = decodeLabels(labels);
  // left, top, right, bottom, pixels
  const extents = new Map<number, [number, number, number, number, number]>();
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id === 0) continue;
    const x = i % width;
    const y = (i - x) / width;
    const extent = extents.get(id);
    if (!extent) {
      extents.set(id, [x, y, x, y, 1]);
      continue;
    }
    if (x < extent[0]) extent[0] = x;
    if (x > extent[2]) extent[2] = x;
    extent[3] = y;
    extent[4]++;
  }
  const boxes = new Map<number, Region>();
  for (const [id, [left, top, right, bottom, pixels]] of extents) {
    if (pixels < LEAST_PIXELS) continue;
    boxes.set(id, {
      left: left / width,
      top: top / height,
      right: (right + 1) / width,
      bottom: (bottom + 1) / height,
    });
  }
  return boxes;
}

function around(regions: readonly Region[]): Region {
  return {
    left: Math.min(...regions.map(({ left }) => left)),
    top: Math.min(...regions.map(({ top }) => top)),
    right: Math.max(...regions.map(({ right }) => right)),
    bottom: Math.max(...regions.map(({ bottom }) => bottom)),
  };
}

function detected({ detections = [] }: CameraFrame, object: ObjectRef): PixelBox | undefined {
  const best = detections
    .filter(({ classId }) => object.classIds?.includes(classId))
    .toSorted((a, b) => b.score - a.score)[0];
  if (!best) return undefined;
  const { centerX, centerY, sizeX, sizeY } = best;
  return {
    isPixels: true,
    left: centerX - sizeX / 2,
    top: centerY - sizeY / 2,
    right: centerX + sizeX / 2,
    bottom: centerY + sizeY / 2,
  };
}

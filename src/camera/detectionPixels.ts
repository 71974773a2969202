import { clamp } from "../base/index.js";
import type { Detection, DetectionMask } from "./CameraFrame.js";

/** The one of some classes that is surest. */
export function bestDetection(
  detections: readonly Detection[],
  classIds: readonly string[],
): Detection | undefined {
  return detections
    .filter(({ classId }) => classIds.includes(classId))
    .reduce<Detection | undefined>((a, b) => (a && a.score >= b.score ? a : b), undefined);
}

/** Pixels of an image; their centres have whole coordinates. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Indices of the pixels that a detection covers: of its mask where it has one, else of its outline, else
 * of its box.
 *
 * @param size of the image whose pixels are meant
 * @param full of the colour image, in whose pixels the detection is
 */
export function detectionPixels(detection: Detection, size: Size, full: Size): Uint32Array {
  const { mask, outline } = detection;
  if (mask) return insideMask(size, full, mask);
  const scale = full.width / size.width;
  return outline ? insideOutline(size, scale, outline) : insideBox(size, scale, detection);
}

function insideBox({ width, height }: Size, scale: number, box: Detection): Uint32Array {
  const clip = (value: number, limit: number) => clamp(Math.round(value / scale), 0, limit);
  const left = clip(box.centerX - box.sizeX / 2, width);
  const right = clip(box.centerX + box.sizeX / 2, width);
  const top = clip(box.centerY - box.sizeY / 2, height);
  const bottom = clip(box.centerY + box.sizeY / 2, height);
  const pixels = new Uint32Array((right - left) * (bottom - top));
  let n = 0;
  for (let row = top; row < bottom; row++)
    for (let column = left; column < right; column++) pixels[n++] = row * width + column;
  return pixels;
}

/** Pixels whose centres lie on a pixel of the object. */
function insideMask({ width, height }: Size, full: Size, mask: DetectionMask): Uint32Array {
  const { imageWidth = full.width, imageHeight = full.height, pixels: isObject } = mask;
  const pixels: number[] = [];
  for (let row = 0; row < height; row++) {
    const y = Math.floor(((row + 0.5) * imageHeight) / height) - mask.top;
    if (y < 0 || y >= mask.height) continue;
    for (let column = 0; column < width; column++) {
      const x = Math.floor(((column + 0.5) * imageWidth) / width) - mask.left;
      if (x < 0 || x >= mask.width || isObject[y * mask.width + x] === 0) continue;
      pixels.push(row * width + column);
    }
  }
  return Uint32Array.from(pixels);
}

/** Pixels whose centres an outline encloses: between every other crossing of their row with it. */
function insideOutline(
  { width, height }: Size,
  scale: number,
  outline: readonly number[],
): Uint32Array {
  const corners = outline.length >> 1;
  // A pixel's centre has whole coordinates.
  const cornerAt = (i: number): readonly [number, number] => [
    (outline[2 * (i % corners)] ?? 0) / scale,
    (outline[2 * (i % corners) + 1] ?? 0) / scale,
  ];
  const crossings = Array.from({ length: height }, (): number[] => []);
  for (let i = 0; i < corners; i++) {
    const [a, b] = [cornerAt(i), cornerAt(i + 1)].sort((p, q) => p[1] - q[1]) as [
      readonly [number, number],
      readonly [number, number],
    ];
    const slope = (b[0] - a[0]) / (b[1] - a[1]);
    const last = Math.min(height, Math.ceil(b[1]));
    for (let row = Math.max(0, Math.ceil(a[1])); row < last; row++)
      crossings[row]?.push(a[0] + (row - a[1]) * slope);
  }
  const pixels: number[] = [];
  crossings.forEach((xs, row) => {
    xs.sort((p, q) => p - q);
    for (let i = 0; i + 1 < xs.length; i += 2) {
      const last = Math.min(width, Math.ceil(xs[i + 1] ?? 0));
      for (let column = Math.max(0, Math.ceil(xs[i] ?? 0)); column < last; column++)
        pixels.push(row * width + column);
    }
  });
  return Uint32Array.from(pixels);
}

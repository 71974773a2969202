import {
  type CameraFrame,
  type CameraInfo,
  type Detection,
  decodeColor,
  depthImageOf,
  type RgbImage,
} from "../../camera/index.js";
import { isRobot, labelIdsOf, type ObjectRef } from "../../language/index.js";

/** Finds in a colour image what phrases name. */
export interface BoxSource {
  /** For messages. */
  readonly name: string;
  /** All that its boxes depend on. */
  readonly fingerprint: string;
  /** Boxes below this score are not given. */
  readonly minScore: number;
  /** Boxes in pixels of the image; their class id is the phrase. */
  detect(
    image: RgbImage,
    phrases: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Detection[]>;
  close(): Promise<void>;
}

/** Sees depth in a colour image. */
export interface DepthSource {
  readonly name: string;
  readonly fingerprint: string;
  /**
   * Metres along the optical axis, row by row, for an image of `size`.
   *
   * @param focalPx of the camera, horizontally, in pixels of `size`
   */
  estimate(
    image: RgbImage,
    size: { readonly width: number; readonly height: number },
    focalPx: number,
  ): Promise<Float32Array>;
  close(): Promise<void>;
}

/** What `rgbd` takes from elsewhere where a frame does not bring it. */
export interface Sources {
  readonly masks?: BoxSource | undefined;
  readonly depth?: DepthSource | undefined;
  /** The camera's horizontal field of view in degrees, for frames without CameraInfo. */
  readonly fov?: number | undefined;
}

/** Objects whose boxes a detector was asked for: their phrases are the class ids of their boxes. */
export interface Sought {
  readonly phrases: ReadonlySet<string>;
  readonly by: Pick<BoxSource, "name" | "minScore">;
}

export interface CompleteFrame {
  readonly frame: CameraFrame;
  readonly sought?: Sought;
}

/**
 * The frame with what it lacks: intrinsics from the field of view, depth from a depth model, boxes
 * from a detector for objects that neither labels, detections nor TF find. What a frame brings
 * itself is never replaced.
 *
 * @param refs all objects that are asked about, and the support
 * @throws FrameError if the colour image is needed and cannot be read
 */
export async function completeFrame(
  frame: CameraFrame,
  refs: readonly ObjectRef[],
  { masks, depth, fov }: Sources,
  signal: AbortSignal,
): Promise<CompleteFrame> {
  let image: Promise<RgbImage> | undefined;
  const pixels = (): Promise<RgbImage> => {
    image ??= decodeColor(frame.image);
    return image;
  };
  let whole = frame;
  if (!whole.info && fov !== undefined) whole = { ...whole, info: pinhole(await pixels(), fov) };
  const { info } = whole;
  // Without intrinsics nothing can be lifted, and nothing needs to be looked at.
  if (!info) return { frame: whole };
  if (!whole.depth && depth) {
    const depthM = await depth.estimate(await pixels(), info, info.fx);
    signal.throwIfAborted();
    whole = { ...whole, depth: depthImageOf({ width: info.width, height: info.height, depthM }) };
  }
  if (!masks) return { frame: whole };
  const lost = refs.filter((ref) => !isFindable(ref, frame));
  const phrases = new Set(lost.map(({ phrase }) => phrase));
  if (phrases.size > 0) {
    const rgb = await pixels();
    const boxes = await masks.detect(rgb, [...phrases], signal);
    signal.throwIfAborted();
    const scaled = boxes.map((box) => scale(box, info.width / rgb.width, info.height / rgb.height));
    whole = { ...whole, detections: [...(whole.detections ?? []), ...scaled] };
  }
  return { frame: whole, sought: { phrases, by: masks } };
}

/** The intrinsics of a camera without distortion, by its horizontal field of view. */
export function pinhole(
  { width, height }: Pick<RgbImage, "width" | "height">,
  fovDeg: number,
): CameraInfo {
  const focal = width / 2 / Math.tan((fovDeg * Math.PI) / 360);
  return {
    ...{ width, height, fx: focal, fy: focal, cx: (width - 1) / 2, cy: (height - 1) / 2 },
    distortion: { model: "", coefficients: [] },
  };
}

function scale(box: Detection, x: number, y: number): Detection {
  return {
    ...box,
    centerX: box.centerX * x,
    centerY: box.centerY * y,
    sizeX: box.sizeX * x,
    sizeY: box.sizeY * y,
  };
}

/**
 * Whether a frame itself has a way to an object: its labels, detections of its classes, its TF frame. The
 * robot has none but its TF frame, also where that is missing.
 */
export function isFindable(
  ref: ObjectRef,
  { labels, labelNames, detections, poses }: CameraFrame,
): boolean {
  if (labels && labelIdsOf(ref, labelNames).length > 0) return true;
  if (detections && ref.classIds?.length) return true;
  if (ref.frame === undefined) return false;
  return isRobot(ref) || poses?.get(ref.frame)?.ok === true;
}

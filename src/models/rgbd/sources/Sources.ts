import type { Detection, RgbImage } from "../../../camera/index.js";

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

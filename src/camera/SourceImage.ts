/**
 * An uncompressed image as it came: rows of `step` bytes, of which the first
 * `width · bytes-per-pixel` are pixels and the rest is padding (sensor_msgs/Image).
 */
export interface RawImage {
  readonly kind: "raw";
  readonly width: number;
  readonly height: number;
  /** A sensor_msgs encoding: `rgb8`, `bgr8`, `16UC1`, `bayer_rggb8`, … */
  readonly encoding: string;
  /** Bytes from the start of one row to the start of the next. */
  readonly step: number;
  readonly isBigEndian: boolean;
  readonly data: Uint8Array;
}

/** A compressed image as it came (sensor_msgs/CompressedImage, or a file). */
export interface CompressedImage {
  readonly kind: "compressed";
  /** As image_transport writes it: `jpeg`, `rgb8; jpeg compressed bgr8`, `16UC1; compressedDepth png`. */
  readonly format: string;
  readonly data: Uint8Array;
}

export type SourceImage = RawImage | CompressedImage;

/** Decoded colour: `width · height` pixels of packed 8-bit r, g, b; row-major, no padding. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Decoded depth along the optical axis in metres, row-major; NaN where the camera saw nothing. */
export interface DepthMap {
  readonly width: number;
  readonly height: number;
  readonly depthM: Float32Array;
}

/** Decoded instance labels, row-major; 0 is background. */
export interface LabelMap {
  readonly width: number;
  readonly height: number;
  readonly ids: Uint16Array;
}

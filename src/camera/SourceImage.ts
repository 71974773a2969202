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
  readonly depthOrigin?: DepthOrigin;
}

/** What is known of a depth image besides its pixels. */
export interface DepthOrigin {
  readonly topic?: string;
  /** Metres of one unit of its values, where that is declared; else its encoding says. */
  readonly unitM?: number;
  /** By what that unit is wrong, and how that is known; such depth is not decoded. */
  readonly doubt?: DepthDoubt;
}

/** Depth that is `factor` times what other evidence says. */
export interface DepthDoubt {
  readonly factor: number;
  /** A clause: what shows it. */
  readonly evidence: string;
}

/** A compressed image as it came (sensor_msgs/CompressedImage, or a file). */
export interface CompressedImage {
  readonly kind: "compressed";
  /** As image_transport writes it: `jpeg`, `rgb8; jpeg compressed bgr8`, `16UC1; compressedDepth png`. */
  readonly format: string;
  readonly data: Uint8Array;
  /**
   * A photograph in a file of its user's, which is shown as its EXIF orientation says. A camera's
   * image is used as it lies: so does ROS, and camera_info speaks of that.
   */
  readonly isPhoto?: boolean;
  readonly depthOrigin?: DepthOrigin;
}

/** In place of an image that could not be read, or that nobody needs any more. */
export const NO_IMAGE: CompressedImage = { kind: "compressed", format: "", data: new Uint8Array() };

/** An image as a source gave it. */
export type SourceImage = RawImage | CompressedImage;

/** A sensor_msgs/PointCloud2 as it came, organised or not: read by whoever needs the points. */
export interface SensorPoints {
  readonly kind: "points";
  readonly width: number;
  readonly height: number;
  /** Bytes of a point, and of a row. */
  readonly step: number;
  readonly rowStep: number;
  /** Where x, y and z (float32) lie in a point, bytes. */
  readonly offsets: readonly [x: number, y: number, z: number];
  readonly isBigEndian: boolean;
  readonly data: Uint8Array;
}

/** Decoded colour: `width · height` pixels of packed 8-bit r, g, b; row-major, no padding. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Decoded depth along the optical axis in metres, row-major; NaN if the camera saw nothing. */
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

export type PictureFormat = "jpeg" | "png" | "webp";

/** The format by the first bytes: `CompressedImage.format` is written by hand too often. */
export function pictureFormat(data: Uint8Array): PictureFormat | undefined {
  if (data[0] === 0xff && data[1] === 0xd8 && data[2] === 0xff) return "jpeg";
  if (startsWith(data, 0, "\x89PNG\r\n\x1a\n")) return "png";
  if (startsWith(data, 0, "RIFF") && startsWith(data, 8, "WEBP")) return "webp";
  return undefined;
}

/** compressed_depth_image_transport's; its old versions wrote the encoding alone. */
export function isCompressedDepth(format: string): boolean {
  return format.includes("compressedDepth") || format === "16UC1" || format === "32FC1";
}

export function startsWith(data: Uint8Array, offset: number, ascii: string): boolean {
  for (let index = 0; index < ascii.length; index++) {
    if (data[offset + index] !== ascii.charCodeAt(index)) return false;
  }
  return true;
}

/** For messages: the first bytes, so that the reader sees what it is instead. */
export function firstBytes(data: Uint8Array): string {
  if (data.length === 0) return "no bytes at all";
  const hex = Buffer.from(data.subarray(0, 8))
    .toString("hex")
    .replace(/(..)(?=.)/g, "$1 ");
  return `${data.length} bytes that begin with ${hex}`;
}

/**
 * What a CompressedImage says of its pixels, completed by the head of the picture where it names
 * only the codec: `mono8; png` for a PNG of one 8-bit channel.
 */
export function pictureEncoding(format: string, data: Uint8Array | undefined): string {
  const found = data && pictureFormat(data);
  if (found === undefined || format.includes(";") || isCompressedDepth(format)) return format;
  if (found !== "png" || data === undefined) return found;
  // IHDR follows the signature: width, height, bits of a channel, sort of colour.
  const [bits, sort] = [data[24], data[25]];
  if (sort === 0) return `${bits === 16 ? "mono16" : "mono8"}; png`;
  return sort === 2 || sort === 6
    ? `${sort === 6 ? "rgba" : "rgb"}${bits === 16 ? 16 : 8}; png`
    : "png";
}

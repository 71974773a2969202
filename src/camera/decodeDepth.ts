import { checkRawSize, packedLayout } from "./checkRawSize.js";
import { readCompressedDepth } from "./compressedDepth.js";
import { UnknownEncodingError } from "./FrameError.js";
import { floats32, words16 } from "./pixelWords.js";
import type { DepthMap, RawImage, SourceImage } from "./SourceImage.js";

/** How one raw encoding becomes metres (REP-118: 0 and NaN mean that the camera saw nothing). */
interface DepthEncoding {
  readonly bytesPerPixel: number;
  readonly toMetres: (image: RawImage) => Float32Array;
}

const millimetres: DepthEncoding = {
  bytesPerPixel: 2,
  toMetres: (image) => {
    const words = words16(image);
    const depthM = new Float32Array(words.length);
    for (let index = 0; index < words.length; index++) {
      const word = words[index]!;
      depthM[index] = word === 0 ? Number.NaN : word / 1000;
    }
    return depthM;
  },
};

const metres: DepthEncoding = {
  bytesPerPixel: 4,
  toMetres: (image) => measured(Float32Array.from(floats32(image))),
};

const DEPTH_ENCODINGS: ReadonlyMap<string, DepthEncoding> = new Map([
  ["16UC1", millimetres],
  ["mono16", millimetres],
  ["32FC1", metres],
]);

/**
 * Decodes a depth image to metres along the optical axis: 32FC1 in metres, 16UC1 and mono16 in
 * millimetres, either compressed by compressed_depth_image_transport, or a plain 16-bit PNG. Zero,
 * negative and infinite depths become NaN.
 *
 * @throws UnknownEncodingError, ImageSizeError, ImageDataError (all FrameErrors)
 */
export async function decodeDepth(image: SourceImage): Promise<DepthMap> {
  if (image.kind === "compressed") {
    const { width, height, words, toMetres } = await readCompressedDepth(image);
    return { width, height, depthM: measured(Float32Array.from(words, toMetres)) };
  }
  const encoding = DEPTH_ENCODINGS.get(image.encoding);
  if (encoding === undefined) {
    throw new UnknownEncodingError(image.encoding, "depth", [...DEPTH_ENCODINGS.keys()]);
  }
  checkRawSize(image, packedLayout(encoding.bytesPerPixel));
  return { width: image.width, height: image.height, depthM: encoding.toMetres(image) };
}

function measured(depthM: Float32Array): Float32Array {
  for (let index = 0; index < depthM.length; index++) {
    const value = depthM[index]!;
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) depthM[index] = Number.NaN;
  }
  return depthM;
}

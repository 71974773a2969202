import { FrameError, UnknownEncodingError } from "./FrameError.js";
import { checkRawSize, ints32, packedLayout, tightRows, words16 } from "./rawImage.js";
import type { LabelMap, RawImage } from "./SourceImage.js";

interface LabelEncoding {
  readonly bytesPerPixel: number;
  readonly toIds: (image: RawImage) => Uint16Array;
}

const bytes: LabelEncoding = {
  bytesPerPixel: 1,
  toIds: (image) => Uint16Array.from(tightRows(image, image.width)),
};
const words: LabelEncoding = { bytesPerPixel: 2, toIds: words16 };
const integers: LabelEncoding = {
  bytesPerPixel: 4,
  toIds: (image) => {
    const ids = ints32(image);
    const unfit = ids.find((id) => id < 0 || id > 0xffff);
    if (unfit !== undefined) throw new FrameError(`label id ${unfit} is not within 0..65535`);
    return Uint16Array.from(ids);
  },
};

const LABEL_ENCODINGS: ReadonlyMap<string, LabelEncoding> = new Map([
  ["mono8", bytes],
  ["8UC1", bytes],
  ["mono16", words],
  ["16UC1", words],
  ["32SC1", integers],
]);

/**
 * Decodes an image of instance ids; a view of the message's memory where it can be.
 *
 * @throws UnknownEncodingError, ImageSizeError, FrameError for ids that do not fit 16 bits
 */
export function decodeLabels(image: RawImage): LabelMap {
  const encoding = LABEL_ENCODINGS.get(image.encoding);
  if (encoding === undefined) {
    throw new UnknownEncodingError(image.encoding, "labels", [...LABEL_ENCODINGS.keys()]);
  }
  checkRawSize(image, packedLayout(encoding.bytesPerPixel));
  return { width: image.width, height: image.height, ids: encoding.toIds(image) };
}

import { sharp } from "../base/index.js";
import { FrameError, ImageDataError, UnknownEncodingError, withFrameErrors } from "./FrameError.js";
import { checkRawSize, ints32, packedLayout, tightRows, words16 } from "./rawImage.js";
import {
  type CompressedImage,
  type LabelMap,
  pictureFormat,
  type RawImage,
} from "./SourceImage.js";

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

/** Ids in the channels of a colour. `order` are the places of red, green and blue in a pixel. */
function colors(bytesPerPixel: number, order: readonly [number, number, number]): LabelEncoding {
  return {
    bytesPerPixel,
    toIds: (image) => {
      const rows = tightRows(image, image.width * bytesPerPixel);
      return idsOfColors(rows, bytesPerPixel, order);
    },
  };
}

/** More colours than this are a picture, not ids. */
const MOST_COLORS = 1024;

/**
 * Simulators write ids into colours, each in its way: Gazebo's semantic label map has the label in
 * all channels; its panoptic one has it in the last, and the instance's number in the first two;
 * CoppeliaSim's handles are red + 256 · green.
 */
function idsOfColors(
  rows: Uint8Array,
  bytesPerPixel: number,
  [red, green, blue]: readonly [number, number, number],
): Uint16Array {
  const ids = new Uint16Array(rows.length / bytesPerPixel);
  const seen = new Set<number>();
  let [isGray, hasBlue] = [true, false];
  for (let i = 0, at = 0; i < ids.length; i++, at += bytesPerPixel) {
    const [r = 0, g = 0, b = 0] = [rows[at + red], rows[at + green], rows[at + blue]];
    if (r !== g || g !== b) isGray = false;
    if (b !== 0) hasBlue = true;
    if (seen.size <= MOST_COLORS) seen.add((r << 16) | (g << 8) | b);
  }
  if (seen.size > MOST_COLORS) {
    throw new FrameError(
      `this label image has more than ${MOST_COLORS} colours: it is a picture of labels, not their ids`,
    );
  }
  for (let i = 0, at = 0; i < ids.length; i++, at += bytesPerPixel) {
    const b = rows[at + blue] ?? 0;
    ids[i] = isGray || hasBlue ? b : (rows[at + red] ?? 0) + 256 * (rows[at + green] ?? 0);
  }
  return ids;
}

const LABEL_ENCODINGS: ReadonlyMap<string, LabelEncoding> = new Map([
  ["mono8", bytes],
  ["8UC1", bytes],
  ["mono16", words],
  ["16UC1", words],
  ["32SC1", integers],
  ["rgb8", colors(3, [0, 1, 2])],
  ["bgr8", colors(3, [2, 1, 0])],
  ["rgba8", colors(4, [0, 1, 2])],
  ["bgra8", colors(4, [2, 1, 0])],
]);

/**
 * Decodes an image of instance ids; a view of the message's memory where it can be.
 *
 * @throws UnknownEncodingError, ImageSizeError, FrameError for ids that do not fit 16 bits, and for
 *   a picture of labels
 */
export function decodeLabels(image: RawImage): LabelMap {
  const encoding = LABEL_ENCODINGS.get(image.encoding);
  if (encoding === undefined) {
    throw new UnknownEncodingError(image.encoding, "labels", [...LABEL_ENCODINGS.keys()]);
  }
  checkRawSize(image, packedLayout(encoding.bytesPerPixel));
  return { width: image.width, height: image.height, ids: encoding.toIds(image) };
}

/**
 * A label image that came as PNG, as the pixels that are in it.
 *
 * @throws ImageDataError if it is damaged, lossy, or has a palette, whose indexes are lost
 */
export async function unpackLabels(image: CompressedImage): Promise<RawImage> {
  if (pictureFormat(image.data) !== "png") {
    throw new ImageDataError(`"${image.format}" cannot contain label ids: they need PNG`);
  }
  return withFrameErrors(image, async () => {
    const png = sharp(image.data);
    const { depth, channels, isPalette } = await png.metadata();
    if (isPalette) {
      throw new ImageDataError("a PNG with a palette holds colours of labels, not their ids");
    }
    const isGray = channels < 3;
    const isWide = depth === "ushort";
    if (isWide && !isGray) {
      throw new ImageDataError("label ids in colours need 8 bits a channel, this PNG has 16");
    }
    const pixels = isGray ? png.extractChannel(0).toColourspace(isWide ? "grey16" : "b-w") : png;
    const { data, info } = await pixels
      .raw({ depth: isWide ? "ushort" : "uchar" })
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    return {
      kind: "raw",
      ...{ width, height, data, step: data.length / height, isBigEndian: false },
      encoding: isGray ? (isWide ? "mono16" : "mono8") : channels === 4 ? "rgba8" : "rgb8",
    };
  });
}

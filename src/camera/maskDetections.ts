import * as z from "zod";
import {
  classIdSchema,
  type Detected,
  detection2dSchema,
  hypothesisSchema,
} from "./boxDetections.js";
import type { Detection, DetectionMask } from "./CameraFrame.js";
import { ImageDataError, MessageError, UnknownEncodingError } from "./FrameError.js";
import { bytesSchema, headerSchema, imageFromRos, parseMessage } from "./messagesFromRos.js";
import { checkRawSize, floats32, ints32, packedLayout, tightRows, words16 } from "./rawImage.js";
import type { RawImage } from "./SourceImage.js";

/** Names of fields that hold masks. */
export const MASK_FIELD = /mask|segment/i;
const CLASS_FIELD = /class|label|categor|name/i;
const SCORE_FIELD = /score|conf|prob/i;

type Fields = Readonly<Record<string, unknown>>;
type Hypothesis = z.infer<typeof hypothesisSchema>;

/** A corner, and of which size the mask must be to lie there; of any where that is not told. */
interface Place {
  readonly left: number;
  readonly top: number;
  readonly width?: number;
  readonly height?: number;
}

/**
 * Reads a message with a mask for each object. No message is standard (vision_msgs issues 63 and
 * 87), but those that people made are of three shapes: a list of images with lists of classes and
 * scores beside it (`mask_rcnn_ros/Result`), a list of images beside a Detection2DArray
 * (`ultralytics_ros/YoloResult`), or a list of objects of which each has its image
 * (`moveit_studio_vision_msgs/Mask2DArray`).
 *
 * One Detection for each mask and each class that it may be of, by id and by name. Masks without a
 * pixel are left out.
 *
 * @throws MessageError if it is not clear which images are the masks, or of what they are
 * @throws UnknownEncodingError, ImageSizeError, ImageDataError of a mask
 */
export function maskDetections(message: unknown, type: string): Detected {
  const { header } = parseMessage(z.looseObject({ header: headerSchema }), type, message);
  return { stampNs: header.stamp, detections: detectionsIn(message as Fields) };
}

function detectionsIn(message: Fields): Detection[] {
  const found = theMasks(message);
  if (found?.owners) {
    return found.owners.flatMap((owner) => masked(owner[found.field], ...toldBy(owner)));
  }
  const masks = found?.images ?? [];
  const boxed = boxedObjects(message);
  // A detector that does not segment leaves the list of masks empty.
  if (masks.length === 0) return boxed.flat();
  if (boxed.length > 0) {
    checkAsMany(masks, boxed, "detections");
    return masks.flatMap((mask, i) => masked(mask, boxed[i] ?? []));
  }
  const scores = listsBeside(message, SCORE_FIELD, z.number(), masks)[0];
  const named = listsBeside(message, CLASS_FIELD, classIdSchema, masks);
  const classes = named.length > 0 ? named : listsBeside(message, /^ids?$/, classIdSchema, masks);
  const places = listsBeside(message, /./, placeSchema, masks)[0];
  return masks.flatMap((mask, i) => {
    const told = classes.flatMap((list) => hypothesis(list[i], scores?.[i]));
    return masked(mask, told, places?.[i]);
  });
}

/** sensor_msgs/RegionOfInterest. */
const placeSchema = z
  .object({
    x_offset: z.number().int(),
    y_offset: z.number().int(),
    width: z.number().int(),
    height: z.number().int(),
  })
  .transform(
    ({ x_offset, y_offset, width, height }): Place => ({
      ...{ left: x_offset, top: y_offset, width, height },
    }),
  );

/** Lists of the message that have an element for each mask. */
function listsBeside<T>(
  message: Fields,
  name: RegExp,
  element: z.ZodType<T>,
  masks: readonly unknown[],
): readonly (readonly T[])[] {
  return Object.entries(message).flatMap(([field, value]) => {
    const list = name.test(field) ? z.array(element).safeParse(listOf(value)).data : undefined;
    if (list === undefined || list.length === 0) return [];
    checkAsMany(masks, list, field);
    return [list];
  });
}

/** Numbers come as typed arrays. */
function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  const isNumbers = ArrayBuffer.isView(value) && !(value instanceof DataView);
  return isNumbers ? Array.from(value as Int32Array) : undefined;
}

function checkAsMany(masks: readonly unknown[], others: readonly unknown[], what: string): void {
  if (masks.length === others.length) return;
  throw new MessageError(
    `${masks.length} masks, but ${others.length} ${what}: which belong together is not told`,
  );
}

interface Masks {
  /** The name of the list of images; of its elements' field, where those have the images. */
  readonly field: string;
  readonly images: readonly unknown[];
  readonly owners?: readonly Fields[];
}

function theMasks(message: Fields): Masks | undefined {
  const found = Object.entries(message).flatMap(([name, list]): [string, Masks][] => {
    if (!Array.isArray(list) || list.length === 0) return [];
    if (list.every(isImage)) return [[name, { field: name, images: list }]];
    const owners = list.filter(isFields);
    const names = Object.entries(owners[0] ?? {}).flatMap(([key, value]) =>
      isImage(value) ? [key] : [],
    );
    return names.map((field) => [
      `${name}[].${field}`,
      { field, owners, images: owners.map((owner) => owner[field]) },
    ]);
  });
  const named = found.filter(([name]) => MASK_FIELD.test(name));
  const [first, ...others] = named.length > 0 ? named : found;
  if (others.length > 0) {
    const names = [first, ...others].map((one) => one?.[0]).join(", ");
    throw new MessageError(`several lists of images (${names}): which are the masks is not clear`);
  }
  return first?.[1];
}

const imageLike = z.object({
  encoding: z.string(),
  width: z.number(),
  height: z.number(),
  data: bytesSchema,
});

function isImage(value: unknown): boolean {
  return imageLike.safeParse(value).success;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

/** A Detection2DArray, or a list of Detection2D, among the fields: the hypotheses of each. */
function boxedObjects(message: Fields): readonly (readonly Detection[])[] {
  for (const value of Object.values(message)) {
    const list = isFields(value) && Array.isArray(value.detections) ? value.detections : value;
    const boxed = z.array(detection2dSchema).safeParse(list).data;
    if (boxed && boxed.length > 0) return boxed;
  }
  return [];
}

/** What the owner of a mask says of it. */
function toldBy(owner: Fields): [readonly Hypothesis[], Place | undefined] {
  const fields = Object.entries(owner);
  const boxed = [owner, ...Object.values(owner)].flatMap(
    (value) => detection2dSchema.safeParse(value).data ?? [],
  );
  const corner = z.object({ x: z.number().int(), y: z.number().int() }).safeParse(owner).data;
  const [region] = fields.flatMap(([, value]) => placeSchema.safeParse(value).data ?? []);
  const place = corner ? { left: corner.x, top: corner.y } : region;
  if (boxed.length > 0) return [boxed, place];
  const score = fields.find(([name]) => SCORE_FIELD.test(name))?.[1];
  const told = fields.flatMap(([name, value]): readonly Hypothesis[] => {
    if (Array.isArray(value)) return z.array(hypothesisSchema).safeParse(value).data ?? [];
    return CLASS_FIELD.test(name) ? hypothesis(value, score) : [];
  });
  return [told.length > 0 ? told : hypothesis(owner.id, score), place];
}

/** None of what is no class. */
function hypothesis(classId: unknown, score: unknown): Hypothesis[] {
  const told = classIdSchema.safeParse(classId).data;
  if (told === undefined || told === "") return [];
  return [{ classId: told, score: typeof score === "number" ? score : 1 }];
}

/** Each hypothesis with the mask, and with the box of the mask's pixels. */
function masked(image: unknown, hypotheses: readonly Hypothesis[], place?: Place): Detection[] {
  if (hypotheses.length === 0) {
    throw new MessageError(
      "masks without class names or ids: of which objects of the task they are is not told",
    );
  }
  const mask = cropped(imageFromRos(image).image, place);
  if (!mask) return [];
  const { left, top, width, height } = mask;
  const box = {
    ...{ centerX: left + (width - 1) / 2, centerY: top + (height - 1) / 2 },
    ...{ sizeX: width, sizeY: height },
  };
  return hypotheses.map(({ classId, score }) => ({ classId, score, ...box, mask }));
}

/** The part of a mask that has pixels of the object; undefined if none has. */
function cropped(image: RawImage, place: Place | undefined): DetectionMask | undefined {
  const isObject = objectPixels(image);
  let [left, top, right, bottom] = [image.width, image.height, -1, -1];
  for (let at = 0; at < isObject.length; at++) {
    if (isObject[at] === 0) continue;
    const column = at % image.width;
    const row = (at - column) / image.width;
    if (column < left) left = column;
    if (column > right) right = column;
    if (row < top) top = row;
    bottom = row;
  }
  if (right < 0) return undefined;
  const [width, height] = [right - left + 1, bottom - top + 1];
  const pixels = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (top + row) * image.width + left;
    pixels.set(isObject.subarray(from, from + width), row * width);
  }
  const { width: fullWidth = image.width, height: fullHeight = image.height } = place ?? {};
  if (place && fullWidth === image.width && fullHeight === image.height) {
    return { left: place.left + left, top: place.top + top, width, height, pixels };
  }
  return {
    ...{ left, top, width, height, pixels },
    ...{ imageWidth: image.width, imageHeight: image.height },
  };
}

/** 1 for each pixel of the object, else 0. */
function objectPixels(image: RawImage): Uint8Array {
  if (image.encoding === "32FC1") {
    const values = valuesOf(image, 4, floats32);
    const wrong = values.find((value) => value < 0 || value > 1);
    if (wrong === undefined) return Uint8Array.from(values, (value) => Number(value > 0.5));
    throw new ImageDataError(
      `a mask of floats needs probabilities of 0 to 1, this one has ${wrong}`,
    );
  }
  const values = integersOf(image);
  const used = new Set<number>();
  for (const value of values) {
    if (value !== 0 && used.size < 2) used.add(value);
  }
  if (used.size < 2) return Uint8Array.from(values, (value) => Number(value !== 0));
  // Probabilities of a whole range of bytes, or edges that were made smooth.
  let most = 0;
  for (const value of values) if (value > most) most = value;
  if (values instanceof Uint8Array && most >= 128) {
    return Uint8Array.from(values, (value) => Number(value >= 128));
  }
  throw new ImageDataError(
    `a mask needs one value for its object, or probabilities of 0 to 255; this one has ${[...used].join(", ")} and more up to ${most}`,
  );
}

function integersOf(image: RawImage): Uint8Array | Uint16Array | Int32Array {
  switch (image.encoding) {
    case "mono8":
    case "8UC1":
      return valuesOf(image, 1, (each) => tightRows(each, each.width));
    case "mono16":
    case "16UC1":
      return valuesOf(image, 2, words16);
    case "32SC1":
      return valuesOf(image, 4, ints32);
    default:
      throw new UnknownEncodingError(image.encoding, "a mask", [
        ...["mono8", "8UC1", "mono16", "16UC1", "32SC1", "32FC1"],
      ]);
  }
}

/** @throws ImageSizeError */
function valuesOf<T>(image: RawImage, bytesPerPixel: number, read: (image: RawImage) => T): T {
  checkRawSize(image, packedLayout(bytesPerPixel));
  return read(image);
}

import * as z from "zod";
import {
  type CameraFrame,
  type CameraInfo,
  cameraInfoFromRos,
  compressedImageFromRos,
  type Headed,
  imageFromRos,
  type RawImage,
  type SourceImage,
} from "../../../camera/index.js";
import { BridgeError } from "../BridgeError.js";

const withData = z.object({ data: z.union([z.instanceof(Uint8Array), z.array(z.number())]) });
const numbers = z
  .custom<ArrayLike<number>>((value) => Array.isArray(value) || ArrayBuffer.isView(value))
  .transform((values) => Array.from(values));

/** spatial_reward_msgs/msg/CameraImages, limited to the fields that say what was sent. */
const imagesSchema = z.object({
  camera: z.string(),
  color: withData.loose(),
  compressed: withData.loose(),
  depth: withData.loose(),
  labels: withData.loose(),
  camera_info: z.object({ width: z.number() }).loose(),
  label_ids: numbers,
  label_names: z.array(z.string()),
});

export type RequestImages = z.infer<typeof imagesSchema>;

/** @throws BridgeError */
export function parseImages(message: unknown): RequestImages {
  const parsed = imagesSchema.safeParse(message);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BridgeError(`images: field ${issue?.path.join(".")}: ${issue?.message}`);
}

/** Whether a colour image was sent. */
export function hasColor({ color, compressed }: RequestImages): boolean {
  return color.data.length > 0 || compressed.data.length > 0;
}

/**
 * The frame that a request sent. Its images may be faulty; the model's guard reports it.
 *
 * @param camera name of the camera
 * @param knownInfo intrinsics of that camera's topic, for a request without
 * @throws BridgeError, FrameError
 */
export function requestFrame(
  images: RequestImages,
  camera: string,
  knownInfo: CameraInfo | undefined,
): CameraFrame {
  const color: Headed<SourceImage> =
    images.color.data.length > 0
      ? imageFromRos(images.color)
      : compressedImageFromRos(images.compressed);
  const depth = images.depth.data.length > 0 ? imageFromRos(images.depth).image : undefined;
  const labels: RawImage | undefined =
    images.labels.data.length > 0 ? imageFromRos(images.labels).image : undefined;
  const info = images.camera_info.width > 0 ? infoOf(images.camera_info) : knownInfo;
  const { label_ids: ids, label_names: names } = images;
  if (ids.length !== names.length) {
    throw new BridgeError(
      `images: ${ids.length} label_ids and ${names.length} label_names: give each id its name`,
    );
  }
  const labelNames = new Map(ids.map((id, i) => [id, names[i]!]));
  return {
    camera,
    stampNs: color.stampNs,
    frameId: color.frameId,
    episode: "",
    image: color.image,
    ...(depth && { depth }),
    ...(labels && { labels }),
    ...(labelNames.size > 0 && { labelNames }),
    ...(info && { info }),
  };
}

function infoOf(message: unknown): CameraInfo {
  const result = cameraInfoFromRos(message);
  if (!result.ok) throw new BridgeError(`images: camera_info: ${result.reason}`);
  return result.info;
}

import { closestName, UserError } from "../base/index.js";
import {
  baseTopic,
  CAMERA_INFO,
  type CameraTopics,
  COMPRESSED_IMAGE,
  IMAGE,
  isImage,
  type TopicInfo,
} from "./CameraTopics.js";
import { DETECTION_TYPES, isDetections } from "./detectionsFromRos.js";
import { DISPARITY_IMAGE } from "./disparity.js";
import { isLossy } from "./imageRole.js";
import { byPreference, colorCameras, judgeImages } from "./judgeImages.js";
import { LABEL_NAME_TYPES } from "./labelNames.js";
import { POINT_CLOUD } from "./pointCloud.js";
import { siblingTopics } from "./siblingTopics.js";
import { VIDEO_TYPES } from "./videoFromRos.js";

/** The cameras that are asked for are not in the recording, or it is not clear which is meant. */
export class CameraChoiceError extends UserError {
  override readonly code = "camera.ambiguous";
}

/** Where cameras are looked for; `path` names it in errors. */
export interface TopicList {
  readonly path: string;
  readonly topics: readonly TopicInfo[];
}

/**
 * The cameras of a recording. Those that are wanted must be there; where none is named, the one
 * colour camera is taken. Topics that are not named are looked for beside the colour topic:
 * camera_info, depth (of the colour camera's optical frame or registered to it before others),
 * labels, detections, label names. `judgeImages` says what is a camera.
 *
 * Transports of one image (`/image_raw`, `/image_raw/compressed`) and its variants (`image_rect`)
 * are one camera: the transport with more messages is taken, and the raw one where they are equal,
 * as the compressed one was made from it. A colour topic may be named without its transport.
 *
 * Throws a CameraChoiceError that lists what the recording holds.
 */
export function findCameras(info: TopicList, wanted: readonly CameraTopics[]): CameraTopics[] {
  if (wanted.length > 0) {
    const named = wanted.map((camera) => checkNamed(info, camera));
    return named.map((camera) => siblingTopics(info.topics, camera, named.length === 1));
  }
  const cameras = colorCameras(info.topics);
  const [only, ...others] = cameras;
  if (!only) throw new CameraChoiceError(noCameraMessage(info));
  if (others.length > 0) throw new CameraChoiceError(severalCamerasMessage(info, cameras));
  return [siblingTopics(info.topics, { name: only, color: only }, true)];
}

/** All colour cameras of a recording with what lies beside them, without choosing. */
export function listCameras(info: TopicList): CameraTopics[] {
  const cameras = colorCameras(info.topics);
  const isOnly = cameras.length === 1;
  return cameras.map((color) => siblingTopics(info.topics, { name: color, color }, isOnly));
}

function checkNamed(info: TopicList, camera: CameraTopics): CameraTopics {
  const { name, color, depth, labels, detections, info: cameraInfo, labelInfo } = camera;
  const check = (topic: string | undefined, part: string, types: readonly string[]) =>
    topic === undefined ? undefined : namedTopic(info, name, part, topic, types);
  const images = [IMAGE, COMPRESSED_IMAGE];
  const colors = [...images, ...VIDEO_TYPES];
  const found = {
    depth: check(depth, "depth", [...images, DISPARITY_IMAGE, POINT_CLOUD]),
    labels: check(labels, "labels", images),
    detections: check(detections, "detections", detectionTypes(info)),
    info: check(cameraInfo, "info", [CAMERA_INFO]),
    depthInfo: check(camera.depthInfo, "depth_info", [CAMERA_INFO]),
    labelsInfo: check(camera.labelsInfo, "labels_info", [CAMERA_INFO]),
    labelInfo: check(labelInfo, "label_info", LABEL_NAME_TYPES),
  };
  const named = Object.entries(found).filter(([, topic]) => topic !== undefined);
  const siblings: Partial<CameraTopics> = Object.fromEntries(named);
  const namedColor = namedTopic(info, name, "color", color, colors);
  const { pairing, depthUnitM } = camera;
  return {
    ...siblings,
    name,
    color: namedColor,
    ...(pairing && { pairing }),
    ...(depthUnitM !== undefined && { depthUnitM }),
  };
}

function detectionTypes({ topics }: TopicList): string[] {
  return [...DETECTION_TYPES, ...topics.filter(isDetections).map(({ type }) => type)];
}

/** The topic that a task names, or the transport of it that was recorded. */
function namedTopic(
  info: TopicList,
  camera: string,
  part: string,
  name: string,
  types: readonly string[],
): string {
  const where = `Camera "${camera}", ${part}:`;
  const exact = info.topics.find((topic) => topic.name === name);
  if (exact && !types.includes(exact.type)) {
    const { masks } = exact.content ?? {};
    if (masks?.isReadable === false) {
      throw new CameraChoiceError(`${where} ${name} in ${info.path}: ${masks.why}.`);
    }
    throw new CameraChoiceError(
      `${where} ${name} in ${info.path} is a ${exact.type}, not a ${types.join(" or ")}.`,
    );
  }
  if (exact && exact.messageCount > 0) return name;
  const lossiness = (topic: TopicInfo) => Number(part !== "color" && isLossy(topic));
  const [best] = info.topics
    .filter((topic) => baseTopic(topic.name) === name && types.includes(topic.type))
    .sort((a, b) => lossiness(a) - lossiness(b) || byPreference(a, b));
  if (best && (best.messageCount > 0 || part !== "color")) return best.name;
  if (best) throw new CameraChoiceError(`${where} ${name} in ${info.path} has no messages.`);
  const near = closestName(
    name,
    info.topics.filter(({ type }) => types.includes(type)).map((topic) => topic.name),
  );
  throw new CameraChoiceError(
    `${where} ${info.path} has no topic ${name}.` +
      `${near ? ` Did you mean ${near}?` : ""} Its topics:\n${topicLines(info.topics)}`,
  );
}

function noCameraMessage(info: TopicList): string {
  if (info.topics.length === 0) return `${info.path} has no colour camera. It is empty.`;
  const empty = info.topics.filter((topic) => isImage(topic) && topic.messageCount === 0);
  const others = [...judgeImages(info.topics)].map(([name, { why }]) => `  ${name}: ${why}`);
  return [
    `${info.path} has no colour camera: no topic of type ${IMAGE}, ${COMPRESSED_IMAGE} or of a video whose ` +
      "images are in colour and not made of other images.",
    ...(empty.length > 0
      ? [`Without a single message: ${empty.map(({ name }) => name).join(", ")}.`]
      : []),
    ...(others.length > 0 ? ["Topics of images that are none:", ...others] : []),
    "Its topics:",
    topicLines(info.topics),
  ].join("\n");
}

function severalCamerasMessage(info: TopicList, cameras: readonly string[]): string {
  return (
    `${info.path} has ${cameras.length} colour cameras:\n` +
    `${cameras.map((topic) => `  ${topic}`).join("\n")}\n` +
    `Choose one: --camera ${cameras[0]} on the command line, or in the task file\n` +
    `cameras:\n  front:\n    color: ${cameras[0]}`
  );
}

function topicLines(topics: readonly TopicInfo[]): string {
  return topics
    .map(
      ({ name, type, messageCount }) =>
        `  ${name}  ${type}${messageCount > 0 ? "" : "  (no messages)"}`,
    )
    .join("\n");
}

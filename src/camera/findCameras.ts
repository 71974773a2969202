import { closestName, itemAt, UserError } from "../base/index.js";
import {
  baseTopic,
  type CameraTopics,
  COMPRESSED_IMAGE,
  cameraNamespace,
  IMAGE,
  imageFamily,
  imageRole,
  isImage,
  isUnder,
  parentOf,
  type TopicInfo,
} from "./CameraTopics.js";
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

type Topics = Pick<TopicList, "topics">;

const CAMERA_INFO = "sensor_msgs/msg/CameraInfo";
const EXTRINSICS = "realsense2_camera_msgs/msg/Extrinsics";
const LABEL_INFO = "vision_msgs/msg/LabelInfo";
const DETECTIONS = "vision_msgs/msg/Detection2DArray";

/**
 * The cameras of a recording. Those that are wanted must be there; where none is named, the one
 * colour camera is taken. Topics that are not named are looked for beside the colour topic:
 * camera_info, depth (registered to colour before others), labels, detections, label names.
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
    return named.map((camera) => withSiblings(info, camera, named.length === 1));
  }
  const cameras = colorCameras(info);
  const [only, ...others] = cameras;
  if (!only) throw new CameraChoiceError(noCameraMessage(info));
  if (others.length > 0) throw new CameraChoiceError(severalCamerasMessage(info, cameras));
  return [withSiblings(info, { name: only, color: only }, true)];
}

/** All colour cameras of a recording with what lies beside them, without choosing. */
export function listCameras(info: TopicList): CameraTopics[] {
  const cameras = colorCameras(info);
  return cameras.map((color) => withSiblings(info, { name: color, color }, cameras.length === 1));
}

/**
 * One camera with what lies beside it among the topics there are.
 *
 * @param isOnly no other camera is asked for: then also topics outside of its namespace are its
 */
export function siblingTopics(
  topics: readonly TopicInfo[],
  camera: CameraTopics,
  isOnly: boolean,
): CameraTopics {
  return withSiblings({ topics }, camera, isOnly);
}

/** The colour topic of each camera: of all transports and variants of an image, the best. */
function colorCameras(info: Topics): string[] {
  const families = new Map<string, TopicInfo[]>();
  for (const topic of info.topics) {
    if (!isImage(topic) || topic.messageCount === 0 || imageRole(topic.name) !== "color") continue;
    const family = imageFamily(topic.name);
    families.set(family, [...(families.get(family) ?? []), topic]);
  }
  return [...families.values()].map((topics) => itemAt(topics.sort(byPreference), 0).name).sort();
}

/** More messages first, the unprocessed image before the rectified, raw before compressed. */
function byPreference(a: TopicInfo, b: TopicInfo): number {
  return (
    b.messageCount - a.messageCount ||
    Number(isProcessed(a)) - Number(isProcessed(b)) ||
    lossOf(a) - lossOf(b) ||
    (a.name < b.name ? -1 : 1)
  );
}

/** 0 for pixels as they were, 1 for still pictures, 2 for video. */
function lossOf({ type }: TopicInfo): number {
  return VIDEO_TYPES.includes(type) ? 2 : Number(type !== IMAGE);
}

function isProcessed({ name }: TopicInfo): boolean {
  return !baseTopic(name).endsWith("/image_raw");
}

function checkNamed(info: TopicList, camera: CameraTopics): CameraTopics {
  const { name, color, depth, labels, detections, info: cameraInfo, labelInfo } = camera;
  const check = (topic: string | undefined, part: string, types: readonly string[]) =>
    topic === undefined ? undefined : namedTopic(info, name, part, topic, types);
  const images = [IMAGE, COMPRESSED_IMAGE];
  const colors = [...images, ...VIDEO_TYPES];
  const found = {
    depth: check(depth, "depth", images),
    labels: check(labels, "labels", [IMAGE]),
    detections: check(detections, "detections", [DETECTIONS]),
    info: check(cameraInfo, "info", [CAMERA_INFO]),
    depthInfo: check(camera.depthInfo, "depth_info", [CAMERA_INFO]),
    labelsInfo: check(camera.labelsInfo, "labels_info", [CAMERA_INFO]),
    labelInfo: check(labelInfo, "label_info", [LABEL_INFO]),
  };
  return defined({ name, color: namedTopic(info, name, "color", color, colors), ...found });
}

/** The topic that a task names, or the transport of it that was recorded. */
function namedTopic(
  info: TopicList,
  camera: string,
  part: string,
  name: string,
  types: readonly string[],
): string {
  const exact = info.topics.find((topic) => topic.name === name);
  if (exact && types.includes(exact.type)) return name;
  const where = `Camera "${camera}", ${part}:`;
  if (exact) {
    throw new CameraChoiceError(
      `${where} ${name} in ${info.path} is a ${exact.type}, not a ${types.join(" or ")}.`,
    );
  }
  const transports = info.topics.filter(
    (topic) => baseTopic(topic.name) === name && types.includes(topic.type),
  );
  const [best] = transports.sort(byPreference);
  if (best) return best.name;
  const near = closestName(
    name,
    info.topics.filter(({ type }) => types.includes(type)).map((topic) => topic.name),
  );
  throw new CameraChoiceError(
    `${where} ${info.path} has no topic ${name}.` +
      `${near ? ` Did you mean ${near}?` : ""} Its topics:\n${topicLines(info.topics)}`,
  );
}

/**
 * Fills in what is not named. A topic belongs to the camera in whose namespace it lies; with only
 * one camera, also topics elsewhere are its.
 */
function withSiblings(info: Topics, camera: CameraTopics, isOnly: boolean): CameraTopics {
  const namespace = cameraNamespace(camera.color);
  const rivals = colorCameras(info).map(cameraNamespace);
  const isOurs = ({ name }: TopicInfo) => {
    if (isUnder(namespace, name)) {
      // A camera further down the same namespace has the nearer claim.
      return !rivals.some((other) => other.length > namespace.length && isUnder(other, name));
    }
    return isOnly && !rivals.some((other) => other !== namespace && isUnder(other, name));
  };
  const ours = info.topics.filter((topic) => topic.messageCount > 0 && isOurs(topic));
  const pick = (candidates: TopicInfo[], rank: (topic: TopicInfo) => number) =>
    candidates.sort((a, b) => rank(b) - rank(a) || byPreference(a, b))[0]?.name;
  const near = ({ name }: TopicInfo) => (isUnder(namespace, name) ? 1 : 0);
  const typed = (type: string) => ours.filter((topic) => topic.type === type);
  const cameraInfo = camera.info ?? infoBeside(info, [cameraNamespace(camera.color)], camera.color);
  /** CameraInfo of a part that has one of its own. */
  const ownInfo = (topic: string | undefined) => {
    const own = topic === undefined ? undefined : infoBeside(info, [], topic);
    return own === cameraInfo ? undefined : own;
  };
  const depth =
    camera.depth ??
    pick(
      ours.filter(
        (topic) =>
          isImage(topic) &&
          !VIDEO_TYPES.includes(topic.type) &&
          imageRole(topic.name) === "depth" &&
          (near(topic) === 1 || namesCamera(info, camera.color, topic)),
      ),
      (topic) => 2 * near(topic) + 4 * registered(topic),
    );
  const labels =
    camera.labels ??
    pick(
      typed(IMAGE).filter((topic) => imageRole(topic.name) === "labels"),
      near,
    );
  return defined({
    name: camera.name,
    color: camera.color,
    info: cameraInfo,
    depth,
    labels,
    depthInfo: camera.depthInfo ?? ownInfo(depth),
    labelsInfo: camera.labelsInfo ?? ownInfo(labels),
    depthToColor:
      camera.depthToColor ??
      typed(EXTRINSICS).find(({ name }) => /depth_to_(color|rgb)$/.test(name))?.name,
    detections: camera.detections ?? pick(typed(DETECTIONS), near),
    labelInfo: camera.labelInfo ?? pick(typed(LABEL_INFO), near),
  });
}

/** Depth that some node has warped into the colour camera's image. */
function registered({ name }: TopicInfo): number {
  return /aligned|registered|to_(colou?r|rgb)/.test(name) ? 1 : 0;
}

/**
 * Whether a topic outside of a camera's namespace is of that camera by its name: it has a part that
 * only this camera's topic has (`/depth/left/image` of `/color/left/image`). Where there is but one
 * camera, whose else should it be; optical frames are compared later.
 */
function namesCamera(info: Topics, color: string, { name }: TopicInfo): boolean {
  const cameras = colorCameras(info);
  const others = cameras.filter((each) => each !== color);
  if (others.length === 0) return true;
  const shared = new Set(others.flatMap((each) => each.split("/")));
  const own = color.split("/").filter((part) => !shared.has(part));
  return name.split("/").some((part) => own.includes(part));
}

/** `camera_info` in the image's own namespace, as image_transport looks for it, or in `others`. */
function infoBeside(info: Topics, others: readonly string[], image: string): string | undefined {
  const base = baseTopic(image);
  const candidates = [parentOf(base), base, ...others].map((at) => `${at}/camera_info`);
  return candidates.find((name) =>
    info.topics.some((topic) => topic.name === name && topic.type === CAMERA_INFO),
  );
}

function defined(topics: { [K in keyof CameraTopics]: CameraTopics[K] | undefined }): CameraTopics {
  const entries = Object.entries(topics).filter(([, topic]) => topic !== undefined);
  return Object.fromEntries(entries) as unknown as CameraTopics;
}

function noCameraMessage(info: TopicList): string {
  const held = info.topics.length > 0 ? `Its topics:\n${topicLines(info.topics)}` : "It is empty.";
  return (
    `${info.path} has no colour camera: no topic of type ${IMAGE}, ${COMPRESSED_IMAGE} or of a video whose ` +
    `name does not look like depth or label images. ${held}`
  );
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
  return topics.map(({ name, type }) => `  ${name}  ${type}`).join("\n");
}

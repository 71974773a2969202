import {
  type CameraTopics,
  cameraNamespace,
  isDisparity,
  isImage,
  isUnder,
  type TopicInfo,
} from "./CameraTopics.js";
import { isDetections } from "./detectionsFromRos.js";
import { DISPARITY_IMAGE } from "./disparity.js";
import { imageRole, isColor, isLossy } from "./imageRole.js";
import { cameraInfoOf, frameOf } from "./infoBeside.js";
import { byPreference, colorCameras } from "./judgeImages.js";
import { labelNamesRank } from "./labelNames.js";
import { POINT_CLOUD } from "./pointCloud.js";
import { VIDEO_TYPES } from "./videoFromRos.js";

const EXTRINSICS = "realsense2_camera_msgs/msg/Extrinsics";

/**
 * One camera with what lies beside it among the topics there are; what is named stays. A topic
 * belongs to the camera whose optical frame it has, or else in whose namespace it lies; with only
 * one camera, also topics elsewhere are its.
 *
 * @param isOnly no other camera is asked for
 */
export function siblingTopics(
  topics: readonly TopicInfo[],
  camera: CameraTopics,
  isOnly: boolean,
): CameraTopics {
  const { color } = camera;
  const rivals = colorCameras(topics).filter((other) => other !== color);
  const claims = claimsOf(topics, color, rivals, isOnly);
  const ours = topics.filter((topic) => topic.messageCount > 0 && claims.isOurs(topic));
  const pick = (candidates: TopicInfo[], rank: (topic: TopicInfo) => number) =>
    candidates.sort((a, b) => rank(b) - rank(a) || byPreference(a, b))[0]?.name;
  const typed = (...types: readonly string[]) => ours.filter(({ type }) => types.includes(type));
  const images = (role: "depth" | "labels") =>
    ours.filter(
      (topic) =>
        isImage(topic) && !VIDEO_TYPES.includes(topic.type) && imageRole(topic).role === role,
    );
  const near = (topic: TopicInfo) =>
    Number(claims.isNear(topic)) + 4 * Number(claims.hasFrame(topic));

  const info = camera.info ?? cameraInfoOf(topics, color, [cameraNamespace(color)]);
  /** CameraInfo of a part that has one of its own. */
  const ownInfo = (topic: string | undefined) => {
    const own = topic === undefined ? undefined : cameraInfoOf(topics, topic);
    return own === info ? undefined : own;
  };
  const depth =
    camera.depth ??
    pick(
      [...images("depth"), ...typed(DISPARITY_IMAGE, POINT_CLOUD)].filter(
        (topic) => claims.isNear(topic) || claims.namesCamera(topic),
      ),
      (topic) =>
        64 * Number(topic.type !== POINT_CLOUD) +
        32 * Number(!isLossy(topic)) +
        16 * Number(topic.type !== DISPARITY_IMAGE && !isDisparity(topic.name)) +
        8 * Number(isRegistered(topic) || claims.hasFrame(topic)) +
        2 * Number(claims.isNear(topic)),
    );
  const labels =
    camera.labels ?? pick(images("labels"), (topic) => near(topic) + 2 * Number(!isColor(topic)));
  const found: { [K in keyof CameraTopics]: CameraTopics[K] | undefined } = {
    ...camera,
    info,
    depth,
    labels,
    depthInfo: camera.depthInfo ?? ownInfo(depth),
    labelsInfo: camera.labelsInfo ?? ownInfo(labels),
    depthToColor:
      camera.depthToColor ??
      typed(EXTRINSICS).find(({ name }) => /depth_to_(color|rgb)$/.test(name))?.name,
    detections: camera.detections ?? pick(ours.filter(isDetections), near),
    labelInfo:
      camera.labelInfo ??
      pick(
        ours.filter((topic) => labelNamesRank(topic) > 0),
        (topic) => 8 * labelNamesRank(topic) + near(topic),
      ),
  };
  const known = Object.entries(found).filter(([, topic]) => topic !== undefined);
  return Object.fromEntries(known) as unknown as CameraTopics;
}

interface Claims {
  isOurs(topic: TopicInfo): boolean;
  /** In the camera's namespace, and in no nearer one. */
  isNear(topic: TopicInfo): boolean;
  /** Of the camera's optical frame, which no other camera has. */
  hasFrame(topic: TopicInfo): boolean;
  /**
   * By its frame, or by its name: it has a part that only this camera's topic has
   * (`/depth/left/image` of `/color/left/image`). Where there is but one camera, whose else should
   * it be; optical frames are compared later.
   */
  namesCamera(topic: TopicInfo): boolean;
}

function claimsOf(
  topics: readonly TopicInfo[],
  color: string,
  rivals: readonly string[],
  isOnly: boolean,
): Claims {
  const byName = new Map(topics.map((topic) => [topic.name, topic]));
  const frameOfTopic = (name: string) => {
    const topic = byName.get(name);
    return topic && frameOf(topic);
  };
  const frame = frameOfTopic(color);
  const rivalFrames = new Set(rivals.flatMap((rival) => frameOfTopic(rival) ?? []));
  const namespace = cameraNamespace(color);
  const spaces = rivals.map(cameraNamespace).filter((other) => other !== namespace);
  const shared = new Set(rivals.flatMap((rival) => rival.split("/")));
  const ownParts = color.split("/").filter((part) => !shared.has(part));

  const hasFrame = (topic: TopicInfo) =>
    frame !== undefined && frameOf(topic) === frame && !rivalFrames.has(frame);
  const isRivals = (topic: TopicInfo) => {
    const other = frameOf(topic);
    return other !== undefined && other !== frame && rivalFrames.has(other);
  };
  // A camera further down the same namespace has the nearer claim.
  const isNear = ({ name }: TopicInfo) =>
    isUnder(namespace, name) &&
    !spaces.some((other) => other.length > namespace.length && isUnder(other, name));
  return {
    hasFrame,
    isNear,
    isOurs: (topic) => {
      if (hasFrame(topic)) return true;
      if (isRivals(topic)) return false;
      if (isUnder(namespace, topic.name)) return isNear(topic);
      return isOnly && !spaces.some((other) => isUnder(other, topic.name));
    },
    namesCamera: (topic) =>
      rivals.length === 0 ||
      hasFrame(topic) ||
      topic.name.split("/").some((part) => ownParts.includes(part)),
  };
}

/** Depth that some node has warped into the colour camera's image. */
function isRegistered({ name }: TopicInfo): boolean {
  return /aligned|registered|to_(colou?r|rgb)/.test(name);
}

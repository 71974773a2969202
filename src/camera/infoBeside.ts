import { baseTopic, CAMERA_INFO, imageFolder, parentOf, type TopicInfo } from "./CameraTopics.js";
import { bareFrameId } from "./Pose.js";

/**
 * The camera_info of an image: in its own namespace, as image_transport looks for it, or in
 * `others`; one of the image's optical frame before one of another.
 */
export function infoBeside(
  topics: readonly TopicInfo[],
  image: string,
  others: readonly string[] = [],
): string | undefined {
  const base = baseTopic(image);
  const beside = [parentOf(base), base, imageFolder(image), ...others].flatMap(
    (at) =>
      topics.find(({ name, type }) => type === CAMERA_INFO && name === `${at}/camera_info`) ?? [],
  );
  return (beside.find(ofFrame(frameIn(topics, image))) ?? beside[0])?.name;
}

/** As `infoBeside`; where there is none, the only one of the image's optical frame. */
export function cameraInfoOf(
  topics: readonly TopicInfo[],
  image: string,
  others: readonly string[] = [],
): string | undefined {
  const isOurs = ofFrame(frameIn(topics, image));
  const [only, ...more] = topics.filter((topic) => topic.type === CAMERA_INFO && isOurs(topic));
  return infoBeside(topics, image, others) ?? (more.length === 0 ? only?.name : undefined);
}

/** The optical frame of a topic's messages; undefined where it is not known. */
export function frameOf({ content }: TopicInfo): string | undefined {
  const frame = bareFrameId(content?.frameId ?? "");
  return frame === "" ? undefined : frame;
}

function frameIn(topics: readonly TopicInfo[], image: string): string | undefined {
  const topic = topics.find(({ name }) => name === image);
  return topic && frameOf(topic);
}

function ofFrame(frame: string | undefined): (topic: TopicInfo) => boolean {
  return (topic) => frame !== undefined && frameOf(topic) === frame;
}

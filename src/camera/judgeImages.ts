import { itemAt } from "../base/index.js";
import {
  baseTopic,
  IMAGE,
  imageFamily,
  imageFolder,
  isImage,
  lastPart,
  parentOf,
  type TopicInfo,
} from "./CameraTopics.js";
import { imageRole, isGray, type RoleVerdict } from "./imageRole.js";
import { frameOf, infoBeside } from "./infoBeside.js";
import { VIDEO_TYPES } from "./videoFromRos.js";

/** What a topic of images is, and whether it is the one by which a colour camera is known. */
export interface ImageVerdict extends RoleVerdict {
  readonly isCamera: boolean;
}

/** All forms of one camera's image, the best first. */
interface Family {
  readonly best: TopicInfo;
  readonly members: readonly TopicInfo[];
}

/**
 * What each topic of images is, by what its first message says and by what lies beside it; by name.
 * Topics without messages are left out. No cameras are: other forms of a camera's image, pictures
 * that were made of one (they have its optical frame, and no camera_info), a left image that is
 * also published as the colour image, and grey cameras beside a colour camera.
 */
export function judgeImages(topics: readonly TopicInfo[]): ReadonlyMap<string, ImageVerdict> {
  const images = topics.filter((topic) => isImage(topic) && topic.messageCount > 0);
  const verdicts = new Map<string, ImageVerdict>(
    images.map((topic) => [topic.name, { ...imageRole(topic), isCamera: false }]),
  );
  const families = familiesOf(images.filter(({ name }) => verdicts.get(name)?.role === "color"));
  const reasons = new Map(families.map((family) => [family, whyMade(family, families, topics)]));
  const left = families.filter((family) => reasons.get(family) === undefined);
  for (const family of families) {
    const why = reasons.get(family) ?? whyGray(family, left);
    for (const { name } of family.members) {
      if (why !== undefined) {
        verdicts.set(name, { role: "other", isCamera: false, why });
        continue;
      }
      const isCamera = name === family.best.name;
      const told = verdicts.get(name)?.why ?? "";
      const form = isCamera ? told : `another form of ${family.best.name}`;
      verdicts.set(name, { role: "color", isCamera, why: form });
    }
  }
  return verdicts;
}

/** The colour topic of each camera: of all transports and variants of an image, the best. */
export function colorCameras(topics: readonly TopicInfo[]): string[] {
  const verdicts = judgeImages(topics);
  return [...verdicts].flatMap(([name, { isCamera }]) => (isCamera ? [name] : [])).sort();
}

/**
 * Colour before grey, more messages first, the unprocessed image before the rectified, raw before
 * compressed.
 */
export function byPreference(a: TopicInfo, b: TopicInfo): number {
  return (
    Number(isGray(a)) - Number(isGray(b)) ||
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
  const base = baseTopic(name);
  return !base.endsWith("/image_raw") || /\/preview\//.test(base);
}

function familiesOf(images: readonly TopicInfo[]): Family[] {
  const families = new Map<string, TopicInfo[]>();
  for (const topic of images) {
    const family = imageFamily(topic.name);
    families.set(family, [...(families.get(family) ?? []), topic]);
  }
  return [...families.values()].map((members) => {
    members.sort(byPreference);
    return { best: itemAt(members, 0), members };
  });
}

/** What a family was made of; undefined if it is a camera's own. */
function whyMade(
  { best }: Family,
  families: readonly Family[],
  topics: readonly TopicInfo[],
): string | undefined {
  const frame = frameOf(best);
  if (frame === undefined) return undefined;
  const twins = families
    .map((family) => family.best)
    .filter((other) => other !== best && frameOf(other) === frame);
  const infoOf = ({ name }: TopicInfo) => infoBeside(topics, name);
  const isPlain = ({ name }: TopicInfo) => imageFamily(name).endsWith("/image");
  const own = infoOf(best);
  const origin = twins.find((other) => {
    const info = infoOf(other);
    // In one namespace, camera_info belongs to the image with a camera's usual name.
    return (
      info !== undefined &&
      (own === undefined || (own === info && !isPlain(best) && isPlain(other)))
    );
  });
  if (origin) {
    return `made of ${origin.name}: it has the same optical frame, and no camera_info of its own`;
  }
  const folder = imageFolder(best.name);
  const color = twins.find(({ name }) => {
    const other = imageFolder(name);
    return parentOf(other) === parentOf(folder) && /^(rgb|colou?r)$/.test(lastPart(other));
  });
  return color && lastPart(folder) === "left" ? `the same image as ${color.name}` : undefined;
}

/** Whether a family is grey beside a colour camera. */
function whyGray({ best }: Family, families: readonly Family[]): string | undefined {
  if (!isGray(best)) return undefined;
  const color = families.find((other) => !isGray(other.best));
  return color && `${best.content?.encoding}, beside the colour camera ${color.best.name}`;
}

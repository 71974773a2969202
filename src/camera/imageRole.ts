import { baseTopic, COMPRESSED_IMAGE, isDevice, type TopicInfo } from "./CameraTopics.js";

/** What a topic of images is to a camera; `other` is nothing that can be used. */
export type ImageRole = "color" | "depth" | "labels" | "other";

/** A role, and how it was told, for people. */
export interface RoleVerdict {
  readonly role: ImageRole;
  readonly why: string;
}

/** What pixels of an encoding can be. */
type Pixels = "color" | "gray" | "range" | "ids" | "vectors";

const PIXELS: readonly (readonly [Pixels, RegExp])[] = [
  ["range", /^(16UC1|32FC1|64FC1)$/],
  ["ids", /^(32SC1|32UC1)$/],
  ["gray", /^(mono8|mono16|8UC1|8SC1|16SC1)$/],
  ["vectors", /^(8SC|16SC|32SC|32FC|64FC)[234]$|^16UC2$/],
  ["color", /^(rgba?|bgra?)(8|16)$|^(8|16)UC[34]$|^bayer_|yuv|yuy|uyvy|^nv\d\d$|^i420$/i],
];

const DEPTH = /depth|range_?image|range_?finder|disparity/;
const LABELS = /label|segment|mask|semantic|instance|panoptic/;
/** Images that are neither colour nor metres. */
const OTHER = /^infra|^ir\d?$|_ir$|^ir_|thermal|confidence|normals?$|amplitude|^flow$/;
/** Pictures that were made of what a camera saw. */
const PICTURE =
  /overlay|annotat|debug|dbg|heat_?map|visuali[sz]|^viz|_viz$|rviz|detections?_image|image_detections?|result_image|image_with|drawn|colou?red|colou?ri[sz]ed|colou?r_?map|pseudo|false_colou?r/;
const COLOR = /colou?r|rgb|bgr/;

/** The pixels of `rgb8; jpeg compressed bgr8`: what stands before the codec. */
function pixelsOf(encoding: string): Pixels | undefined {
  const base = encoding.split(";")[0]?.trim() ?? "";
  return PIXELS.find(([, pattern]) => pattern.test(base))?.[0];
}

/** Whether pixels were changed by a codec: such values are no metres and no ids. */
export function isLossy({ name, type, content }: TopicInfo): boolean {
  const encoding = content?.encoding ?? "";
  if (type !== COMPRESSED_IMAGE || name.endsWith("/compressedDepth")) return false;
  return /jpe?g|webp|h26|av1/i.test(encoding);
}

/** Whether the images have no colour: by their encoding, where it is known. */
export function isGray({ content }: TopicInfo): boolean {
  return content?.encoding !== undefined && pixelsOf(content.encoding) === "gray";
}

/** Whether the images are in colour: by their encoding, where it is known. */
export function isColor({ content }: TopicInfo): boolean {
  return content?.encoding !== undefined && pixelsOf(content.encoding) === "color";
}

/**
 * What a topic of images shows. Its encoding decides first: metres and ids are never a colour
 * camera, and a picture in colours is no depth. Where that leaves a choice (grey pixels, 16 bits,
 * JPEG), the last part of the name that says something does: `/cam/depth/image` is depth. Names of
 * devices do not count: `/depth_camera/rgb/image_raw` is colour.
 */
export function imageRole(topic: TopicInfo): RoleVerdict {
  const encoding = topic.content?.encoding;
  const pixels = encoding === undefined ? undefined : pixelsOf(encoding);
  const shown = encoding ?? "";
  if (topic.name.startsWith("/spatial_reward/")) return other("made by this project");
  if (topic.name.endsWith("/compressedDepth")) return { role: "depth", why: "compressedDepth" };
  const named = namedRole(topic.name);
  const byName = named === undefined ? "" : `named ${named.word}`;
  switch (pixels) {
    case "range":
      if (named?.role === "labels" && !shown.startsWith("32F")) return say("labels", shown, byName);
      if (named?.role === "other") return other(byName);
      return say("depth", shown);
    case "ids":
      return say("labels", shown);
    case "vectors":
      return other(shown);
    case "gray":
      if (named?.role === "depth") {
        return shown.startsWith("mono16")
          ? say("depth", shown, byName)
          : other(`${shown}, ${byName}: 8 bits are no depth`);
      }
      return grayOrColor(topic, named, shown, byName);
    case "color":
      if (named?.role === "depth") return other(`${shown}: a picture of depth`);
      return grayOrColor(topic, named, shown, byName);
    default:
      return grayOrColor(topic, named, shown, byName);
  }
}

function grayOrColor(
  topic: TopicInfo,
  named: NamedRole | undefined,
  shown: string,
  byName: string,
): RoleVerdict {
  switch (named?.role) {
    case "other":
      return other(byName);
    case "labels":
      return isLossy(topic)
        ? other(`${shown}, ${byName}: a lossy picture of labels`)
        : say("labels", shown, byName);
    case "depth":
      return say("depth", shown, byName);
    default:
      return say("color", shown, byName);
  }
}

interface NamedRole {
  readonly role: ImageRole;
  readonly word: string;
}

/** The role in a topic's name, from the last part that has one. */
function namedRole(topic: string): NamedRole | undefined {
  const parts = baseTopic(topic).toLowerCase().split("/").reverse();
  for (const [fromEnd, part] of parts.entries()) {
    if (fromEnd > 0 && isDevice(part)) continue;
    // Before the rest: `colored_map`, `labels_overlay`. Depth registered to colour has both words.
    for (const [role, words] of [
      ["other", PICTURE],
      ["depth", DEPTH],
      ["labels", LABELS],
      ["other", OTHER],
      ["color", COLOR],
    ] as const) {
      const found = words.exec(part);
      if (found) return { role, word: `"${part}"` };
    }
  }
  return undefined;
}

function say(role: ImageRole, ...reasons: readonly string[]): RoleVerdict {
  return { role, why: reasons.filter((reason) => reason !== "").join(", ") };
}

function other(why: string): RoleVerdict {
  return { role: "other", why };
}

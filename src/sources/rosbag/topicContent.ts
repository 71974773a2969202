import {
  CAMERA_INFO,
  CdrReader,
  COMPRESSED_IMAGE,
  DETECTION_TYPES,
  IMAGE,
  pictureEncoding,
  type TopicContent,
} from "../../camera/index.js";

const HEADED: ReadonlySet<string> = new Set([
  IMAGE,
  COMPRESSED_IMAGE,
  CAMERA_INFO,
  ...DETECTION_TYPES,
]);

/** Whether the first message of a topic of that type says what the topic is to a camera. */
export function hasContent(type: string): boolean {
  return HEADED.has(type);
}

/** What a message of such a type says of its topic. @throws if it is cut off */
export function contentOfCdr(type: string, cdr: Uint8Array): TopicContent {
  const reader = new CdrReader(cdr);
  reader.time();
  const frameId = reader.text();
  if (type === IMAGE) {
    reader.uint32();
    reader.uint32();
    return { frameId, encoding: reader.text() };
  }
  if (type === COMPRESSED_IMAGE) {
    return { frameId, encoding: pictureEncoding(reader.text(), reader.bytes()) };
  }
  return { frameId };
}

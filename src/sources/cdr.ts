/**
 * A second door of this room: messages as CDR, for those who read or write them by themselves. It
 * loads the definitions of all common messages, which the room itself loads with a recording.
 */
export { cdrReader } from "./rosbag/cdrReader.js";
export { cdrWriter } from "./rosbag/cdrWriter.js";
export { knownDefinition } from "./rosbag/definitions/knownDefinition.js";
export { contentOfCdr, hasContent } from "./rosbag/topicContent.js";

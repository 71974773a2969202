export type { FrameSelection, FrameSource, SourceInfo, SourceKind } from "./FrameSource.js";
export { findRecordings, InputError, recordingName } from "./findRecordings.js";
export { ImageFolderError } from "./images/imageKind.js";
export { openSource, sources } from "./openSource.js";
export * from "./rosbag/index.js";
export { SimSpecError } from "./sim/simKind.js";

export type { FrameSelection, FrameSource, SourceInfo, SourceKind } from "./FrameSource.js";
export {
  findRecordings,
  InputError,
  InputTwiceError,
  onlyRecording,
  recordingName,
} from "./findRecordings.js";
export { openParquet, type ParquetFile, parquetRows } from "./lerobot/parquetRows.js";
export type { LeRobotDataset } from "./lerobot/readEpisodes.js";
export { INFO_FILE, LeRobotError } from "./lerobot/readInfo.js";
export { openSource, sourceKindName, sources } from "./openSource.js";
export * from "./rosbag/Bag.js";
export { BagError } from "./rosbag/BagError.js";
export { BagWriter } from "./rosbag/BagWriter.js";
export { bagFrames } from "./rosbag/bagFrames.js";
export { bagSource } from "./rosbag/bagKind.js";
export { isRemote, isS3 } from "./rosbag/bytes/isRemote.js";
export { RemoteError } from "./rosbag/bytes/RemoteError.js";
export { openBag, readBagInfo } from "./rosbag/openBag.js";

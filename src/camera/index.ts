export * from "./CameraFrame.js";
export * from "./CameraInfo.js";
export { type CameraMessage, CameraReader, type CameraReaderOptions } from "./CameraReader.js";
export * from "./CameraTopics.js";
export {
  type CameraInfoOptions,
  type CameraInfoResult,
  cameraInfoFromRos,
} from "./cameraInfoFromRos.js";
export { colorSharp } from "./colorSharp.js";
export type { ColorSize } from "./colorSize.js";
export { decodeColor } from "./decodeColor.js";
export { decodeDepth } from "./decodeDepth.js";
export { decodeLabels } from "./decodeLabels.js";
export { detectionsFromRos } from "./detectionsFromRos.js";
export { type Attempt, EpisodeSplitter } from "./EpisodeSplitter.js";
export { encodeJpeg, type JpegCanvas, type JpegOptions } from "./encodeJpeg.js";
export * from "./FrameError.js";
export { FrameJoiner, type FrameJoinerOptions } from "./FrameJoiner.js";
export { FrameRate } from "./FrameRate.js";
export {
  CameraChoiceError,
  findCameras,
  listCameras,
  siblingTopics,
  type TopicList,
} from "./findCameras.js";
export { imageFault } from "./imageFault.js";
export { compressedImageFromRos, type Headed, imageFromRos } from "./imageFromRos.js";
export type { KinematicSample, KinematicSelection } from "./Kinematics.js";
export { labelNamesFromRos } from "./labelNamesFromRos.js";
export * from "./Pose.js";
export { pixelRays, scaleCameraInfo } from "./pixelRays.js";
export * from "./poseMath.js";
export { projectPoint } from "./projectPoint.js";
export { ImageFileError, readImageFile } from "./readImageFile.js";
export { stampFromRos } from "./rosMessage.js";
export * from "./SourceImage.js";
export type { StampedTransform } from "./StampedTransform.js";
export { StampOrder } from "./StampOrder.js";
export { TransformBuffer, type TransformBufferOptions } from "./TransformBuffer.js";
export { baseTopic, COMPRESSED_IMAGE, IMAGE, type TopicInfo } from "./topicRoles.js";
export { transformsFromRos } from "./transformsFromRos.js";
export { withFault } from "./withFault.js";

export type {
  CameraFrame,
  CameraInfo,
  DatasetRow,
  Detection,
  DetectionMask,
  Distortion,
  FramePart,
  KinematicSample,
  KinematicSelection,
  PartView,
  StatedFrame,
  StatedNumber,
  StateFrames,
} from "./CameraFrame.js";
export { type CameraMessage, CameraReader, type CameraReaderOptions } from "./CameraReader.js";
export {
  baseTopic,
  CAMERA_INFO,
  type CameraTopics,
  COMPRESSED_IMAGE,
  IMAGE,
  isDisparity,
  isRectified,
  type MaskLayout,
  type TopicContent,
  type TopicInfo,
} from "./CameraTopics.js";
export {
  cameraInfoFromMatrix,
  type MatrixResult,
  type ToldMatrix,
} from "./cameraInfoFromMatrix.js";
export {
  type CameraInfoOptions,
  type CameraInfoResult,
  cameraInfoFromRos,
} from "./cameraInfoFromRos.js";
export { type ColorSize, colorSharp, colorSize, decodeColor } from "./decodeColor.js";
export { decodeDepth } from "./decodeDepth.js";
export { decodeLabels, unpackLabels } from "./decodeLabels.js";
export {
  type DepthScale,
  type GripperDepth,
  gripperDepth,
  wrongDepthScale,
} from "./depthScale.js";
export { bestDetection, detectionPixels } from "./detectionPixels.js";
export { DETECTION_TYPES, detectionsFromRos } from "./detectionsFromRos.js";
export { DISPARITY_IMAGE } from "./disparity.js";
export { type Attempt, EpisodeSplitter } from "./EpisodeSplitter.js";
export { encodeJpeg, type JpegCanvas, type JpegOptions } from "./encodeJpeg.js";
export {
  CameraModelError,
  DepthUnitError,
  FrameError,
  ImageDataError,
  ImageSizeError,
  MessageError,
  UnknownEncodingError,
} from "./FrameError.js";
export { FrameJoiner, type FrameJoinerOptions } from "./FrameJoiner.js";
export { FrameRate } from "./FrameRate.js";
export {
  CameraChoiceError,
  findCameras,
  listCameras,
  type TopicList,
} from "./findCameras.js";
export { imageFault, withFault } from "./imageFault.js";
export { JOINT_TYPES, type JointMessage, jointsFromMessage } from "./jointsFromMessage.js";
export { type ImageVerdict, judgeImages } from "./judgeImages.js";
export { KinematicHistory } from "./KinematicHistory.js";
export { LABEL_NAME_TYPES, type LabelNames, labelNamesFromRos } from "./labelNames.js";
export { projectPoint } from "./lensModels.js";
export { MASK_FIELD } from "./maskDetections.js";
export {
  compressedImageFromRos,
  frameIdFromRos,
  type Headed,
  imageFromRos,
  type StampedJoints,
  stampFromRos,
  transformsFromRos,
} from "./messagesFromRos.js";
export {
  boxArea,
  boxAround,
  boxOfDetection,
  boxOverlap,
  joinedBox,
  labelBoxes,
  type PixelBox,
  scaledBox,
} from "./PixelBox.js";
export {
  bareFrameId,
  composePoses,
  type FramePose,
  IDENTITY_POSE,
  interpolatePoses,
  invertPose,
  multiplyQuaternions,
  normalizeQuaternion,
  type Pose,
  type Quaternion,
  rotate,
  type StampedTransform,
  transformPoint,
} from "./Pose.js";
export { pixelRay, pixelRays, scaleCameraInfo } from "./pixelRays.js";
export { depthImageOf } from "./rawImage.js";
export { ImageFileError, readImageFile } from "./readImageFile.js";
export { registerParts } from "./registerParts.js";
export type {
  CompressedImage,
  DepthDoubt,
  DepthMap,
  LabelMap,
  RawImage,
  RgbImage,
  SensorPoints,
  SourceImage,
} from "./SourceImage.js";
export { NO_IMAGE, pictureEncoding } from "./SourceImage.js";
export { StampOrder } from "./StampOrder.js";
export { siblingTopics } from "./siblingTopics.js";
export { TransformBuffer, type TransformBufferOptions } from "./TransformBuffer.js";
export { CdrReader, transformsFromCdr } from "./transformsFromCdr.js";
export {
  LostPictureError,
  VIDEO_TYPES,
  type VideoMessage,
  videoOf,
} from "./videoFromRos.js";

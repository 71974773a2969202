export * from "./CameraFrame.js";
export * from "./CameraInfo.js";
export * from "./CameraTopics.js";
export * from "./FrameError.js";
export * from "./Pose.js";
export * from "./SourceImage.js";

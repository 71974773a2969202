export { CodecsMissingError, loadWebCodecs } from "./loadWebCodecs.js";
export { isVideoFile, VideoError, VideoFile, type VideoPicture } from "./VideoFile.js";

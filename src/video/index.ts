export { isKeyPacket } from "./chainOf.js";
export { CodecsMissingError } from "./loadAv.js";
export type { StreamCodec, VideoPacket } from "./PacketChain.js";
export { pictureMessage } from "./pictureMessage.js";
export { type DecodedPicture, VideoDecoder } from "./VideoDecoder.js";
export { isVideoFile, VideoError, VideoFile, type VideoPicture } from "./VideoFile.js";
export {
  canEncode,
  joinVideos,
  VideoWriter,
  type VideoWriterOptions,
  WRITTEN_SETTINGS,
  type WrittenCodec,
} from "./VideoWriter.js";

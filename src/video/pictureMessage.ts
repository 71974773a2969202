import { rosTimeOf } from "../base/index.js";
import { LostPictureError, type VideoMessage } from "../camera/index.js";
import type { VideoPacket } from "./PacketChain.js";
import type { DecodedPicture } from "./VideoDecoder.js";

/**
 * A picture as the sensor_msgs/Image that it was before it was encoded: rgb8, with the stamp and
 * frame of its packet.
 *
 * @throws LostPictureError for a packet without a picture
 */
export async function pictureMessage(
  picture: DecodedPicture<VideoPacket>,
  { stampNs, frameId }: VideoMessage,
): Promise<unknown> {
  if (picture.fault !== undefined) throw new LostPictureError(picture.fault, stampNs, frameId);
  try {
    const { width, height, encoding, step, data } = await picture.image();
    const header = { stamp: rosTimeOf(stampNs), frame_id: frameId };
    return { header, width, height, encoding, is_bigendian: 0, step, data };
  } catch (error) {
    throw new LostPictureError((error as Error).message, stampNs, frameId);
  }
}

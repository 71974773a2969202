import type { Vec3 } from "../base/index.js";
import { CdrReader } from "./CdrReader.js";
import { MessageError } from "./FrameError.js";
import { poseOf, stampedTransform } from "./messagesFromRos.js";
import type { StampedTransform } from "./Pose.js";

/**
 * As `transformsFromRos`, of a tf2_msgs/TFMessage in CDR. It reads only what is needed, because a
 * robot may publish thousands of transforms a second.
 *
 * @throws MessageError if it is cut off
 */
export function transformsFromCdr(cdr: Uint8Array): StampedTransform[] {
  try {
    const reader = new CdrReader(cdr);
    const transforms: StampedTransform[] = [];
    for (let left = reader.uint32(); left > 0; left--) {
      const stampNs = reader.time();
      const parentFrame = reader.text();
      const childFrame = reader.text();
      const position: Vec3 = [reader.float64(), reader.float64(), reader.float64()];
      const x = reader.float64();
      const y = reader.float64();
      const z = reader.float64();
      const pose = poseOf(position, [x, y, z, reader.float64()]);
      const transform = stampedTransform(parentFrame, childFrame, stampNs, pose);
      if (transform !== undefined) transforms.push(transform);
    }
    return transforms;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new MessageError(`not a tf2_msgs/TFMessage message: truncated after ${cdr.length} bytes`);
  }
}

import * as z from "zod";
import type { Vec3 } from "../base/index.js";
import { MessageError } from "./FrameError.js";
import {
  bytesSchema,
  flagSchema,
  type Headed,
  headerSchema,
  parseMessage,
} from "./messagesFromRos.js";
import type { SensorPoints } from "./SourceImage.js";

/** sensor_msgs/PointCloud2 */
export const POINT_CLOUD = "sensor_msgs/msg/PointCloud2";

const count = z.number().int().nonnegative();
const cloudSchema = z.object({
  header: headerSchema,
  width: count,
  height: count,
  fields: z.array(z.object({ name: z.string(), offset: count, datatype: count })),
  is_bigendian: flagSchema,
  point_step: count,
  row_step: count,
  data: bytesSchema,
});

/** PointField.FLOAT32 */
const FLOAT32 = 7;

/**
 * A sensor_msgs/PointCloud2 with its header.
 *
 * @throws MessageError where it has no x, y, z of float32, or fewer bytes than points
 */
export function pointsFromRos(message: unknown): Headed<SensorPoints> {
  const type = "sensor_msgs/PointCloud2";
  const cloud = parseMessage(cloudSchema, type, message);
  const { header, width, height, point_step: step, row_step: rowStep, data } = cloud;
  const offsetOf = (name: string): number => {
    const field = cloud.fields.find((each) => each.name === name && each.datatype === FLOAT32);
    if (field !== undefined && field.offset + 4 <= step) return field.offset;
    throw new MessageError(`not a ${type} that can be used: it has no float32 field ${name}`);
  };
  const offsets = [offsetOf("x"), offsetOf("y"), offsetOf("z")] as const;
  if (width * step > rowStep || height * rowStep > data.length) {
    throw new MessageError(
      `not a ${type}: ${width}x${height} points of ${step} bytes are more than ${data.length} bytes`,
    );
  }
  const isBigEndian = cloud.is_bigendian;
  return {
    image: { kind: "points", width, height, step, rowStep, offsets, isBigEndian, data },
    stampNs: header.stamp,
    frameId: header.frame_id,
  };
}

/** x, y, z of each point that is known, m. */
export function* pointsOf(points: SensorPoints): Generator<Vec3> {
  const { width, height, step, rowStep, isBigEndian, data } = points;
  const [x, y, z] = points.offsets;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let row = 0; row < height; row++) {
    for (let at = row * rowStep; at < row * rowStep + width * step; at += step) {
      const point: Vec3 = [
        view.getFloat32(at + x, !isBigEndian),
        view.getFloat32(at + y, !isBigEndian),
        view.getFloat32(at + z, !isBigEndian),
      ];
      if (point.every(Number.isFinite)) yield point;
    }
  }
}

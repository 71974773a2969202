import * as z from "zod";
import type { CameraInfo, Distortion } from "./CameraFrame.js";
import { checkIntrinsics } from "./checkIntrinsics.js";
import type { StereoGeometry } from "./disparity.js";
import { headerSchema, numbersSchema, parseMessage } from "./messagesFromRos.js";

/** Intrinsics, or why this camera has none. */
export type CameraInfoResult =
  | {
      readonly ok: true;
      readonly info: CameraInfo;
      readonly stampNs: bigint;
      readonly frameId: string;
      /** Of a rectified stereo pair, where P tells its baseline (P[3] = -fx·B). */
      readonly stereo?: StereoGeometry;
    }
  | { readonly ok: false; readonly reason: string };

export interface CameraInfoOptions {
  /** Where the message comes from: reasons name it. */
  readonly topic?: string;
  /** For a topic of rectified images (`image_rect…`): the P matrix counts, without distortion. */
  readonly isRectified?: boolean;
}

const count = z.number().int().nonnegative();
const infoSchema = z.object({
  header: headerSchema,
  width: count,
  height: count,
  distortion_model: z.string(),
  d: numbersSchema,
  k: numbersSchema,
  p: numbersSchema,
  binning_x: count.default(0),
  binning_y: count.default(0),
  roi: z
    .object({ x_offset: count, y_offset: count, width: count, height: count })
    .default({ x_offset: 0, y_offset: 0, width: 0, height: 0 }),
});

/**
 * A sensor_msgs/CameraInfo, with its region of interest and binning worked into the intrinsics, so
 * that they are those of the image's own pixels. Intrinsics of an image two to four times as large or
 * small are scaled; those that no camera has are a reason.
 *
 * @throws MessageError
 */
export function cameraInfoFromRos(
  message: unknown,
  { isRectified = false, topic }: CameraInfoOptions = {},
): CameraInfoResult {
  const parsed = parseMessage(infoSchema, "sensor_msgs/CameraInfo", message);
  const { header, roi, k, p } = parsed;
  const missing = Number.NaN;
  const [fx, cx = missing, fy, cy = missing] = isRectified
    ? [p[0], p[2], p[5], p[6]]
    : [k[0], k[2], k[4], k[5]];
  // The message's own rule: "cameras that are not calibrated have K[0] = 0".
  if (!isFocal(fx) || !isFocal(fy) || !Number.isFinite(cx) || !Number.isFinite(cy)) {
    return { ok: false, reason: uncalibrated(isRectified, header.frame_id) };
  }
  if (parsed.width === 0 || parsed.height === 0) {
    return { ok: false, reason: `CameraInfo of ${header.frame_id} has no width and height` };
  }
  const checked = checkIntrinsics({ fx, fy, cx, cy }, parsed.width, parsed.height);
  if (!checked.ok) {
    return { ok: false, reason: impossible(checked.reason, isRectified, topic ?? header.frame_id) };
  }
  const { pinhole } = checked;
  const binX = parsed.binning_x || 1;
  const binY = parsed.binning_y || 1;
  const distortion: Distortion = isRectified
    ? { model: "", coefficients: [] }
    : { model: parsed.distortion_model, coefficients: parsed.d };
  const [width, height] = [roi.width || parsed.width, roi.height || parsed.height];
  const isPart = width !== parsed.width || height !== parsed.height;
  const binned = (across: number, down: number) => ({
    width: Math.floor(across / binX),
    height: Math.floor(down / binY),
  });
  const info: CameraInfo = {
    ...binned(width, height),
    ...(isPart && { cutOutOf: binned(parsed.width, parsed.height) }),
    fx: pinhole.fx / binX,
    fy: pinhole.fy / binY,
    cx: (pinhole.cx - roi.x_offset + 0.5) / binX - 0.5,
    cy: (pinhole.cy - roi.y_offset + 0.5) / binY - 0.5,
    distortion,
  };
  const stereo = stereoOf(parsed);
  const { stamp: stampNs, frame_id: frameId } = header;
  return { ok: true, info, stampNs, frameId, ...(stereo && { stereo }) };
}

/** Z = fx·B / d in the image's own pixels; P may be of another size, like K. */
function stereoOf({ p, width, height, binning_x }: z.infer<typeof infoSchema>) {
  const [fx = 0, , cx = 0, shift = 0, , fy = fx, cy = 0] = p;
  if (!(fx > 0) || shift === 0) return undefined;
  const checked = checkIntrinsics({ fx, fy, cx, cy }, width, height);
  if (!checked.ok) return undefined;
  return { focalPx: checked.pinhole.fx / (binning_x || 1), baselineM: Math.abs(shift) / fx };
}

function impossible(why: string, isRectified: boolean, where: string): string {
  return (
    `${where}: ${isRectified ? "P" : "K"} cannot be right: ${why}. Record the camera_info of this ` +
    "image (its size, roi and binning included), or name another in the task (info)"
  );
}

function isFocal(length: number | undefined): length is number {
  return length !== undefined && length > 0 && Number.isFinite(length);
}

function uncalibrated(isRectified: boolean, frameId: string): string {
  const matrix = isRectified ? "P" : "K";
  return (
    `the camera ${frameId} is not calibrated: its CameraInfo has no focal length (${matrix} is ` +
    "zero). Calibrate it (camera_calibration) or set its camera_info_url"
  );
}

/** Whether two infos mean the same camera: then what was computed for one serves the other. */
export function isSameCameraInfo(a: CameraInfo, b: CameraInfo): boolean {
  const c = a.distortion;
  const d = b.distortion;
  return (
    a.width === b.width &&
    a.height === b.height &&
    a.fx === b.fx &&
    a.fy === b.fy &&
    a.cx === b.cx &&
    a.cy === b.cy &&
    c.model === d.model &&
    c.coefficients.length === d.coefficients.length &&
    c.coefficients.every((value, index) => value === d.coefficients[index])
  );
}

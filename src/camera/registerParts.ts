import { alignDepth, alignLabels, projectPoints } from "./alignImages.js";
import type { CameraFrame, CameraInfo, FramePart } from "./CameraFrame.js";
import { decodeDepth } from "./decodeDepth.js";
import { decodeLabels, unpackLabels } from "./decodeLabels.js";
import { FrameError } from "./FrameError.js";
import { invertPose, type Pose } from "./Pose.js";
import { depthImageOf } from "./rawImage.js";
import type { RawImage } from "./SourceImage.js";

type ViewedPart = "depth" | "labels";

/** A view, complete. */
interface View {
  readonly info: CameraInfo;
  /** Of the part's optical frame in the colour camera's. */
  readonly pose: Pose;
}

/**
 * A frame whose depth and labels lie pixel for pixel on its colour image: what another camera saw
 * (`views`) is carried over by both lenses and the transform between them, and labels that came as
 * PNG are unpacked. What cannot be used is left out, and `absent` says what is missing.
 *
 * Costs nothing where colour, depth and labels are of one camera, and labels are raw.
 */
export async function registerParts(frame: CameraFrame): Promise<CameraFrame> {
  const { views, packedLabels, depth, labels: raw, ...others } = frame;
  if (views === undefined && packedLabels === undefined) return frame;
  const absent = new Map<FramePart, string>(frame.absent);
  const attempt = async <T>(part: ViewedPart, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      absent.set(part, error.message);
      return undefined;
    }
  };
  const labels = packedLabels ? await attempt("labels", () => unpackLabels(packedLabels)) : raw;
  const ownDepth =
    (depth ?? views?.depth?.points) &&
    (views?.depth ? await attempt("depth", () => depthOnColor(frame)) : depth);
  const ownLabels =
    labels &&
    (views?.labels
      ? await attempt("labels", () => labelsOnColor({ ...frame, labels, depth: ownDepth }))
      : labels);
  return {
    ...others,
    ...(ownDepth && { depth: ownDepth }),
    ...(ownLabels && { labels: ownLabels }),
    ...(absent.size > 0 && { absent }),
  };
}

async function depthOnColor(frame: CameraFrame): Promise<RawImage | undefined> {
  const color = colorInfo(frame);
  const depthM = await depthInColor(frame, color);
  const { width, height } = color;
  return depthM && depthImageOf({ width, height, depthM });
}

async function depthInColor(
  frame: CameraFrame,
  color: CameraInfo,
): Promise<Float32Array<ArrayBuffer> | undefined> {
  const points = frame.views?.depth?.points;
  if (points) return projectPoints(points, color, poseOf(frame, "depth"));
  if (!frame.depth) return undefined;
  const { info, pose } = viewOf(frame, "depth");
  return alignDepth(await decodeDepth(frame.depth), info, color, pose);
}

/** @param frame with depth on its colour image already */
async function labelsOnColor(
  frame: Omit<CameraFrame, "depth"> & { readonly depth: CameraFrame["depth"] | undefined },
): Promise<RawImage | undefined> {
  if (!frame.labels) return undefined;
  const { info, pose } = viewOf(frame, "labels");
  const color = colorInfo(frame);
  if (!frame.depth) {
    throw new FrameError(
      `the label image is of ${frame.views?.labels?.frameId}, not of the colour camera ` +
        `${frame.frameId}, and there is no depth by which it could be carried over`,
    );
  }
  const map = await decodeDepth(frame.depth);
  const ids = alignLabels(decodeLabels(frame.labels), info, map, color, invertPose(pose));
  return {
    kind: "raw",
    encoding: "mono16",
    width: map.width,
    height: map.height,
    step: 2 * map.width,
    isBigEndian: false,
    data: new Uint8Array(ids.buffer),
  };
}

function colorInfo({ info, frameId }: Pick<CameraFrame, "info" | "frameId">): CameraInfo {
  if (info) return info;
  throw new FrameError(
    `the colour camera ${frameId} has no camera_info, which is needed to lay the image of another camera over it`,
  );
}

function viewOf(frame: Pick<CameraFrame, "views" | "frameId">, part: ViewedPart): View {
  const { info, noInfo } = frame.views?.[part] ?? {};
  if (!info) {
    if (noInfo !== undefined) {
      throw new FrameError(`${whose(frame, part)}, and cannot be carried over: ${noInfo}`);
    }
    throw new FrameError(
      `${whose(frame, part)}, and has no camera_info of its own, by which it could be carried over: ` +
        "record camera_info beside it, or align it in the driver",
    );
  }
  return { info, pose: poseOf(frame, part) };
}

function poseOf(frame: Pick<CameraFrame, "views" | "frameId">, part: ViewedPart): Pose {
  const pose = frame.views?.[part]?.pose;
  if (pose?.ok) return pose.pose;
  throw new FrameError(
    `${whose(frame, part)}, and cannot be carried over: ` +
      `${pose?.reason ?? "there is no transform between them"}. Record /tf_static, or align it in the driver`,
  );
}

function whose(
  { views, frameId }: Pick<CameraFrame, "views" | "frameId">,
  part: ViewedPart,
): string {
  const view = views?.[part];
  return `${view?.topic} is ${view?.points ? "a point cloud" : "an image"} of ${view?.frameId}, not of the colour camera ${frameId}`;
}

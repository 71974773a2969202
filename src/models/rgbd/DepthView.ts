import { isDeepStrictEqual } from "node:util";
import {
  type CameraFrame,
  type CameraInfo,
  type DepthMap,
  DepthUnitError,
  decodeDepth,
  pixelRays,
} from "../../camera/index.js";
import type { Refusal } from "../../language/index.js";

/** A frame's depth with the rays of its pixels: all that is needed to lift pixels into space. */
export interface DepthView extends DepthMap {
  readonly info: CameraInfo;
  /** x/z and y/z of each pixel, interleaved. */
  readonly rays: Float32Array;
  /** Pixels of the colour image for each pixel of depth. */
  readonly colorScale: number;
  /** 1 for pixels of the object that is being lifted; all 0 between objects. */
  readonly scratch: Uint8Array;
}

/** Opens a frame's depth, or says why there is none. */
export type OpenedDepth =
  | { readonly view: DepthView; readonly refusal?: never }
  | { readonly view?: never; readonly refusal: Refusal };

/** @throws FrameError if the depth image cannot be read or does not fit the CameraInfo. */
export async function openDepth(
  { depth, info: given, absent }: CameraFrame,
  sameInfo: (info: CameraInfo) => CameraInfo,
): Promise<OpenedDepth> {
  if (!given)
    return refused(
      `${absent?.get("info") ?? "the frame has no CameraInfo, which is needed to lift depth to points: choose a camera_info topic"}; ` +
        "or give the field of view (fov=69, in degrees)",
    );
  if (!depth && absent?.has("depth")) return refused(absent.get("depth") ?? "");
  if (!depth)
    return refused(
      "the frame has no depth image: choose a depth topic for the camera, or a depth model " +
        "(depth=/path/to/folder)",
    );
  const info = sameInfo(given);
  const map = await decodeDepth(depth).catch((error: unknown) => {
    if (error instanceof DepthUnitError) return error;
    throw error;
  });
  if (map instanceof DepthUnitError) return refused(map.message);
  const rays = pixelRays(info, map.width, map.height);
  if (!map.depthM.some((z) => z > 0))
    return refused("no pixel of the depth image has a valid depth: all are 0 or NaN");
  const colorScale = info.width / map.width;
  return { view: { ...map, info, rays, colorScale, scratch: new Uint8Array(map.depthM.length) } };
}

function refused(detail: string): OpenedDepth {
  return { refusal: { reason: "no_depth", detail } };
}

/**
 * Gives the same object for CameraInfos of the same content, of which recordings bring one for
 * each frame: rays are cached by object and cost more than everything else of a frame.
 */
export function reuseCameraInfo(): (info: CameraInfo) => CameraInfo {
  const known: CameraInfo[] = [];
  return (info) => {
    const same = known.find((other) => other === info || isDeepStrictEqual(other, info));
    if (same) return same;
    known.push(info);
    if (known.length > 8) known.shift();
    return info;
  };
}

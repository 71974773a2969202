import { isDeepStrictEqual } from "node:util";
import type { CameraInfo } from "../../camera/index.js";

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

import { CameraChoiceError, type CameraTopics } from "../camera/index.js";
import type { SourceInfo } from "./FrameSource.js";

/**
 * The camera of a source without topics (a video, images): it is the task's only one, whatever its
 * name there.
 *
 * @throws CameraChoiceError if the task names several
 */
export function onlyCamera(
  { path, name }: SourceInfo,
  wanted: readonly CameraTopics[],
): CameraTopics[] {
  const [first, ...others] = wanted;
  if (others.length > 0) {
    throw new CameraChoiceError(
      `${path} has one camera, but the task names ${wanted.map((camera) => camera.name).join(", ")}`,
    );
  }
  return [{ name: first?.name ?? name, color: path }];
}

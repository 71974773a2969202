import { messageOf } from "../../base/index.js";
import { type CameraTopics, FrameError, withFault } from "../../camera/index.js";
import { type SpatialVlm, wrapVlm } from "../../models/index.js";

/**
 * The model for a stream that has to go on: an image that is cut off is not shown to it, and where
 * it fails (its server is gone, its thread died), that image has failed, not the stream.
 *
 * @param camerasNow topics by which a broken image is named
 */
export function guardedVlm(vlm: SpatialVlm, camerasNow: () => readonly CameraTopics[]): SpatialVlm {
  return wrapVlm(vlm, {
    async ask(frame, questions, signal) {
      const { fault } = await withFault(frame, camerasNow());
      if (fault !== undefined) throw new FrameError(fault);
      try {
        return await vlm.ask(frame, questions, signal);
      } catch (error) {
        if (signal.aborted || error instanceof FrameError) throw error;
        const reason = messageOf(error);
        throw new FrameError(`the model ${vlm.id} failed: ${reason}`, { cause: error });
      }
    },
  });
}

import type { CameraFrame } from "../../camera/index.js";

/** A frame to post to a thread, and the memory that moves there with it. */
export interface FrameMail {
  readonly frame: CameraFrame;
  readonly transfer: ArrayBuffer[];
}

/**
 * A frame with image bytes of its own, which are moved to the worker: so they are copied once. The
 * given frame stays as it is, as others share it; and a view takes no more along than it shows.
 */
export function frameForWorker(frame: CameraFrame): FrameMail {
  const transfer: ArrayBuffer[] = [];
  const own = <T extends { readonly data: Uint8Array }>(image: T): T => {
    const data = new Uint8Array(image.data);
    transfer.push(data.buffer);
    return { ...image, data };
  };
  const copy: CameraFrame = {
    ...frame,
    image: own(frame.image),
    ...(frame.depth && { depth: own(frame.depth) }),
    ...(frame.labels && { labels: own(frame.labels) }),
  };
  return { frame: copy, transfer };
}

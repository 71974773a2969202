import { UserError } from "../base/index.js";
import type { SourceImage } from "./SourceImage.js";

/** One frame that cannot be read: the frame is lost, the stream continues. */
export class FrameError extends UserError {
  override readonly code: string = "frame.unreadable";
}

/** An encoding that we have no decoder for. */
export class UnknownEncodingError extends FrameError {
  override readonly code = "frame.encoding";

  constructor(
    readonly encoding: string,
    readonly purpose: string,
    readonly known: readonly string[],
  ) {
    super(
      `image encoding "${encoding}" cannot be read as ${purpose}. Known: ${known.join(", ")}. ` +
        "Convert the topic (image_proc, cv_bridge) or choose another",
    );
  }
}

/** Width, height, step and the number of bytes of an image contradict each other. */
export class ImageSizeError extends FrameError {
  override readonly code = "frame.size";
}

/** Compressed data that is cut off, damaged, or of another format than it should be. */
export class ImageDataError extends FrameError {
  override readonly code = "frame.data";
}

/** Depth that cannot be in the unit that its encoding says, where the task declares no other. */
export class DepthUnitError extends FrameError {
  override readonly code = "depth.unit";
}

/** A ROS message that is not what its type says. */
export class MessageError extends FrameError {
  override readonly code = "frame.message";
}

/** Intrinsics or a lens model that cannot be used. */
export class CameraModelError extends FrameError {
  override readonly code = "camera.model";
}

/** Runs sharp; what it cannot read becomes an error that names the image. */
export async function withFrameErrors<T>(image: SourceImage, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof FrameError) throw cause;
    const name = image.kind === "raw" ? image.encoding : image.format;
    const why = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new ImageDataError(
      `"${name}" image of ${image.data.length} bytes cannot be decoded: ${why}`,
      { cause },
    );
  }
}

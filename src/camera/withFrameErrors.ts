import { FrameError, ImageDataError } from "./FrameError.js";
import type { SourceImage } from "./SourceImage.js";

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

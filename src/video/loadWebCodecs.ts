import { UserError } from "../base/index.js";

export type WebCodecs = typeof import("@napi-rs/webcodecs");

/** Video is to be decoded or encoded, and the codecs are not installed. */
export class CodecsMissingError extends UserError {
  override readonly code = "video.codecs";
}

/**
 * The WebCodecs of the W3C for Node, FFmpeg inside: an optional dependency of 66 MB, loaded when
 * the first video is opened.
 *
 * @throws CodecsMissingError
 */
export async function loadWebCodecs(): Promise<WebCodecs> {
  try {
    return await import("@napi-rs/webcodecs");
  } catch (error) {
    throw new CodecsMissingError(
      "video needs the package @napi-rs/webcodecs, which is not installed or has no build for " +
        `${process.platform} ${process.arch}: npm install @napi-rs/webcodecs`,
      { cause: error },
    );
  }
}

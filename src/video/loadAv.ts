import { UserError } from "../base/index.js";

/** FFmpeg's libraries as node-av gives them. */
export type Av = typeof import("node-av/lib") & typeof import("node-av/constants");

/** Video is to be decoded, and the decoder is not installed. */
export class CodecsMissingError extends UserError {
  override readonly code = "video.codecs";
}

let loading: Promise<Av> | undefined;

/**
 * FFmpeg's codecs and containers: an optional dependency of 170 MB, loaded when the first video is
 * opened. FFmpeg's own messages are not printed: what is wrong comes as an error or a fault.
 *
 * @throws CodecsMissingError
 */
export function loadAv(): Promise<Av> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<Av> {
  try {
    const [lib, constants] = await Promise.all([
      import("node-av/lib"),
      import("node-av/constants"),
    ]);
    lib.Log.setLevel(constants.AV_LOG_QUIET);
    return { ...lib, ...constants };
  } catch (error) {
    throw new CodecsMissingError(
      "video needs the package node-av, which is not installed or has no build for " +
        `${process.platform} ${process.arch}: npm install node-av`,
      { cause: error },
    );
  }
}

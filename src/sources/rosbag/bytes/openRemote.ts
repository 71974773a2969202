import { messageOf } from "../../../base/index.js";
import { BagError } from "../BagError.js";
import type { ByteSource } from "./ByteSource.js";
import { isS3 } from "./isRemote.js";
import { PassingError, RemoteError } from "./RemoteError.js";

/** Each request takes some tens of milliseconds: fewer, larger ones. */
const WINDOW_BYTES = 1 << 16;
/** A network that is away for ten seconds is waited for. */
const ATTEMPTS = 7;
const FIRST_WAIT_MS = 200;

/**
 * A file that is read by ranges: only what is asked for is fetched. Failures that may pass are tried
 * again some times; a file that changes while it is read is refused.
 *
 * @throws RemoteError
 */
export async function openRemote(address: string): Promise<ByteSource> {
  const { get, close } = await rangesOf(address);
  // Together with the first bytes, which say what it is, comes its length.
  const first = await patiently(address, () => get(0, WINDOW_BYTES)).catch((error: unknown) => {
    close();
    throw error;
  });
  const { totalBytes, tag } = first;
  return {
    byteLength: totalBytes,
    windowBytes: WINDOW_BYTES,
    async read(target, at, length, offset) {
      const wanted = Math.min(length, totalBytes - offset);
      if (wanted <= 0) return { bytesRead: 0 };
      const isThere = offset + wanted <= first.bytes.length;
      const { bytes } = isThere
        ? { bytes: first.bytes.subarray(offset, offset + wanted) }
        : await patiently(address, async () => {
            const range = await get(offset, wanted, tag);
            if (range.totalBytes !== totalBytes || range.tag !== tag) {
              throw new RemoteError(address, "the file has changed while it was read");
            }
            if (range.bytes.length < wanted) throw new PassingError("the answer is cut off");
            return range;
          });
      target.set(bytes.subarray(0, wanted), at);
      return { bytesRead: wanted };
    },
    close: async () => close(),
  };
}

async function rangesOf(address: string) {
  if (isS3(address)) return await (await import("./s3Ranges.js")).s3Ranges(address);
  return { get: (await import("./httpRanges.js")).httpRanges(address), close: () => {} };
}

async function patiently<T>(address: string, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof BagError) throw error;
      const reason = messageOf(error);
      if (!(error instanceof PassingError) || attempt === ATTEMPTS) {
        throw new RemoteError(address, reason, {
          ...{ cause: error, isPassing: error instanceof PassingError },
        });
      }
      const waitMs = FIRST_WAIT_MS * 2 ** (attempt - 1);
      await new Promise((done) => setTimeout(done, waitMs));
    }
  }
}

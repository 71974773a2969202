import { BagError } from "./BagError.js";
import type { ByteSource } from "./bytes/ByteSource.js";
import { fileName } from "./recordingFiles.js";

/**
 * What opening a file gives; where that throws, its bytes are closed.
 *
 * @throws BagError that names the file
 */
export async function closedOnFault<T>(
  path: string,
  bytes: ByteSource,
  open: () => Promise<T>,
): Promise<T> {
  try {
    return await open();
  } catch (error) {
    await bytes.close();
    if (error instanceof BagError) throw error;
    throw new BagError(`${fileName(path)} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

import { open } from "node:fs/promises";
import { isRemote } from "./isRemote.js";

/** The bytes of a file, wherever it lies. Several reads may run side by side. */
export interface ByteSource {
  readonly byteLength: number;
  /** What a read is rounded up to: asking twice costs more than what is not needed. */
  readonly windowBytes: number;
  /** Up to `length` bytes from `offset` into `target` at `at`; 0 at the end. */
  read(
    target: Uint8Array,
    at: number,
    length: number,
    offset: number,
  ): Promise<{ readonly bytesRead: number }>;
  close(): Promise<void>;
}

const LOCAL_WINDOW_BYTES = 1 << 20;

/**
 * @param spec a path, or the address of a file that a server gives by ranges
 * @throws the file system's error; RemoteError
 */
export async function openBytes(spec: string): Promise<ByteSource> {
  if (isRemote(spec)) {
    const { openRemote } = await import("./openRemote.js");
    return openRemote(spec);
  }
  const handle = await open(spec, "r");
  try {
    const { size } = await handle.stat();
    return {
      byteLength: size,
      windowBytes: LOCAL_WINDOW_BYTES,
      read: (target, at, length, offset) => handle.read(target, at, length, offset),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

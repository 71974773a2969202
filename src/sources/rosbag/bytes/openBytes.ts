import { open } from "node:fs/promises";
import { refuseSpecialFile } from "../../../base/index.js";
import type { ByteSource } from "./ByteSource.js";
import { isRemote } from "./isRemote.js";

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
  await refuseSpecialFile(spec);
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

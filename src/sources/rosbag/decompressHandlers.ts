import zstd from "@foxglove/wasm-zstd";
import type { DecompressHandlers } from "@mcap/core";
import { loadDecompressHandlers } from "@mcap/support";

/** @mcap/support's handlers, but zstd without its second copy: ROS 2's chunks are mostly zstd. */
export async function decompressHandlers(): Promise<DecompressHandlers> {
  const handlers = await loadDecompressHandlers();
  await zstd.isLoaded;
  return { ...handlers, zstd: (packed, size) => zstd.decompress(packed, Number(size)) };
}

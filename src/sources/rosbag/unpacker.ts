/** Unpacks the records of a chunk; `size` is the number of bytes they come to. */
export type Unpack = (packed: Uint8Array, size: bigint) => Uint8Array;

const unpackers = new Map<string, Promise<Unpack | undefined>>();

/** What unpacks a compression of MCAP, loaded at its first use; undefined if it is not known. */
export function unpackerOf(compression: string): Promise<Unpack | undefined> {
  let unpacker = unpackers.get(compression);
  if (!unpacker) {
    unpacker = loadUnpacker(compression);
    unpackers.set(compression, unpacker);
  }
  return unpacker;
}

async function loadUnpacker(compression: string): Promise<Unpack | undefined> {
  // ROS 2's chunks are mostly zstd: that is ready long before all that @mcap/support loads.
  if (compression === "zstd") {
    const { default: zstd } = await import("@foxglove/wasm-zstd");
    await zstd.isLoaded;
    return (packed, size) => zstd.decompress(packed, Number(size));
  }
  const { loadDecompressHandlers } = await import("@mcap/support");
  const handlers = await loadDecompressHandlers();
  return Object.hasOwn(handlers, compression) ? handlers[compression] : undefined;
}

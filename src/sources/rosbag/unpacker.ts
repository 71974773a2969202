import { createRequire } from "node:module";
import * as zlib from "node:zlib";

/** Unpacks the records of a chunk, in a thread of its own where it can; `size` is what they come to. */
export type Unpack = (packed: Uint8Array, size: number) => Promise<Uint8Array> | Uint8Array;
/** The same, in this thread. */
export type UnpackHere = (packed: Uint8Array, size: number) => Uint8Array;

const unpackers = new Map<string, Promise<Unpack | undefined>>();

/** What unpacks a compression of MCAP, loaded at its first use; undefined if it is not known. */
export async function unpackerOf(compression: string): Promise<Unpack | undefined> {
  if (compression === "lz4") return unpackLz4;
  let unpacker = unpackers.get(compression);
  if (!unpacker) {
    unpacker = compression === "zstd" ? loadZstd() : unpackerHere(compression);
    unpackers.set(compression, unpacker);
  }
  return unpacker;
}

/**
 * WebAssembly: on every machine. Ask for it again for each chunk, and alone for one that failed: damage of another may
 * have broken what all share.
 */
export async function unpackerHere(
  compression: string,
  { alone = false }: { readonly alone?: boolean } = {},
): Promise<UnpackHere | undefined> {
  if (compression === "lz4") return alone ? freshLz4() : sharedLz4();
  const { loadDecompressHandlers } = await import("@mcap/support");
  const handlers = await loadDecompressHandlers();
  const handler = Object.hasOwn(handlers, compression) ? handlers[compression] : undefined;
  return handler && ((packed, size) => handler(packed, BigInt(size)));
}

let lz4: Promise<UnpackHere> | undefined;

function sharedLz4(): Promise<UnpackHere> {
  lz4 ??= freshLz4();
  return lz4;
}

async function unpackLz4(packed: Uint8Array, size: number): Promise<Uint8Array> {
  try {
    return (await sharedLz4())(packed, size);
  } catch {
    return (await freshLz4())(packed, size);
  }
}

/**
 * The package keeps one state for all frames. A frame that is cut off or damaged leaves it in its middle, and all sound
 * frames after it would be lost: then the package is loaded afresh.
 */
async function freshLz4(): Promise<UnpackHere> {
  const require = createRequire(import.meta.url);
  const path = require.resolve("@foxglove/wasm-lz4");
  delete require.cache[path];
  const decompress: typeof import("@foxglove/wasm-lz4")["default"] = require(path);
  await decompress.isLoaded;
  return (packed, size) => {
    let unpackedBytes = -1;
    try {
      const unpacked = decompress(packed, size);
      unpackedBytes = unpacked.byteLength;
      return unpacked;
    } finally {
      if (unpackedBytes !== size) lz4 = undefined;
    }
  };
}

/** Node's own zstd (22.15 and newer), else a native package, else WebAssembly. */
async function loadZstd(): Promise<Unpack> {
  const own = ownZstd();
  if (own) return own;
  // Not by @mcap/support: this is ready long before all that it loads.
  const { default: wasm } = await import("@foxglove/wasm-zstd");
  await wasm.isLoaded;
  const here: UnpackHere = (packed, size) => wasm.decompress(packed, size);
  const native = await import("@mongodb-js/zstd").catch(() => undefined);
  if (!native) return here;
  return (packed, size) =>
    size >= LEAST_FOR_THREAD && isBounded(packed)
      ? native.decompress(Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength))
      : here(packed, size);
}

type ZstdDecompress = (
  packed: Uint8Array,
  options: { readonly chunkSize: number; readonly maxOutputLength: number },
  done: (error: Error | null, records: Uint8Array) => void,
) => void;

const LEAST_CHUNK_SIZE = 64;

function ownZstd(): Unpack | undefined {
  const { zstdDecompress } = zlib as { readonly zstdDecompress?: ZstdDecompress };
  if (!zstdDecompress) return undefined;
  return (packed, size) =>
    new Promise((resolve, reject) => {
      const options = { chunkSize: Math.max(size, LEAST_CHUNK_SIZE), maxOutputLength: size };
      zstdDecompress(packed, options, (error, records) => {
        if (error) reject(error);
        else resolve(records);
      });
    });
}

/** Below that, the way to a thread and back takes longer than unpacking. */
const LEAST_FOR_THREAD = 1 << 16;
const ZSTD_MAGIC = 0xfd2fb528;
const RLE = 1;
/** Of 128 kB at most each (RFC 8878, 3.1.1.2.4): together a gigabyte. */
const MAX_BLOCKS = 8192;

/**
 * Whether data is one zstd frame that cannot unpack to much more than a chunk may have: the native
 * package takes no limit. What is not is left to WebAssembly, which has one.
 */
function isBounded(packed: Uint8Array): boolean {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  if (packed.byteLength < 9 || view.getUint32(0, true) !== ZSTD_MAGIC) return false;
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  let at = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes;
  for (let block = 0; block < MAX_BLOCKS; block++) {
    if (at + 3 > packed.byteLength) return false;
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    at += 3 + (((header >> 1) & 3) === RLE ? 1 : header >> 3);
    if ((header & 1) === 1) return at + (descriptor & 4 ? 4 : 0) === packed.byteLength;
  }
  return false;
}

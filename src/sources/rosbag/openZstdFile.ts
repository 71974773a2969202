import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { memoryLimit, PartialFile } from "../../base/index.js";
import { BagError } from "./BagError.js";
import type { BagFile } from "./BagFile.js";
import { boundedZstd } from "./boundedZstd.js";
import { inTemporaryFolder, TemporaryFolder } from "./TemporaryFolder.js";

/**
 * Opens a recording that was compressed as a file (`x.mcap.zstd`): it is decompressed to a
 * temporary file, piece by piece, which is removed when the recording is closed. Of a file that is
 * cut off, what could be decompressed is read.
 */
export async function openZstdFile(
  path: string,
  openFile: (path: string) => Promise<BagFile>,
): Promise<BagFile> {
  const folder = new TemporaryFolder();
  const plain = join(folder.path, basename(path).replace(/\.zstd?$/, ""));
  try {
    const damage = await decompress(path, plain);
    if (damage !== undefined && (await stat(plain)).size === 0) {
      throw new BagError(`${path}: ${damage}; nothing of it can be read`);
    }
    return inTemporaryFolder(await openFile(plain), folder, {
      compression: ["zstd (file)"],
      damage: damage === undefined ? [] : [damage],
    });
  } catch (error) {
    await folder.remove();
    if (error instanceof BagError) error.message = error.message.replaceAll(plain, () => path);
    throw error;
  }
}

/** Recordings, even of blank images, do not compress better. What does is not read further. */
const MOST_RATIO = 400;
/** Of the packed file, read at a time: what it unpacks to is in memory at once. */
const PIECE_BYTES = 1 << 16;

/** Returns what went wrong where the input is damaged; throws where the disk is full. */
async function decompress(from: string, to: string): Promise<string | undefined> {
  const out = await PartialFile.create(to);
  const pieces: Uint8Array[] = [];
  const { size } = await stat(from);
  const most = Math.max(memoryLimit() / 4, MOST_RATIO * size);
  let unpacked = 0;
  const unpack = boundedZstd((piece) => {
    unpacked += piece.byteLength;
    if (unpacked > most) throw new Error(`it unpacks to more than ${MOST_RATIO} times its size`);
    pieces.push(piece);
  });
  let damage: string | undefined;
  try {
    const feed = (bytes: Uint8Array, isLast: boolean) => {
      try {
        unpack.push(bytes, isLast);
      } catch (error) {
        damage = `the zstd compression is damaged: ${(error as Error).message}`;
      }
    };
    for await (const bytes of createReadStream(from, { highWaterMark: PIECE_BYTES })) {
      feed(bytes as Uint8Array, false);
      for (const piece of pieces.splice(0)) await out.write(piece);
      if (damage) break;
    }
    if (!damage) feed(new Uint8Array(0), true);
    for (const piece of pieces.splice(0)) await out.write(piece);
  } finally {
    await out.drop();
  }
  return damage;
}

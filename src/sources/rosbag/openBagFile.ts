import { basename, dirname } from "node:path";
import { BagError } from "./BagError.js";
import type { BagFile } from "./BagFile.js";
import type { ByteSource } from "./bytes/ByteSource.js";
import { isRemote, shownAddress } from "./bytes/isRemote.js";
import { openBytes } from "./bytes/openBytes.js";
import { McapFile } from "./McapFile.js";
import { openZstdFile } from "./openZstdFile.js";

const MAGIC_BYTES = 16;
const magics = {
  mcap: Buffer.from([0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a]),
  sqlite3: Buffer.from("SQLite format 3\0"),
  rosbag1: Buffer.from("#ROSBAG V2.0\n"),
  zstd: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
} as const;

/**
 * Opens one storage file by its content; its name does not matter. Throws a BagError if the file is
 * not a recording or nothing of it can be read.
 */
export async function openBagFile(path: string): Promise<BagFile> {
  const bytes = await openBytes(path).catch((error: unknown) => {
    throw unopened(path, error);
  });
  const start = await firstBytes(path, bytes);
  if (beginsWith(start, magics.mcap)) return McapFile.open(path, bytes);
  if (beginsWith(start, magics.rosbag1)) {
    const { Ros1File } = await import("./Ros1File.js");
    return Ros1File.open(path, bytes);
  }
  const isSqlite = beginsWith(start, magics.sqlite3);
  const isZstd = beginsWith(start, magics.zstd);
  if ((isSqlite || isZstd) && isRemote(path)) {
    const { openBrought } = await import("./openBrought.js");
    return await openBrought(path, bytes, openBagFile);
  }
  await bytes.close();
  if (start.byteLength === 0) {
    throw new BagError(
      `${shownAddress(path)} is empty (0 bytes): the recorder did not write anything.`,
    );
  }
  if (isSqlite) {
    // Other recordings do not pay for sqlite.
    const { SqliteFile } = await import("./SqliteFile.js");
    return SqliteFile.open(path);
  }
  if (isZstd) return openZstdFile(path, openBagFile);
  const isCutOff = Object.values(magics).some((magic) =>
    beginsWith(magic, start.subarray(0, magic.byteLength)),
  );
  const name = shownAddress(path);
  if (basename(path) === "metadata.yaml") {
    const folder = shownAddress(isRemote(path) ? path.replace(/[^/]*$/, "") : dirname(path));
    throw new BagError(`${name} describes a rosbag2 folder: give the folder, ${folder}`);
  }
  throw new BagError(
    isCutOff
      ? `${name} has only ${start.byteLength} bytes and contains nothing of a recording.`
      : `${name} is not a recording: it is neither MCAP nor sqlite3 (.db3), compressed or not, nor a bag of ROS 1.`,
  );
}

function beginsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, at) => bytes[at] === byte);
}

async function firstBytes(path: string, bytes: ByteSource): Promise<Uint8Array> {
  try {
    const start = Buffer.alloc(MAGIC_BYTES);
    const { bytesRead } = await bytes.read(start, 0, MAGIC_BYTES, 0);
    return start.subarray(0, bytesRead);
  } catch (error) {
    await bytes.close();
    throw unopened(path, error);
  }
}

function unopened(path: string, error: unknown): BagError {
  if (error instanceof BagError) return error;
  return new BagError(`${shownAddress(path)} cannot be opened: ${(error as Error).message}`, {
    cause: error,
  });
}

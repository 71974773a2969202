import { type FileHandle, open } from "node:fs/promises";

// https://sqlite.org/fileformat2.html#the_write_ahead_log
const WAL_MAGIC = 0x377f0682;
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** A running checksum: two 32-bit words. */
type Checksum = readonly [number, number];

interface WalHeader {
  readonly pageBytes: number;
  readonly littleEndian: boolean;
  readonly salts: Buffer;
  readonly checksum: Checksum;
}

/**
 * Writes the committed pages of a write-ahead log into a database file, as sqlite itself would do
 * when it opens the file next. Frames after the last whole transaction do not count.
 */
export async function applySqliteWal(walPath: string, databasePath: string): Promise<void> {
  const wal = await open(walPath, "r");
  try {
    const header = parseHeader(await readAt(wal, 0, HEADER_BYTES));
    if (!header) return;
    const committed = await findLastCommit(wal, header);
    if (committed.frames === 0) return;
    const database = await open(databasePath, "r+");
    try {
      for (let frame = 0; frame < committed.frames; frame++) {
        const bytes = await readFrame(wal, header, frame);
        if (!bytes) return;
        const page = bytes.readUInt32BE(0);
        await database.write(
          bytes,
          FRAME_HEADER_BYTES,
          header.pageBytes,
          (page - 1) * header.pageBytes,
        );
      }
      await database.truncate(committed.pages * header.pageBytes);
    } finally {
      await database.close();
    }
  } finally {
    await wal.close();
  }
}

function parseHeader(bytes: Buffer): WalHeader | undefined {
  if (bytes.byteLength < HEADER_BYTES) return undefined;
  const magic = bytes.readUInt32BE(0);
  if ((magic & ~1) >>> 0 !== WAL_MAGIC) return undefined;
  const littleEndian = (magic & 1) === 0;
  const checksum = addChecksum([0, 0], bytes.subarray(0, 24), littleEndian);
  if (!matches(checksum, bytes, 24)) return undefined;
  return {
    checksum,
    littleEndian,
    pageBytes: bytes.readUInt32BE(8),
    salts: bytes.subarray(16, 24),
  };
}

/** How many frames belong to whole transactions, and how many pages the database then has. */
async function findLastCommit(
  wal: FileHandle,
  header: WalHeader,
): Promise<{ frames: number; pages: number }> {
  let committed = { frames: 0, pages: 0 };
  let checksum = header.checksum;
  for (let frame = 0; ; frame++) {
    const bytes = await readFrame(wal, header, frame);
    if (!bytes?.subarray(8, 16).equals(header.salts)) return committed;
    checksum = addChecksum(checksum, bytes.subarray(0, 8), header.littleEndian);
    checksum = addChecksum(checksum, bytes.subarray(FRAME_HEADER_BYTES), header.littleEndian);
    if (!matches(checksum, bytes, 16)) return committed;
    const pages = bytes.readUInt32BE(4);
    if (pages > 0) committed = { frames: frame + 1, pages };
  }
}

async function readFrame(
  wal: FileHandle,
  { pageBytes }: WalHeader,
  frame: number,
): Promise<Buffer | undefined> {
  const length = FRAME_HEADER_BYTES + pageBytes;
  const bytes = await readAt(wal, HEADER_BYTES + frame * length, length);
  return bytes.byteLength === length ? bytes : undefined;
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

function addChecksum(sum: Checksum, bytes: Buffer, littleEndian: boolean): Checksum {
  let [s0, s1] = sum;
  for (let at = 0; at + 8 <= bytes.byteLength; at += 8) {
    const x0 = littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
    const x1 = littleEndian ? bytes.readUInt32LE(at + 4) : bytes.readUInt32BE(at + 4);
    s0 = (s0 + x0 + s1) >>> 0;
    s1 = (s1 + x1 + s0) >>> 0;
  }
  return [s0, s1];
}

function matches([s0, s1]: Checksum, bytes: Buffer, at: number): boolean {
  return bytes.readUInt32BE(at) === s0 && bytes.readUInt32BE(at + 4) === s1;
}

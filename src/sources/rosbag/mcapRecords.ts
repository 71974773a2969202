import { crc32 } from "node:zlib";
import { McapStreamReader, type TypedMcapRecord } from "@mcap/core";
import { pieceLimit, tooLarge } from "../../base/index.js";
import { unpackerOf } from "./unpacker.js";

/**
 * The few MCAP records that reading messages is made of (https://mcap.dev/spec). @mcap/core reads
 * the summary; chunks are read here because its reader ends at the first damaged chunk, and because
 * messages here are views into their chunk rather than copies.
 */

/** Opcode and content length that each record begins with. */
export const RECORD_HEADER_BYTES = 9;
/** Channel id, sequence, log time, publish time. */
export const MESSAGE_HEADER_BYTES = 22;

const text = new TextDecoder();

export interface ChunkHeader {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly uncompressedBytes: number;
  readonly crc: number;
  readonly compression: string;
  /** Where the chunk's records begin and how long they are, from the start of the record. */
  readonly recordsOffset: number;
  readonly recordsBytes: number;
}

/** Reads the fields of a chunk record that starts at `view`'s first byte. Throws if cut off. */
export function parseChunkHeader(bytes: Uint8Array): ChunkHeader {
  const view = viewOf(bytes);
  const nameBytes = view.getUint32(37, true);
  const recordsOffset = 41 + nameBytes + 8;
  return {
    startNs: view.getBigUint64(9, true),
    endNs: view.getBigUint64(17, true),
    uncompressedBytes: readLength(view, 25),
    crc: view.getUint32(33, true),
    compression: text.decode(bytes.subarray(41, 41 + nameBytes)),
    recordsBytes: readLength(view, 41 + nameBytes),
    recordsOffset,
  };
}

/** The records of a complete chunk record, uncompressed and checked. Throws if it is damaged. */
export async function unpackChunk(record: Uint8Array): Promise<Uint8Array> {
  const header = parseChunkHeader(record);
  const { compression, uncompressedBytes, recordsOffset } = header;
  if (recordsOffset + header.recordsBytes > record.byteLength) throw new Error("it is truncated");
  if (uncompressedBytes > pieceLimit()) throw new Error(tooLarge(uncompressedBytes));
  const packed = record.subarray(recordsOffset, recordsOffset + header.recordsBytes);
  let records: Uint8Array;
  if (compression === "" || packed.byteLength === 0) {
    records = packed;
  } else {
    const unpack = await unpackerOf(compression);
    if (!unpack) throw new Error(`its compression "${compression}" is not known`);
    records = await unpack(packed, uncompressedBytes);
  }
  if (records.byteLength !== uncompressedBytes) throw new Error("its length is wrong");
  if (header.crc !== 0 && crc32(records) !== header.crc) throw new Error("its checksum is wrong");
  return records;
}

/** Where a record lies in a buffer. */
export interface RecordSpan {
  readonly opcode: number;
  /** Of the opcode byte. */
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

/** Walks the records in `bytes`. Throws at one that is cut off. */
export function* recordSpans(bytes: Uint8Array): Generator<RecordSpan> {
  const view = viewOf(bytes);
  for (let at = 0; at < bytes.byteLength; ) {
    if (at + RECORD_HEADER_BYTES > bytes.byteLength)
      throw new Error("its last record is truncated");
    const contentStart = at + RECORD_HEADER_BYTES;
    const end = contentStart + readLength(view, at + 1);
    if (end > bytes.byteLength) throw new Error("its last record is truncated");
    yield { opcode: bytes[at]!, start: at, contentStart, end };
    at = end;
  }
}

/** Parses one whole record (not a chunk) by @mcap/core. Throws if it is damaged. */
export function parseRecord(bytes: Uint8Array): TypedMcapRecord | undefined {
  const reader = new McapStreamReader({ noMagicPrefix: true });
  reader.append(bytes);
  return reader.nextRecord();
}

/** A 64-bit length as a number; one too large for that becomes Infinity-like and fails its checks. */
export function readLength(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

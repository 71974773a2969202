import { pieceLimit, tooLarge } from "../../base/index.js";
import { BagError } from "./BagError.js";
import type { RecordedTopic } from "./BagFile.js";
import { boundedZstd } from "./boundedZstd.js";

/**
 * A message as it was sent. rosbag2's compression mode "message" makes the data of each message a
 * zstd frame. No CDR begins like one (its first byte is 0), so it shows without a metadata.yaml,
 * too.
 *
 * @throws BagError if the compression is damaged, or the message is too large
 */
export function unpackMessage(topic: RecordedTopic, data: Uint8Array): Uint8Array {
  if (!(data[0] === 0x28 && data[1] === 0xb5 && data[2] === 0x2f && data[3] === 0xfd)) return data;
  try {
    return unpackZstd(data);
  } catch (error) {
    throw new BagError(
      `${topic.name}: the compression of a message is damaged: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** Block by block, up to the limit. */
function unpackZstd(data: Uint8Array): Uint8Array {
  const declared = declaredBytes(data);
  if (declared !== undefined && declared > pieceLimit()) throw new Error(tooLarge(declared));
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const unpack = boundedZstd((piece) => {
    bytes += piece.byteLength;
    if (bytes > pieceLimit()) throw new Error(tooLarge(bytes));
    pieces.push(piece.slice());
  });
  unpack.push(data, true);
  return Buffer.concat(pieces);
}

/** The content size in the header of a zstd frame (RFC 8878, 3.1.1.1); undefined if there is none. */
function declaredBytes(data: Uint8Array): number | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes;
  if (sizeFlag === 0) return isSingleSegment ? view.getUint8(at) : undefined;
  if (sizeFlag === 1) return view.getUint16(at, true) + 256;
  if (sizeFlag === 2) return view.getUint32(at, true);
  return Number(view.getBigUint64(at, true));
}

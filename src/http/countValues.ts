import type { BodyType } from "./BodyType.js";
import { BodyError, BodySizeError } from "./errors.js";

/**
 * How many values (numbers, texts, lists, maps) a body comes to, found before any of them is made: a
 * list of no members is one byte on the way and dozens in memory, and a list in msgpack is given the
 * memory for as many members as it announces.
 *
 * @throws BodySizeError where there are more than make sense; BodyError where more are announced than
 *   there are bytes
 */
export function countValues(bytes: Uint8Array, type: BodyType): number {
  const count = type === "application/msgpack" ? inMsgpack(bytes) : inJson(bytes);
  if (count <= MOST_VALUES) return count;
  throw new BodySizeError(
    `a body may hold ${MOST_VALUES} values: send images as bytes and not as lists of numbers`,
  );
}

/** More belong into bytes. */
const MOST_VALUES = 2 ** 22;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LIST = 0x5b;
const MAP = 0x7b;

/** One, and one for each bracket and comma: exact enough for a limit. */
function inJson(bytes: Uint8Array): number {
  let count = 1;
  for (let at = 0; at < bytes.length && count <= MOST_VALUES; at++) {
    const byte = bytes[at];
    if (byte === COMMA || byte === LIST || byte === MAP) count += 1;
    else if (byte === QUOTE) at = endOfText(bytes, at + 1);
  }
  return count;
}

/** Where a text of JSON ends. Base64 has no escapes: its end is found at once. */
function endOfText(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(QUOTE, start);
  if (end < 0) return bytes.length;
  if (bytes[end - 1] !== BACKSLASH) return end;
  let at = start;
  for (; at < bytes.length && bytes[at] !== QUOTE; at++) {
    if (bytes[at] === BACKSLASH) at += 1;
  }
  return at;
}

/** Bytes that hold the length of a text, of bytes, of a list or map, by the value's first byte. */
const LENGTH_BYTES: Readonly<Record<number, number>> = {
  ...{ 196: 1, 197: 2, 198: 4, 199: 1, 200: 2, 201: 4 },
  ...{ 217: 1, 218: 2, 219: 4, 220: 2, 221: 4, 222: 2, 223: 4 },
};
/** Bytes after the first one, of values that have a fixed number of them. */
const FIXED_BYTES: Readonly<Record<number, number>> = {
  ...{ 202: 4, 203: 8, 204: 1, 205: 2, 206: 4, 207: 8, 208: 1, 209: 2, 210: 4, 211: 8 },
  ...{ 212: 2, 213: 3, 214: 5, 215: 9, 216: 17 },
};

/** Values stand one after the other (msgpack's specification): a walk needs no memory. */
function inMsgpack(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let count = 1;
  for (let at = 0; at < bytes.length && count <= MOST_VALUES; ) {
    const first = view.getUint8(at);
    at += 1;
    const { length, after } = lengthOf(view, first, at);
    at += after;
    if (isList(first)) count += length;
    else if (isMap(first)) count += 2 * length;
    else at += length;
    // Each value has a byte at least.
    if (count > bytes.length) {
      throw new BodyError(
        `${bytes.length} bytes of application/msgpack announce more than they hold`,
      );
    }
  }
  return count;
}

const isList = (first: number) => first >> 4 === 0x9 || first === 0xdc || first === 0xdd;
const isMap = (first: number) => first >> 4 === 0x8 || first === 0xde || first === 0xdf;

/** What a value announces: members, or bytes that follow; and the bytes that say so. */
function lengthOf(
  view: DataView,
  first: number,
  at: number,
): { readonly length: number; readonly after: number } {
  if (first < 0x80 || first >= 0xe0) return { length: 0, after: 0 };
  if (first < 0xa0) return { length: first & 0x0f, after: 0 };
  if (first < 0xc0) return { length: first & 0x1f, after: 0 };
  const size = LENGTH_BYTES[first];
  if (size === undefined) return { length: FIXED_BYTES[first] ?? 0, after: 0 };
  // Cut off: the decoder says so.
  if (at + size > view.byteLength) return { length: 0, after: size };
  const told =
    size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at) : view.getUint32(at);
  const isExtension = first >= 0xc7 && first <= 0xc9;
  return { length: isExtension ? told + 1 : told, after: size };
}

import { createReadStream } from "node:fs";
import { UserError } from "./errors.js";
import { pieceLimit, tooLarge } from "./memoryLimit.js";
import { refuseSpecialFile } from "./specialFile.js";

/** A line of a text file takes more memory than a run may. */
export class LineTooLongError extends UserError {
  override readonly code = "line.length";
}

/** A line of a text file, without its end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Where it stands in the file, bytes. */
  readonly offset: number;
  readonly length: number;
  /** Whether a newline follows: a file that was cut short ends without. */
  readonly isWhole: boolean;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = /^\uFEFF/;

/**
 * The lines of a text file, one in memory at a time. They end in a newline alone, as JSON Lines do:
 * other separators of Unicode may stand in the texts. A return before the newline belongs to it.
 *
 * @throws LineTooLongError that names file and line; SpecialFileError; what reading the file throws
 */
export async function* readLines(path: string): AsyncGenerator<Line, void, void> {
  let number = 0;
  let offset = 0;
  let pieces: Buffer[] = [];
  let length = 0;
  const take = (last: Buffer, isWhole: boolean): Line => {
    const bytes = pieces.length === 0 ? last : Buffer.concat([...pieces, last]);
    number += 1;
    const isReturned = isWhole && bytes.at(-1) === RETURN;
    const text = bytes.toString("utf8", 0, bytes.length - Number(isReturned));
    const line = { number, offset, length: bytes.length, isWhole };
    offset += bytes.length + 1;
    [pieces, length] = [[], 0];
    return { ...line, text: number === 1 ? text.replace(BYTE_ORDER_MARK, "") : text };
  };
  const limit = pieceLimit();
  await refuseSpecialFile(path);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let rest = chunk;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      yield take(rest.subarray(0, end), true);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) pieces.push(rest);
    length += rest.length;
    if (length > limit) {
      throw new LineTooLongError(
        `${path}:${number + 1}: the line has no end within ${length} bytes, and ${tooLarge(length, limit)}`,
      );
    }
  }
  if (length > 0) yield take(Buffer.alloc(0), false);
}

import type { IReadable } from "@mcap/core";
import type { ByteSource } from "./bytes/ByteSource.js";

/** No record is so long; a corrupt length must not take all memory. */
const MAX_BYTES = 2 ** 30;

/**
 * Bounded reading of a file, one read at a time. As @mcap/core's IReadable it returns a view that is valid until the
 * next read; a length beyond the end of the file (a corrupt index) throws before memory is taken.
 */
export class FileWindow implements IReadable {
  readonly byteLength: number;
  readonly #bytes: ByteSource;
  #buffer = Buffer.alloc(0);
  /** What of the file lies in the buffer. */
  #start = 0;
  #length = 0;

  constructor(bytes: ByteSource) {
    this.#bytes = bytes;
    this.byteLength = bytes.byteLength;
  }

  async size(): Promise<bigint> {
    return BigInt(this.byteLength);
  }

  async read(offset: bigint, length: bigint): Promise<Uint8Array> {
    return this.view(Number(offset), Number(length));
  }

  /** `length` bytes at `offset`; a view that the next call may overwrite. */
  async view(offset: number, length: number): Promise<Uint8Array> {
    this.#checkBounds(offset, length);
    if (offset < this.#start || offset + length > this.#start + this.#length) {
      const wanted = Math.min(Math.max(length, this.#bytes.windowBytes), this.byteLength - offset);
      if (this.#buffer.byteLength < wanted) this.#buffer = Buffer.allocUnsafeSlow(wanted);
      this.#length = 0;
      await this.#fill(this.#buffer, offset, wanted);
      this.#start = offset;
      this.#length = wanted;
    }
    const from = offset - this.#start;
    return this.#buffer.subarray(from, from + length);
  }

  /** `length` bytes at `offset` in a buffer of their own. */
  async copy(offset: number, length: number): Promise<Uint8Array> {
    this.#checkBounds(offset, length);
    const target = Buffer.allocUnsafeSlow(length);
    await this.#fill(target, offset, length);
    return target;
  }

  #checkBounds(offset: number, length: number): void {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.byteLength)) {
      throw new RangeError(
        `bytes ${offset} to ${offset + length} lie beyond the file's end (${this.byteLength})`,
      );
    }
    if (length > MAX_BYTES) throw new RangeError(`a length of ${length} bytes is not plausible`);
  }

  async #fill(target: Buffer, offset: number, length: number): Promise<void> {
    for (let done = 0; done < length; ) {
      const { bytesRead } = await this.#bytes.read(target, done, length - done, offset + done);
      if (bytesRead === 0) throw new RangeError(`the file ends at byte ${offset + done}`);
      done += bytesRead;
    }
  }
}

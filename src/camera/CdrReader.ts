import { stampOf } from "../base/index.js";

/** The first bytes of a message name its encoding; everything is aligned from after them. */
const HEADER_BYTES = 4;

/**
 * Reads the fields of a ROS 2 message in their order: CDR as the DDS middlewares send it (XCDR1).
 * A read past the end throws a RangeError; the bytes are not copied.
 */
export class CdrReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #isLittle: boolean;
  #at = HEADER_BYTES;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#bytes = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
    this.#view = new DataView(buffer, byteOffset, byteLength);
    this.#isLittle = (this.#view.getUint8(1) & 1) === 1;
  }

  uint8(): number {
    return this.#view.getUint8(this.#at++);
  }

  int32(): number {
    return this.#view.getInt32(this.#next(4), this.#isLittle);
  }

  uint32(): number {
    return this.#view.getUint32(this.#next(4), this.#isLittle);
  }

  float64(): number {
    return this.#view.getFloat64(this.#next(8), this.#isLittle);
  }

  /** builtin_interfaces/Time in ns. */
  time(): bigint {
    return stampOf({ sec: this.int32(), nanosec: this.uint32() });
  }

  text(): string {
    // The length counts the zero at the end.
    const bytes = this.#take(this.uint32());
    return bytes.toString("utf8", 0, Math.max(0, bytes.length - 1));
  }

  /** uint8[]: a view of the message. */
  bytes(): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.#take(this.uint32());
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("the message is truncated");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** Where the next field of that size begins. */
  #next(size: number): number {
    const padding = (HEADER_BYTES - this.#at) & (size - 1);
    const start = this.#at + padding;
    this.#at = start + size;
    return start;
  }
}

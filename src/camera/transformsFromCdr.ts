import { stampOf, type Vec3 } from "../base/index.js";
import { MessageError } from "./FrameError.js";
import { poseOf, stampedTransform } from "./messagesFromRos.js";
import type { StampedTransform } from "./Pose.js";

/**
 * As `transformsFromRos`, of a tf2_msgs/TFMessage in CDR. It reads only what is needed, because a
 * robot may publish thousands of transforms a second.
 *
 * @throws MessageError if it is cut off
 */
export function transformsFromCdr(cdr: Uint8Array): StampedTransform[] {
  try {
    const reader = new CdrReader(cdr);
    const transforms: StampedTransform[] = [];
    for (let left = reader.uint32(); left > 0; left--) {
      const stampNs = reader.time();
      const parentFrame = reader.text();
      const childFrame = reader.text();
      const position: Vec3 = [reader.float64(), reader.float64(), reader.float64()];
      const x = reader.float64();
      const y = reader.float64();
      const z = reader.float64();
      const pose = poseOf(position, [x, y, z, reader.float64()]);
      const transform = stampedTransform(parentFrame, childFrame, stampNs, pose);
      if (transform !== undefined) transforms.push(transform);
    }
    return transforms;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new MessageError(`not a tf2_msgs/TFMessage message: truncated after ${cdr.length} bytes`);
  }
}

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
    const [start, end] = this.#take(this.uint32());
    return this.#bytes.toString("utf8", start, Math.max(start, end - 1));
  }

  /** uint8[]: a view of the message. */
  bytes(): Uint8Array {
    const [start, end] = this.#take(this.uint32());
    const { buffer, byteOffset } = this.#bytes;
    return new Uint8Array(buffer, byteOffset + start, end - start);
  }

  /** Where so many bytes begin and end. */
  #take(length: number): readonly [start: number, end: number] {
    const start = this.#at;
    this.#at = start + length;
    if (this.#at > this.#bytes.length) throw new RangeError("the message is truncated");
    return [start, this.#at];
  }

  /** Where the next field of that size begins. */
  #next(size: number): number {
    const padding = (HEADER_BYTES - this.#at) & (size - 1);
    const start = this.#at + padding;
    this.#at = start + size;
    return start;
  }
}

import { FieldError } from "../../http/index.js";

/** An array of bytes as numpy saves it, in C order. */
export interface ByteArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const MAGIC = Buffer.from("\x93NUMPY", "latin1");
const HEADER =
  /^\{'descr': *'([^']+)', *'fortran_order': *(True|False), *'shape': *\(([\d, ]*)\), *\}\s*$/;

/**
 * Reads a `.npy` file (numpy's format versions 1 to 3) of uint8 values.
 *
 * @param name for messages
 * @throws FieldError for anything else
 */
export function readNpy(bytes: Uint8Array, name: string): ByteArray {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (file.length < 12 || !file.subarray(0, 6).equals(MAGIC)) {
    throw new FieldError(`${name}: it is no .npy file`);
  }
  const isLong = (file[6] ?? 1) > 1;
  const start = isLong ? 12 : 10;
  const end = start + (isLong ? file.readUInt32LE(8) : file.readUInt16LE(8));
  const [, type, fortran, sizes] =
    HEADER.exec(file.toString("latin1", start, Math.min(end, start + 1024))) ?? [];
  if (type === undefined || sizes === undefined) {
    throw new FieldError(`${name}: the header of the .npy file cannot be read`);
  }
  if (!/^[|<>=]u1$/.test(type) || fortran === "True") {
    throw new FieldError(
      `${name}: frames are uint8 in C order, not ${type}${fortran === "True" ? " in Fortran order" : ""}: ` +
        "np.ascontiguousarray(frames, dtype=np.uint8)",
    );
  }
  const shape = sizes.split(",").flatMap((size) => (size.trim() === "" ? [] : [Number(size)]));
  const data = file.subarray(end);
  const expected = shape.reduce((product, size) => product * size, 1);
  if (data.length !== expected) {
    throw new FieldError(
      `${name}: ${data.length} bytes, but a shape of ${shape.join("x")} has ${expected}`,
    );
  }
  return { shape, data };
}

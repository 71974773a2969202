/** What is needed of a NAL unit: its header and the fields of a slice or parameter set after it. */
const HEAD_BYTES = 512;

/**
 * The NAL units of an Annex B stream (start codes before each), as views without the start code.
 */
export function* nalUnits(data: Uint8Array): Generator<Uint8Array> {
  let start = startCode(data, 0);
  while (start < data.length) {
    const next = startCode(data, start);
    yield data.subarray(start, next < data.length ? next - 3 : data.length);
    start = next;
  }
}

/** Whether it begins as an Annex B stream does. */
export function isAnnexB(data: Uint8Array): boolean {
  const [a, b, c, d] = data;
  return a === 0 && b === 0 && (c === 1 || (c === 0 && d === 1));
}

/** Where the unit after the next start code begins; the end if there is none. */
function startCode(data: Uint8Array, from: number): number {
  for (let at = from; ; ) {
    const one = data.indexOf(1, at);
    if (one < 0) return data.length;
    if (one >= from + 2 && data[one - 1] === 0 && data[one - 2] === 0) return one + 1;
    at = one + 1;
  }
}

/** The first bytes of a unit's content, without the bytes that keep start codes out of it. */
export function payloadStart(unit: Uint8Array, headerBytes: number): Uint8Array {
  const bytes: number[] = [];
  let zeros = 0;
  for (let at = headerBytes; at < unit.length && bytes.length < HEAD_BYTES; at++) {
    const byte = unit[at] ?? 0;
    const isEscape = zeros >= 2 && byte === 3;
    zeros = byte === 0 ? zeros + 1 : 0;
    if (!isEscape) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** The writer of the format that decodeRvl reads: see there. */
export function encodeRvl(width: number, height: number, words: readonly number[]): Uint8Array {
  const nibbles: number[] = [];
  const writeInteger = (value: number) => {
    let rest = value;
    do {
      const more = rest > 7 ? 8 : 0;
      nibbles.push((rest & 7) | more);
      rest >>>= 3;
    } while (rest > 0);
  };
  let previous = 0;
  for (let at = 0; at < words.length; ) {
    const zerosEnd = at + [...words.slice(at), 1].findIndex((word) => word !== 0);
    const valuesEnd = zerosEnd + [...words.slice(zerosEnd), 0].indexOf(0);
    writeInteger(zerosEnd - at);
    writeInteger(valuesEnd - zerosEnd);
    for (const word of words.slice(zerosEnd, valuesEnd)) {
      const delta = word - previous;
      writeInteger((delta << 1) ^ (delta >> 31));
      previous = word;
    }
    at = valuesEnd;
  }
  const view = new DataView(new ArrayBuffer(8 + 4 * Math.ceil(nibbles.length / 8)));
  view.setInt32(0, width, true);
  view.setInt32(4, height, true);
  for (let offset = 8, at = 0; offset < view.byteLength; offset += 4, at += 8) {
    const eight = Array.from({ length: 8 }, (_, index) => nibbles[at + index] ?? 0);
    view.setUint32(offset, Number.parseInt(eight.map((n) => n.toString(16)).join(""), 16), true);
  }
  return new Uint8Array(view.buffer);
}

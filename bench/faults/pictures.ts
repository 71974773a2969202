import { crc32, deflateSync } from "node:zlib";

const hex = (text: string) => Buffer.from(text, "hex");

/** Pictures that are larger when unpacked than anybody needs, or that are no pictures. */
export function bombs(): readonly { readonly name: string; readonly data: Buffer }[] {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    crc.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, crc]);
  };
  const png = (width: number, height: number, bits: number, color: number, ...chunks: Buffer[]) => {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width);
    header.writeUInt32BE(height, 4);
    header[8] = bits;
    header[9] = color;
    const end = chunk("IEND", Buffer.alloc(0));
    return Buffer.concat([hex("89504e470d0a1a0a"), chunk("IHDR", header), ...chunks, end]);
  };
  const zeros = deflateSync(Buffer.alloc(64e6), { level: 1 });
  const pixels = chunk("IDAT", zeros);
  const text = Buffer.concat([Buffer.from("a\0\0"), zeros]);
  const small = chunk("IDAT", deflateSync(Buffer.alloc(9 * 8)));
  const jpegOf = (side: number) => {
    const frame = Buffer.alloc(17);
    frame.set([0x00, 0x11, 0x08, side >> 8, side & 255, side >> 8, side & 255, 3, 1, 0x22]);
    return Buffer.concat([
      hex("ffd8ffc2"),
      frame,
      hex("ffda0008010100003f00"),
      Buffer.alloc(64),
      hex("ffd9"),
    ]);
  };
  return [
    { name: "a PNG of 1.4 gigapixels", data: png(16_000, 90_000, 1, 0, pixels) },
    { name: "a PNG of 2^62 pixels", data: png(0x7fffffff, 0x7fffffff, 16, 6, small) },
    {
      name: "a PNG of 12000x12000 in 16 bits",
      data: png(12_000, 12_000, 16, 2, pixels),
    },
    {
      name: "a PNG with 64 MB of text",
      data: png(8, 8, 8, 0, chunk("zTXt", text), small),
    },
    {
      name: "a PNG with a profile of 64 MB",
      data: png(8, 8, 8, 0, chunk("iCCP", text), small),
    },
    { name: "a PNG with pixels to spare", data: png(8, 8, 8, 0, pixels) },
    { name: "a JPEG of 65500x65500", data: jpegOf(65_500) },
    { name: "a JPEG of nothing", data: hex("ffd8ffe000104a46494600ffd9") },
    {
      name: "an SVG with a file",
      data: Buffer.from(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="/etc/passwd"/></svg>',
      ),
    },
    {
      name: "a GIF of 65535x65535",
      data: Buffer.concat([Buffer.from("GIF89a"), hex("ffffffffF00000"), Buffer.alloc(99)]),
    },
    {
      name: "a WebP of 16383x16383",
      data: Buffer.concat([
        Buffer.from("RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0", "latin1"),
        hex("2ffffffffffff00000000000"),
      ]),
    },
    {
      name: "a TIFF of 2^31 rows",
      data: hex(
        "49492a000800000003000001040001000000ffffff7f01010400010000ffffffff7f030103000100000001000000",
      ),
    },
    { name: "a PDF", data: Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj") },
  ];
}

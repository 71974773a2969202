export type PictureFormat = "jpeg" | "png" | "webp";

/** The format by the first bytes: `CompressedImage.format` is written by hand too often. */
export function pictureFormat(data: Uint8Array): PictureFormat | undefined {
  if (data[0] === 0xff && data[1] === 0xd8 && data[2] === 0xff) return "jpeg";
  if (startsWith(data, 0, "\x89PNG\r\n\x1a\n")) return "png";
  if (startsWith(data, 0, "RIFF") && startsWith(data, 8, "WEBP")) return "webp";
  return undefined;
}

/** compressed_depth_image_transport's; its old versions wrote the encoding alone. */
export function isCompressedDepth(format: string): boolean {
  return format.includes("compressedDepth") || format === "16UC1" || format === "32FC1";
}

export function startsWith(data: Uint8Array, offset: number, ascii: string): boolean {
  for (let index = 0; index < ascii.length; index++) {
    if (data[offset + index] !== ascii.charCodeAt(index)) return false;
  }
  return true;
}

/** For messages: the first bytes, so that the reader sees what it is instead. */
export function firstBytes(data: Uint8Array): string {
  if (data.length === 0) return "no bytes at all";
  const hex = Buffer.from(data.subarray(0, 8))
    .toString("hex")
    .replace(/(..)(?=.)/g, "$1 ");
  return `${data.length} bytes that begin with ${hex}`;
}

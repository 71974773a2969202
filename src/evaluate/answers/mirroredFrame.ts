import { sharp } from "../../base/index.js";
import { type CameraFrame, decodeDepth, encodeJpeg, type RawImage } from "../../camera/index.js";

/** What the camera would see in a mirror: columns reversed, in all parts of the frame. */
export async function mirroredFrame(frame: CameraFrame): Promise<CameraFrame> {
  const { image, depth, labels, info } = frame;
  const jpeg = await sharp(await encodeJpeg(image, { quality: 95 }))
    .flop()
    .jpeg({ quality: 95 })
    .toBuffer();
  return {
    ...frame,
    camera: `${frame.camera} mirrored`,
    image: { kind: "compressed", format: "jpeg", data: jpeg },
    ...(depth && { depth: mirroredDepth(await decodeDepth(depth)) }),
    ...(labels && { labels: mirroredRows(labels, labels.step / labels.width) }),
    // Pixel centres are whole numbers: column 0 becomes column width − 1.
    ...(info && { info: { ...info, cx: info.width - 1 - info.cx } }),
  };
}

function mirroredDepth({ width, height, depthM }: Awaited<ReturnType<typeof decodeDepth>>) {
  const data = new Uint8Array(depthM.buffer, depthM.byteOffset, depthM.byteLength);
  const step = width * 4;
  const raw = { kind: "raw", width, height, encoding: "32FC1", step, isBigEndian: false } as const;
  return mirroredRows({ ...raw, data }, 4);
}

/** Of images without padding. */
function mirroredRows(image: RawImage, bytesPerPixel: number): RawImage {
  const { width, height, step, data } = image;
  const flipped = new Uint8Array(step * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = y * step + x * bytesPerPixel;
      const to = y * step + (width - 1 - x) * bytesPerPixel;
      for (let byte = 0; byte < bytesPerPixel; byte++) flipped[to + byte] = data[from + byte]!;
    }
  }
  return { ...image, data: flipped };
}

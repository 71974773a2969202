import { type Random, sharp } from "../src/base/index.js";
import type { RgbImage } from "../src/camera/index.js";

/** Widths of images that blur is told for, pixels. */
const WIDTH_PX = 640;

/** A picture as a worse camera would have taken it: mostly blurred, else noisy, badly exposed, hazy or much compressed. */
export async function worsePicture(image: RgbImage, random: Random): Promise<RgbImage> {
  if (random.next() < 0.6)
    return blurred(image, Math.exp(random.uniform(Math.log(1.5), Math.log(12))));
  const ways = [
    () => changed(image, (light) => light + noise * random.normal()),
    () => changed(image, (light) => light * gain),
    () => changed(image, (light) => 128 + (light - 128) * contrast),
    () => compressed(image, quality),
  ];
  const noise = random.uniform(5, 40);
  const gain = Math.exp(random.uniform(-1.2, 0.8));
  const contrast = random.uniform(0.25, 0.8);
  const quality = Math.round(random.uniform(4, 30));
  return random.pick(ways)();
}

function blurred(image: RgbImage, sigmaPx: number): Promise<RgbImage> {
  return decoded(raw(image).blur(Math.max(0.3, (sigmaPx * image.width) / WIDTH_PX)));
}

async function compressed(image: RgbImage, quality: number): Promise<RgbImage> {
  return decoded(sharp(await raw(image).jpeg({ quality }).toBuffer()));
}

async function changed(image: RgbImage, light: (before: number) => number): Promise<RgbImage> {
  return { ...image, data: Uint8Array.from(Uint8ClampedArray.from(image.data, light)) };
}

function raw({ width, height, data }: RgbImage): ReturnType<typeof sharp> {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

async function decoded(pipeline: ReturnType<typeof sharp>): Promise<RgbImage> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

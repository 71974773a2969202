import sharp from "sharp";
import { decodeColor, type SourceImage } from "../src/camera/index.js";
import type { Bench, BenchRow } from "./BenchRow.js";
import { elapsedMs } from "./elapsedMs.js";
import { median } from "./median.js";

const WIDTH = 640;
const HEIGHT = 480;
const SIDE = 224;
const RUNS = 101;

/** A picture with the detail of a photograph: JPEG time depends on it. */
async function testPicture(): Promise<Buffer> {
  const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
  const grain = { create: { width: WIDTH / 4, height: HEIGHT / 4, channels: 3, noise } } as const;
  return sharp({ create: { ...grain.create, background: "black" } })
    .resize(WIDTH, HEIGHT)
    .raw()
    .toBuffer();
}

/** Alternates the two, and who begins, so that both meet the same machine. */
async function compare(
  name: string,
  ours: () => Promise<unknown>,
  base: () => Promise<unknown>,
): Promise<BenchRow> {
  const oursMs: number[] = [];
  const baseMs: number[] = [];
  for (let run = -10; run < RUNS; run++) {
    const isOursFirst = run % 2 === 0;
    const first = await elapsedMs(isOursFirst ? ours : base);
    const second = await elapsedMs(isOursFirst ? base : ours);
    if (run < 0) continue;
    oursMs.push(isOursFirst ? first : second);
    baseMs.push(isOursFirst ? second : first);
  }
  return {
    name,
    ours: median(oursMs),
    base: median(baseMs),
    unit: "ms",
    baseName: "sharp alone",
    goalRatio: 1.1,
  };
}

/** Decode and resize of one camera image to a model's input, ours against sharp alone. */
const bench: Bench = async () => {
  const size = { width: SIDE, height: SIDE };
  const rgb = await testPicture();
  const raw = { width: WIDTH, height: HEIGHT, channels: 3 } as const;
  const jpeg = await sharp(rgb, { raw }).jpeg({ quality: 80 }).toBuffer();
  const jpegImage: SourceImage = { kind: "compressed", format: "jpeg", data: jpeg };
  const rawImage: SourceImage = {
    kind: "raw",
    width: WIDTH,
    height: HEIGHT,
    encoding: "rgb8",
    step: WIDTH * 3,
    isBigEndian: false,
    data: rgb,
  };
  return [
    await compare(
      `JPEG ${WIDTH}x${HEIGHT} to RGB ${SIDE}x${SIDE}`,
      () => decodeColor(jpegImage, size),
      () => sharp(jpeg).resize(SIDE, SIDE, { fit: "fill" }).raw().toBuffer(),
    ),
    await compare(
      `raw rgb8 ${WIDTH}x${HEIGHT} to RGB ${SIDE}x${SIDE}`,
      () => decodeColor(rawImage, size),
      () => sharp(rgb, { raw }).resize(SIDE, SIDE, { fit: "fill" }).raw().toBuffer(),
    ),
  ];
};

export default bench;

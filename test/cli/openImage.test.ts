import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharp } from "../../src/base/index.js";
import { decodeColor } from "../../src/camera/index.js";
import { ImageError, openImage } from "../../src/cli/openImage.js";
import { recordEpisode } from "../../src/sim/index.js";
import { BagWriter } from "../../src/sources/index.js";
import { writeDataset } from "../support/lerobotDataset.js";

const CLIP = join(import.meta.dirname, "../video/fixtures/h264.mp4");

/** Ten images 0.1 s apart, of luma 16 + 7 N as the clip's. */
async function imageFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "images-"));
  for (let i = 0; i < 10; i++) {
    const grey = Math.round((7 * i * 255) / 219);
    const raw = { width: 64, height: 64, channels: 3 } as const;
    await sharp(new Uint8Array(3 * 64 * 64).fill(grey), { raw })
      .png()
      .toFile(join(folder, `${i}.png`));
  }
  return folder;
}

async function bag(): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), "at-")), "run.mcap");
  const writer = await BagWriter.create(path);
  await recordEpisode(writer, {
    seed: 1,
    outcome: "idle",
    width: 16,
    height: 16,
    rateHz: 2,
    workers: 0,
  });
  await writer.close();
  return path;
}

const at = (seconds: number) => ({ at: BigInt(Math.round(seconds * 1e9)) });

describe("--at", () => {
  it.each<[string, () => string | Promise<string>]>([
    ["a video", () => CLIP],
    ["a data set with episodes of 8, 12 and 10 frames", () => writeDataset()],
    ["a folder of images", imageFolder],
  ])("finds the last picture of %s that is not later", async (_what, open) => {
    const input = await open();
    for (const [seconds, number] of [
      [0, 0],
      [0.35, 3],
      [0.4, 4],
      [0.85, 8],
      [0.9, 9],
    ] as const) {
      const { image, stampNs } = await openImage(input, undefined, at(seconds));
      const { data } = await decodeColor(image);
      const grey = data[3 * (32 * 64 + 32)] ?? 0;
      expect([seconds, Math.round((grey * 219) / 255 / 7)]).toEqual([seconds, number]);
      expect(Number(stampNs) / 1e8).toBeCloseTo(number, 4);
    }
  });

  it("counts from the first message of a bag", async () => {
    const path = await bag();
    const { stampNs: first } = await openImage(path, undefined, {});
    const { stampNs } = await openImage(path, undefined, at(1.2));
    expect(Number(stampNs - first) / 1e9).toBeCloseTo(1, 1);
  });

  it.each<[string, () => string | Promise<string>]>([
    ["a video", () => CLIP],
    ["a data set", () => writeDataset()],
    ["a folder of images", imageFolder],
    ["a bag", bag],
  ])("says how long %s is, where it is shorter", async (_what, open) => {
    const input = await open();
    await expect(openImage(input, undefined, at(99))).rejects.toThrow(ImageError);
    await expect(openImage(input, undefined, at(99))).rejects.toThrow(
      /is only \d+\.\d s long; --at is after its end/,
    );
  });
});

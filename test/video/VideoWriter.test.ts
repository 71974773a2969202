import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RgbImage } from "../../src/camera/index.js";
import { joinVideos, VideoFile, VideoWriter, type WrittenCodec } from "../../src/video/index.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "video-writer-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function plain(red: number, green: number, blue: number): RgbImage {
  const data = new Uint8Array(64 * 48 * 3);
  for (let i = 0; i < data.length; i += 3) data.set([red, green, blue], i);
  return { width: 64, height: 48, data };
}

async function written(name: string, codec: WrittenCodec, shades: readonly number[]) {
  const path = join(folder, name);
  const video = await VideoWriter.create(path, { width: 64, height: 48, fps: 10, codec });
  for (const shade of shades) await video.write(plain(shade, 100, 255 - shade));
  await video.finish();
  return path;
}

async function read(path: string): Promise<{ timeS: number; first: number[] }[]> {
  const found: { timeS: number; first: number[] }[] = [];
  for await (const picture of new VideoFile(path).pictures()) {
    const { data } = await picture.image();
    found.push({ timeS: picture.timeS, first: [...data.subarray(0, 3)] });
    picture.close();
  }
  return found;
}

describe.each(["av1", "h264"] as const)("VideoWriter, %s", (codec) => {
  const shades = [0, 60, 120, 180, 240];

  it("writes pictures that come back at N / fps, in their colours", async () => {
    const found = await read(await written(`${codec}.mp4`, codec, shades));
    expect(found.map(({ timeS }) => timeS)).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
    for (const [i, { first }] of found.entries()) {
      const [red = 0, green = 0, blue = 0] = first;
      const shade = shades[i] ?? 0;
      expect(Math.abs(red - shade)).toBeLessThan(8);
      expect(Math.abs(green - 100)).toBeLessThan(8);
      expect(Math.abs(blue - (255 - shade))).toBeLessThan(8);
    }
  });

  it("joins videos one after the other without a new time grid", async () => {
    const parts = [
      await written(`${codec}-a.mp4`, codec, shades),
      await written(`${codec}-b.mp4`, codec, [200, 10]),
    ];
    const path = join(folder, `${codec}-joined.mp4`);
    await joinVideos(parts, [5, 2], path, 10);
    const found = await read(path);
    expect(found.map(({ timeS }) => timeS)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
    expect(Math.abs((found[5]?.first[0] ?? 0) - 200)).toBeLessThan(8);
    expect(Math.abs((found[6]?.first[0] ?? 0) - 10)).toBeLessThan(8);
  });
});

describe("VideoWriter", () => {
  it("refuses what 4:2:0 cannot hold, and pictures of another size", async () => {
    await expect(
      VideoWriter.create(join(folder, "odd.mp4"), { width: 63, height: 48, fps: 10 }),
    ).rejects.toThrow("63 x 48 pixels: both must be even");
    const options = { width: 32, height: 32, fps: 10, codec: "h264" } as const;
    const video = await VideoWriter.create(join(folder, "size.mp4"), options);
    await expect(video.write(plain(0, 0, 0))).rejects.toThrow("a picture of 64 x 48 in a video");
    await video.drop();
  });

  it("says that a full disk is full", async () => {
    const video = VideoWriter.create("/dev/full", {
      width: 64,
      height: 48,
      fps: 10,
      codec: "h264",
    });
    const work = video.then(async (writer) => {
      for (let i = 0; i < 400; i++) await writer.write(plain(i % 256, (7 * i) % 256, 9));
      await writer.finish();
    });
    await expect(work).rejects.toThrow("cannot write /dev/full: the disk is full");
  });

  it("names a folder that is not there", async () => {
    const path = join(folder, "nowhere/x.mp4");
    await expect(
      VideoWriter.create(path, { width: 64, height: 48, fps: 10, codec: "h264" }),
    ).rejects.toThrow(`cannot write ${path}: the folder does not exist`);
  });
});

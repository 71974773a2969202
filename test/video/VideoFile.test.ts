import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { VideoError, VideoFile } from "../../src/video/index.js";

const fixture = (name: string) => join(import.meta.dirname, "fixtures", name);

/** Time (tenths of seconds) and number of each picture, the number as its grey level tells it. */
async function numbers(path: string, fromS?: number): Promise<[number, number][]> {
  const found: [number, number][] = [];
  for await (const picture of new VideoFile(path).pictures(fromS)) {
    const { data } = await picture.image();
    const luma = 16 + ((data[3 * (32 * 64 + 32)] ?? 0) * 219) / 255;
    found.push([Math.round(picture.timeS * 10), Math.round((luma - 16) / 7)]);
    picture.close();
  }
  return found;
}

const counted = (from: number) => Array.from({ length: 30 - from }, (_, i) => [from + i, from + i]);

describe("a video file", () => {
  it.each(["h264.mp4", "h265.mp4", "av1.mp4", "h264.mkv"])(
    "gives the pictures of %s in order, each with its own time",
    async (name) => {
      expect(await numbers(fixture(name))).toEqual(counted(0));
    },
  );

  it.each(["h264.mp4", "h265.mp4", "av1.mp4"])(
    "begins at any time of %s, between key frames too",
    async (name) => {
      for (const from of [1, 9, 10, 17, 29]) {
        expect(await numbers(fixture(name), from / 10 - 0.04)).toEqual(counted(from));
      }
    },
  );

  it("may be left in the middle, and is read from the start again", async () => {
    const file = new VideoFile(fixture("h264.mp4"));
    for (const _ of ["once", "again"]) {
      const tenths: number[] = [];
      for await (const picture of file.pictures()) {
        tenths.push(Math.round(10 * picture.timeS));
        picture.close();
        if (picture.timeS > 0.55) break;
      }
      expect(tenths).toEqual([0, 1, 2, 3, 4, 5, 6]);
    }
  });

  it("says which file it is that cannot be read, and why", async () => {
    const folder = mkdtempSync(join(tmpdir(), "video-"));
    const whole = readFileSync(fixture("h264.mp4"));
    for (const [name, bytes] of [
      ["empty.mp4", Buffer.alloc(0)],
      ["text.mp4", Buffer.from("no video")],
      ["half.mp4", whole.subarray(0, whole.length / 2)],
    ] as const) {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      await expect(numbers(path)).rejects.toThrow(VideoError);
      await expect(numbers(path)).rejects.toThrow(path);
    }
    await expect(numbers(join(folder, "absent.mp4"))).rejects.toThrow(/absent\.mp4.*there is no/);
    await expect(numbers(join(folder, "clip.avi"))).rejects.toThrow(/not named as a video: \.mp4/);
  });
});

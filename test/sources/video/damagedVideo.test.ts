import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type CameraFrame, decodeColor } from "../../../src/camera/index.js";
import { openSource } from "../../../src/sources/index.js";
import { VideoError, VideoFile, VideoWriter } from "../../../src/video/index.js";

const CLIP = join(import.meta.dirname, "../../video/fixtures/h264.mp4");

function file(bytes: Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), "video-")), "clip.mp4");
  writeFileSync(path, bytes);
  return path;
}

async function framesOf(
  path: string,
): Promise<{ frames: CameraFrame[]; damage: readonly string[] }> {
  await using source = await openSource(path);
  const frames: CameraFrame[] = [];
  for await (const frame of source.frames({ cameras: source.cameras([]) })) frames.push(frame);
  return { frames, damage: source.info.damage };
}

interface Box {
  readonly type: string;
  readonly from: number;
  readonly to: number;
}

function topBoxes(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = from + bytes.readUInt32BE(from);
    boxes.push({ type: bytes.toString("latin1", from + 4, from + 8), from, to });
    from = to;
  }
  return boxes;
}

/** The same video with its index before its pictures, as cameras that stream write it. */
function indexFirst(bytes: Buffer): Buffer {
  const boxes = topBoxes(bytes);
  const index = boxes.find(({ type }) => type === "moov");
  if (!index) throw new Error("no moov");
  const moov = Buffer.from(bytes.subarray(index.from, index.to));
  const offsets = moov.indexOf("stco") + 8;
  for (let i = 0; i < moov.readUInt32BE(offsets); i++) {
    const at = offsets + 4 + 4 * i;
    moov.writeUInt32BE(moov.readUInt32BE(at) + moov.length, at);
  }
  const rest = boxes.filter((box) => box !== index);
  const parts = rest.map(({ from, to }) => bytes.subarray(from, to));
  return Buffer.concat([parts[0] ?? Buffer.alloc(0), moov, ...parts.slice(1)]);
}

describe("a video file that is not whole", () => {
  it("says that it was cut short, and gives what is left", async () => {
    const whole = indexFirst(readFileSync(CLIP));
    expect((await framesOf(file(whole))).damage).toEqual([]);
    // In the middle of the pictures.
    const mdat = topBoxes(whole).find(({ type }) => type === "mdat");
    if (!mdat) throw new Error("no mdat");
    const { frames, damage } = await framesOf(
      file(whole.subarray(0, Math.round((mdat.from + mdat.to) / 2))),
    );
    expect(frames.length).toBeLessThan(30);
    expect(damage).toEqual([
      expect.stringMatching(
        /clip\.mp4 announces 30 pictures, and ends after \d+: it was cut short/,
      ),
    ]);
  });

  it.each([
    ["an empty file", Buffer.alloc(0)],
    ["one whose index is missing", readFileSync(CLIP).subarray(0, 1000)],
    ["what is no video", Buffer.from("this is no video at all, whatever it is named")],
  ])("is refused with its name: %s", async (_what, bytes) => {
    await expect(openSource(file(bytes))).rejects.toThrow(VideoError);
    await expect(openSource(file(bytes))).rejects.toThrow(/clip\.mp4 cannot be decoded: /);
  });
});

/** A matrix of quarter turns and mirrors, as a container has it. */
type Matrix = readonly [a: number, b: number, c: number, d: number];

describe("a phone's video", () => {
  let upright: Buffer;
  /** 32 x 16, red above blue on the left, green on the right. */
  beforeAll(async () => {
    const path = join(mkdtempSync(join(tmpdir(), "phone-")), "clip.mp4");
    const writer = await VideoWriter.create(path, {
      width: 32,
      height: 16,
      fps: 10,
      codec: "h264",
    });
    const data = new Uint8Array(3 * 32 * 16);
    for (let i = 0; i < 32 * 16; i++) {
      const [x, y] = [i % 32, Math.floor(i / 32)];
      data[3 * i + (x >= 16 ? 1 : y < 8 ? 0 : 2)] = 200;
    }
    await writer.write({ width: 32, height: 16, data });
    await writer.finish();
    upright = readFileSync(path);
  });

  function turned([a, b, c, d]: Matrix): string {
    const bytes = Buffer.from(upright);
    const matrix = bytes.indexOf("tkhd") + 44;
    for (const [at, value] of [
      [0, a],
      [1, b],
      [3, c],
      [4, d],
    ] as const) {
      bytes.writeInt32BE(65536 * value, matrix + 4 * at);
    }
    return file(bytes);
  }

  /** Which colour is where: corners in reading order. */
  async function corners(path: string): Promise<string> {
    const { frames } = await framesOf(path);
    const { width, height, data } = await decodeColor(frames[0]?.image ?? ({} as never));
    const at = (x: number, y: number) => {
      const rgb = [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
      return "rgb"[rgb.indexOf(Math.max(...rgb))];
    };
    const [right, bottom] = [width - 3, height - 3];
    return `${width}x${height} ${at(2, 2)}${at(right, 2)}${at(2, bottom)}${at(right, bottom)}`;
  }

  it.each<[string, Matrix, string]>([
    ["as it is", [1, 0, 0, 1], "32x16 rgbg"],
    ["a quarter to the right", [0, 1, -1, 0], "16x32 brgg"],
    ["upside down", [-1, 0, 0, -1], "32x16 gbgr"],
    ["a quarter to the left", [0, -1, 1, 0], "16x32 ggrb"],
    ["mirrored", [-1, 0, 0, 1], "32x16 grgb"],
  ])("is shown as it says: %s", async (_what, matrix, seen) => {
    expect(await corners(turned(matrix))).toBe(seen);
  });

  it("has its pictures as they were recorded where nobody asks for more", async () => {
    for await (const picture of new VideoFile(turned([0, 1, -1, 0])).pictures()) {
      expect((await picture.image()).width).toBe(32);
      picture.close();
    }
  });
});

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CameraFrame } from "../../src/camera/index.js";
import { openSource } from "../../src/sources/index.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "source-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function writeImages(names: readonly string[]): Promise<string> {
  const at = join(folder, "photos");
  await mkdir(at);
  const background = { r: 200, g: 30, b: 30 };
  const png = await sharp({ create: { width: 8, height: 6, channels: 3, background } })
    .png()
    .toBuffer();
  for (const name of names) await writeFile(join(at, name), png);
  return at;
}

async function framesOf(spec: string, more = {}): Promise<CameraFrame[]> {
  await using source = await openSource(spec);
  const cameras = source.cameras([]);
  const frames: CameraFrame[] = [];
  for await (const frame of source.frames({ cameras, ...more })) frames.push(frame);
  return frames;
}

describe("a folder of images", () => {
  it("is one recording, in the order of its numbers, 0.1 s from image to image", async () => {
    const frames = await framesOf(await writeImages(["cup10.png", "cup9.png", "notes.txt"]));
    expect(frames.map(({ stampNs, episode, camera }) => [stampNs, episode, camera])).toEqual([
      [0n, "photos", "photos"],
      [100_000_000n, "photos", "photos"],
    ]);
  });

  it("takes its stamps from names that are times", async () => {
    const inSeconds = await framesOf(
      await writeImages(["1311868164.363181.png", "1311868164.399026.png"]),
    );
    expect(inSeconds.map(({ stampNs }) => stampNs)).toEqual([
      1_311_868_164_363_181_000n,
      1_311_868_164_399_026_000n,
    ]);
  });

  it("takes names for names where not all of them are times", async () => {
    const frames = await framesOf(await writeImages(["1700000000123456789.png", "last.png"]));
    expect(frames.map(({ stampNs }) => stampNs)).toEqual([0n, 100_000_000n]);
  });

  it("thins to a rate and keeps to bounds", async () => {
    const at = await writeImages(Array.from({ length: 10 }, (_, i) => `${i}.png`));
    const frames = await framesOf(at, { rateHz: 5, startNs: 200_000_000n, endNs: 700_000_000n });
    expect(frames.map(({ stampNs }) => stampNs / 1_000_000n)).toEqual([200n, 400n, 600n]);
  });

  it("gives a torn image as a faulty frame and goes on", async () => {
    const at = await writeImages(["0.png", "2.png"]);
    await writeFile(join(at, "1.png"), "torn");
    const frames = await framesOf(at);
    expect(frames.map(({ fault }) => fault === undefined)).toEqual([true, false, true]);
    expect(frames[1]?.fault).toContain("1.png is not a JPEG, PNG or WebP image");
  });

  it("differs from another for a resumed run when an image is added", async () => {
    const at = await writeImages(["0.png"]);
    await using before = await openSource(at);
    await writeFile(join(at, "1.png"), "more");
    await using after = await openSource(at);
    expect(after.info.identity).not.toBe(before.info.identity);
  });
});

describe("the simulator as a source", () => {
  const SPEC = "sim?seed=3&width=64&height=48&rate=2&outcome=idle";

  it("gives an episode's frames with the poses that are asked for, the same each time", async () => {
    const frames = await framesOf(SPEC, { tfFrames: ["gripper"] });
    expect(frames.length).toBeGreaterThan(5);
    for (const { poses, episode } of frames) {
      expect([...(poses ?? [])].map(([name]) => name)).toEqual(["gripper"]);
      expect(episode).toBe("idle_3");
    }
    const again = await framesOf(SPEC, { tfFrames: ["gripper"] });
    expect(again).toEqual(frames);
  });

  it.each([
    ["sim?speed=2", "the simulator has no setting speed; it has outcome, seed, "],
    ["sim?seed=two", "seed must be a number"],
    ["sim?seed=-1", "seed"],
  ])("refuses %s", async (spec, message) => {
    await expect(openSource(spec)).rejects.toThrow(message);
  });

  it("names its cameras where the task's is not there", async () => {
    await using source = await openSource(SPEC);
    const wanted = [{ name: "wrist", color: "/wrist/image_raw" }];
    expect(() => source.cameras(wanted)).toThrow("/camera/color/image_raw");
  });
});

describe("what nobody claims", () => {
  it("is told as a recording would be", async () => {
    await expect(openSource(join(folder, "none.mcap"))).rejects.toThrow("none.mcap");
  });
});

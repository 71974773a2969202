import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CameraChoiceError, decodeColor } from "../../../src/camera/index.js";
import { type FrameSelection, findRecordings, openSource } from "../../../src/sources/index.js";

const CLIP = join(import.meta.dirname, "../../video/fixtures/h264.mp4");

/** Stamps in tenths of seconds and the numbers that the grey levels tell. */
async function framesOf(
  selection: Partial<FrameSelection> = {},
  clip = CLIP,
): Promise<[number, number][]> {
  await using source = await openSource(clip);
  const found: [number, number][] = [];
  for await (const { stampNs, image } of source.frames({
    cameras: source.cameras([]),
    ...selection,
  })) {
    const { data } = await decodeColor(image);
    const number = ((data[3 * (32 * 64 + 32)] ?? 0) * 219) / 255 / 7;
    found.push([Number(stampNs) / 1e8, Math.round(number)]);
  }
  return found;
}

describe("a video", () => {
  it("is a recording of one camera", async () => {
    expect(await findRecordings([CLIP])).toEqual([CLIP]);
    await using source = await openSource(CLIP);
    expect(source.info).toMatchObject({ name: "h264", startNs: 0n, endNs: 3_000_000_000n });
    expect(source.cameras([{ name: "front", color: "/camera" }])).toEqual([
      { name: "front", color: CLIP },
    ]);
    const two = ["a", "b"].map((name) => ({ name, color: name }));
    expect(() => source.cameras(two)).toThrow(CameraChoiceError);
  });

  it("gives all of its pictures, or those of a rate and of a span", async () => {
    expect(await framesOf()).toEqual(Array.from({ length: 30 }, (_, i) => [i, i]));
    const span = { rateHz: 5, startNs: 1_300_000_000n, endNs: 2_000_000_000n };
    expect(await framesOf(span)).toEqual([13, 15, 17, 19].map((i) => [i, i]));
  });

  it("keeps each picture's own time where the rate varies", async () => {
    const thinned = Array.from({ length: 30 }, (_, i) => i).filter((i) => i < 10 || i % 3 === 0);
    const clip = CLIP.replace("h264.mp4", "vfr.mp4");
    expect(await framesOf({}, clip)).toEqual(thinned.map((i) => [i, i]));
    expect(await framesOf({ startNs: 1_100_000_000n, endNs: 1_800_000_000n }, clip)).toEqual(
      [12, 15, 18].map((i) => [i, i]),
    );
  });

  it("gives the pictures of 10 bits in 8", async () => {
    const clip = CLIP.replace("h264.mp4", "h265-10bit.mp4");
    expect(await framesOf({}, clip)).toEqual(Array.from({ length: 30 }, (_, i) => [i, i]));
  });
});

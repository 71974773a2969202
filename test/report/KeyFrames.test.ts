import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { KeyFrames } from "../../src/report/KeyFrames.js";
import { approach, step } from "./builders.js";

async function chosenOf(annotations: readonly ReturnType<typeof step>[]) {
  const keyFrames = new KeyFrames();
  for (const [i, annotation] of annotations.entries()) {
    await keyFrames.offer(annotation, i, i / 10);
  }
  return keyFrames.chosen();
}

describe("KeyFrames", () => {
  it("has the first and the last image, the stage changes and the end", async () => {
    const frames = await chosenOf(
      Array.from({ length: 100 }, (_, i) =>
        step(i, 0.4, {
          stage: i < 37 ? "reach" : "grasp",
          ...(i >= 83 && { ended: "success" }),
        }),
      ),
    );
    const indices = frames.map(({ index }) => index);
    for (const index of [0, 37, 83, 99]) expect(indices).toContain(index);
  });

  it("spreads the rest over time, in order, at most a dozen", async () => {
    const { image } = step(0, 0.4).frame;
    const frames = await chosenOf(Array.from({ length: 500 }, (_, i) => step(i, 0.4, { image })));
    expect(frames).toHaveLength(12);
    const gaps = frames.slice(1).map(({ timeS }, i) => timeS - frames[i]!.timeS);
    expect(Math.min(...gaps)).toBeGreaterThan(0);
    expect(Math.max(...gaps)).toBeLessThan(2.5 * (50 / 11));
  });

  it("shows all images of a short episode", async () => {
    expect(await chosenOf([step(0, 0.3), step(1, 0.2), step(2, 0.1)])).toHaveLength(3);
  });

  it("leaves out images that failed or do not decode", async () => {
    const broken = step(1, 0.3);
    const image = { kind: "compressed", format: "jpeg", data: Uint8Array.of(255, 216, 1) } as const;
    const frames = await chosenOf([
      step(0, 0.4),
      { ...broken, frame: { ...broken.frame, image } },
      step(2, 0.2, { outcome: "failed", reason: "truncated" }),
    ]);
    expect(frames.map(({ index }) => index)).toEqual([0]);
  });

  it("keeps small JPEGs, and positions in pixels of the original image", async () => {
    const [frame] = await chosenOf(approach(2));
    const { format, width } = await sharp(frame!.jpeg).metadata();
    expect(format).toBe("jpeg");
    expect(width).toBeLessThanOrEqual(480);
    expect(frame).toMatchObject({ width: 320, height: 240 });
    expect(frame!.lines[0]).toMatchObject({ label: "51.0 cm" });
  });
});

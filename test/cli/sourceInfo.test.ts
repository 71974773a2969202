import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharp } from "../../src/base/index.js";
import { runCli } from "../support/cli.js";
import { writeDataset } from "../support/lerobotDataset.js";
import { writeTrainingBag } from "../support/trainingBag.js";

const CLIP = join(import.meta.dirname, "../video/fixtures/h264.mp4");
const folder = mkdtempSync(join(tmpdir(), "source-info-"));

async function pictures(): Promise<string> {
  const path = mkdtempSync(join(folder, "frames-"));
  const data = new Uint8Array(20 * 10 * 3).fill(128);
  const png = await sharp(data, { raw: { width: 20, height: 10, channels: 3 } })
    .png()
    .toBuffer();
  for (const name of ["0.png", "1.png", "2.png"]) writeFileSync(join(path, name), png);
  return path;
}

describe("bag info", () => {
  it("takes a data set: its episodes, cameras, features and tasks", async () => {
    const dataset = writeDataset({ tasks: ["pick the mug", "pick the mug", "open the box"] });
    const { code, stdout } = await runCli("bag", "info", dataset);
    expect(code).toBe(0);
    expect(stdout).toContain("kind      lerobot v3.0, 10 Hz");
    expect(stdout).toMatch(/duration {2}2\.900 s\n {2}frames {4}30\n {2}episodes {2}3/);
    expect(stdout).toContain("observation.images.front  64 x 64");
    expect(stdout).toContain(
      'observation.state  float32 [4]  ["ee.x","ee.y","ee.z","gripper.pos"]',
    );
    expect(stdout).toContain("    2× pick the mug\n    1× open the box");
  });

  it("takes a video and a folder of pictures", async () => {
    const { code, stdout } = await runCli("bag", "info", CLIP, await pictures());
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /kind {6}video\n.*\n {2}duration {2}3\.000 s\n {2}frames {4}30\n {2}cameras\n {4}h264 {2}64 x 64/,
    );
    expect(stdout).toMatch(
      /kind {6}images\n.*\n {2}duration {2}0\.200 s\n {2}frames {4}3\n {2}cameras\n.* {2}20 x 10/,
    );
  });

  it("gives one JSON object for each, whatever it is", async () => {
    const bag = join(folder, "run.mcap");
    await writeTrainingBag(bag, { seconds: 0.2 });
    const inputs = [bag, writeDataset(), CLIP, await pictures()];
    const { stdout } = await runCli("bag", "info", "--json", ...inputs);
    const found = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(found.map(({ kind }) => kind)).toEqual(["rosbag", "lerobot", "video", "images"]);
    expect(found.map(({ path }) => path)).toEqual(inputs);
    for (const { start_ns, duration_s, damage } of found) {
      expect(start_ns).toMatch(/^\d+$/);
      expect(duration_s).toBeGreaterThan(0);
      expect(damage).toEqual([]);
    }
    expect(found[1]).toMatchObject({
      ...{ frames: 30, cameras: [{ color: "observation.images.front", width: 64, height: 64 }] },
      dataset: { version: "v3.0", fps: 10, episodes: 3, rows: 30 },
    });
  });

  it("says what cannot be read, and goes on with the rest", async () => {
    const noVideo = writeDataset();
    rmSync(join(noVideo, "videos"), { recursive: true });
    const noRows = writeDataset();
    rmSync(join(noRows, "data"), { recursive: true });
    const text = join(folder, "text.mp4");
    writeFileSync(text, "no video");
    const clip = join(folder, "clip.mp4");
    copyFileSync(CLIP, clip);
    const { code, stdout, stderr } = await runCli("bag", "info", noVideo, noRows, text, clip);
    expect(code).toBe(1);
    expect(stdout).toMatch(/observation\.images\.front {2}no picture: .*file-000\.mp4/);
    expect(stderr).toMatch(/error: .*data\/chunk-000\/file-000\.parquet/);
    expect(stderr).toMatch(/error: .*text\.mp4 cannot be decoded/);
    expect(stdout).toContain("clip  64 x 64");
  });
});

import { alignDepth } from "../src/camera/alignImages.js";
import { decodeDepth, type RawImage } from "../src/camera/index.js";
import type { Bench, BenchRow } from "./BenchRow.js";
import { median } from "./median.js";

const RUNS = 31;
const TILT = Math.sin(0.01);
const POSE = {
  position: [0.015, 0, 0],
  rotation: [TILT, 0, 0, Math.sqrt(1 - TILT * TILT)],
} as const;

function camera(width: number, height: number, focal: number, coefficients: readonly number[]) {
  const center = { cx: (width - 1) / 2, cy: (height - 1) / 2 };
  const distortion = { model: "plumb_bob", coefficients };
  return { width, height, fx: focal, fy: focal, ...center, distortion };
}

/** A slanted wall, in mm. */
function depthImage(width: number, height: number): RawImage {
  const words = Uint16Array.from({ length: width * height }, (_, i) => 600 + (i % width));
  const data = new Uint8Array(words.buffer);
  const shape = { width, height, step: 2 * width, isBigEndian: false };
  return { kind: "raw", encoding: "16UC1", ...shape, data };
}

async function row(
  name: string,
  depth: ReturnType<typeof camera>,
  color: ReturnType<typeof camera>,
): Promise<BenchRow> {
  const image = depthImage(depth.width, depth.height);
  const ours: number[] = [];
  const base: number[] = [];
  for (let run = -5; run < RUNS; run++) {
    const start = performance.now();
    const map = await decodeDepth(image);
    const decoded = performance.now();
    alignDepth(map, depth, color, POSE);
    if (run < 0) continue;
    ours.push(performance.now() - decoded);
    base.push(decoded - start);
  }
  return { name, ours: median(ours), base: median(base), unit: "ms", baseName: "decoding it" };
}

/** What it costs to carry a depth image over to the colour camera. */
const bench: Bench = async () => {
  const bent = [0.1, -0.2, 0.001, 0.001, 0.02];
  return [
    await row(
      "depth 640x480 to colour 640x480",
      camera(640, 480, 385, []),
      camera(640, 480, 615, []),
    ),
    await row("the same, distorted lens", camera(640, 480, 385, []), camera(640, 480, 615, bent)),
    await row(
      "depth 848x480 to colour 1280x720",
      camera(848, 480, 420, []),
      camera(1280, 720, 910, []),
    ),
  ];
};

export default bench;

import { describe, expect, it } from "vitest";
import { rosTimeOf } from "../../src/base/index.js";
import { CameraReader } from "../../src/camera/index.js";

const MS = 1_000_000n;
const START_NS = 1_700_000_000_000n * MS;
const DEPTH = "/cam/depth/image_raw";

/** A reader of a live camera, and images with the number `n`. */
function live() {
  const camera = { name: "cam", color: "/cam/image_raw", depth: DEPTH };
  const parts = new Set(["depth"] as const);
  return new CameraReader({ camera, episode: "", parts, patienceNs: 1500n * MS, ownsBytes: true });
}

function message(topic: string, n: number, stampNs: bigint, logNs: bigint) {
  const isDepth = topic === DEPTH;
  const bytes = isDepth ? 2 : 3;
  const content = {
    header: { stamp: rosTimeOf(stampNs), frame_id: "optical" },
    ...{ width: 1, height: 1, encoding: isDepth ? "16UC1" : "rgb8", is_bigendian: 0, step: bytes },
    data: new Uint8Array(bytes).fill(n),
  };
  return { topic, type: "sensor_msgs/msg/Image", logNs, decode: () => content };
}

describe("CameraReader, live", () => {
  it("takes the time of arrival where stamps were never set", () => {
    const reader = live();
    const frames = [];
    for (let n = 0; n < 20; n++) {
      const logNs = START_NS + BigInt(n) * 33n * MS;
      reader.add(message("/cam/image_raw", n, 0n, logNs), true);
      reader.add(message(DEPTH, n, 0n, logNs + 5n * MS), true);
      frames.push(...reader.take(logNs + 5n * MS));
    }
    frames.push(...reader.flush());
    expect(frames.map(({ stampNs }) => Number((stampNs - START_NS) / MS))).toEqual(
      frames.map((_, n) => 33 * n),
    );
    expect(frames.map(({ depth }) => depth?.data[0])).toEqual(frames.map((_, n) => n));
    expect(frames).toHaveLength(20);
  });

  it("hands out every frame with its depth while the camera's clock is set back", () => {
    const reader = live();
    const depths = new Map<number, number | undefined>();
    for (let n = 0; n < 60; n++) {
      const logNs = START_NS + BigInt(n) * 100n * MS;
      const stampNs = logNs - (n < 30 ? 0n : 500n * MS);
      reader.add(message("/cam/image_raw", n, stampNs, logNs), true);
      reader.add(message(DEPTH, n, stampNs, logNs + 20n * MS), true);
      for (const { image, depth } of reader.take(logNs + 20n * MS)) {
        depths.set(image.data[0] ?? -1, depth?.data[0]);
      }
    }
    for (const { image, depth } of reader.flush()) depths.set(image.data[0] ?? -1, depth?.data[0]);
    expect([...depths]).toEqual(Array.from({ length: 60 }, (_, n) => [n, n]));
  });
});
